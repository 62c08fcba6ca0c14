using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using AudioReprompt.Worker.Fitness;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Platform;
using AudioReprompt.Worker.Telemetry;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Worker.Tests.Support;

/// <summary>How a test wants its worker.</summary>
internal sealed record RigOptions
{
    public Func<int, int> Concurrency { get; init; } = _ => 1;
    public int GraceSeconds { get; init; } = 20;
    public bool SingleJob { get; init; }
    public IReadOnlyList<FitnessCheck> Checks { get; init; } = [];
    public string? Outbox { get; init; }
    public LogLevel Level { get; init; } = LogLevel.Debug;

    /// <summary>On top of the usual ones; a null takes one away.</summary>
    public Dictionary<string, string?> Environment { get; init; } = [];
}

/// <summary>A platform worker against a fake control plane, with a clock that stands still.</summary>
internal sealed class PlatformRig : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Meter _meter = new("rig");
    private readonly LockedStream _log = new();
    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();
    private readonly SemaphoreSlim _resume = new(0);
    private readonly bool _ownsPlane;
    private volatile bool _ended;

    private PlatformRig(FakeControlPlane plane, Handler handler, RigOptions options, bool ownsPlane)
    {
        _ownsPlane = ownsPlane;
        Plane = plane;
        var variables = Variables(plane.Url);
        foreach (var (name, value) in options.Environment) variables[name] = value;
        Environment = PlatformEnvironment.Read(name => variables.GetValueOrDefault(name));
        Worker = new PlatformWorker(
            Environment,
            handler,
            new PlatformSettings(
                new JobLoopSettings(TimeSpan.FromSeconds(options.GraceSeconds), options.SingleJob),
                current => options.Concurrency(current),
                ErrorTraceback: true,
                options.Checks,
                options.Outbox),
            new WorkerMetrics(_meter),
            Clock,
            new PlatformLog(_log, options.Level, asJson: false),
            () => 0.5,
            Pause);
        Exit = Worker.RunAsync(_stopping.Token);
    }

    public FakeControlPlane Plane { get; }

    public PlatformEnvironment Environment { get; }

    public PlatformWorker Worker { get; }

    public WatchedClock Clock { get; } = new();

    /// <summary>The exit code, once there is one.</summary>
    public Task<int> Exit { get; }

    public static Dictionary<string, string?> Variables(string url) => new()
    {
        ["RUNPOD_WEBHOOK_GET_JOB"] = $"{url}/job-take/$ID?gpu=NVIDIA+L4",
        ["RUNPOD_WEBHOOK_POST_OUTPUT"] = $"{url}/job-done/$RUNPOD_POD_ID/$ID?gpu=NVIDIA+L4",
        ["RUNPOD_WEBHOOK_POST_STREAM"] = $"{url}/job-stream/$RUNPOD_POD_ID/$ID?gpu=NVIDIA+L4",
        ["RUNPOD_WEBHOOK_PING"] = $"{url}/ping/$RUNPOD_POD_ID",
        ["RUNPOD_AI_API_KEY"] = "the-key",
        ["RUNPOD_POD_ID"] = "w1",
        ["RUNPOD_POD_HOSTNAME"] = "host-1",
    };

    public static async Task<PlatformRig> StartAsync(Handler handler, RigOptions? options = null) =>
        new(await FakeControlPlane.StartAsync(), handler, options ?? new RigOptions(), ownsPlane: true);

    public static Task<PlatformRig> StartAsync(Func<JobContext, JsonElement> handler, RigOptions? options = null) => StartAsync(Handler.Of(handler), options);

    /// <summary>Against a control plane that outlives the worker.</summary>
    public static PlatformRig Start(FakeControlPlane plane, Handler handler, RigOptions? options = null) =>
        new(plane, handler, options ?? new RigOptions(), ownsPlane: false);

    /// <summary>A worker whose handler gives its input back.</summary>
    public static Task<PlatformRig> EchoAsync(RigOptions? options = null) => StartAsync(job => job.Input, options);

    /// <summary>Runs one job through a handler.</summary>
    /// <returns>The body that is posted.</returns>
    public static async Task<string> ResultOfAsync(Func<JobContext, JsonElement> handler, string input = "{}")
    {
        await using var rig = await StartAsync(handler);
        rig.Plane.OfferId("j1", input);
        return await rig.Plane.NextBodyAsync();
    }

    /// <summary>All that was logged so far.</summary>
    public string Log => Encoding.UTF8.GetString(_log.Snapshot());

    /// <summary>Waits until this has been logged.</summary>
    public async Task LoggedAsync(string text)
    {
        while (true)
        {
            var written = _log.Written;
            if (Log.Contains(text, StringComparison.Ordinal)) return;
            await written.InTime();
        }
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate() => _stopping.Cancel();

    /// <summary>SIGTERM, with polls that end at once.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync()
    {
        Terminate();
        Plane.Release();
        return Exit.InTime();
    }

    /// <summary>Waits until the heartbeat pauses.</summary>
    /// <returns>For how long.</returns>
    public Task<TimeSpan> HeartbeatPauseAsync() => _pauses.Reader.ReadAsync().AsTask().InTime();

    /// <summary>Ends the heartbeat's pause.</summary>
    public void Beat() => _resume.Release();

    public async ValueTask DisposeAsync()
    {
        _ended = true;
        _resume.Release(100);
        await _stopping.CancelAsync();
        Plane.Release();
        if (_ownsPlane) await Plane.DisposeAsync();
        Worker.Dispose();
        _meter.Dispose();
    }

    private bool Pause(TimeSpan time)
    {
        _pauses.Writer.TryWrite(time);
        _resume.Wait();
        return !_ended;
    }
}

/// <summary>Handlers for tests.</summary>
internal static class Json
{
    public static JsonElement Of(string json) => JsonElement.Parse(json);
}

/// <summary>A handler that a test holds by the hand.</summary>
internal sealed class HeldHandler
{
    private readonly Channel<JobContext> _started = Channel.CreateUnbounded<JobContext>();
    private readonly Channel<bool> _released = Channel.CreateUnbounded<bool>();
    private readonly Lock _lock = new();
    private int _running;

    /// <summary>Goes on though its token is tripped.</summary>
    public bool Deaf { get; init; }

    public int MostAtOnce { get; private set; }

    public Handler Handler => Handler.Of(RunAsync);

    public Task<JobContext> StartedAsync() => _started.Reader.ReadAsync().AsTask().InTime();

    public bool HasStarted => _started.Reader.TryPeek(out _);

    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _released.Writer.TryWrite(true);

    private async Task<JsonElement> RunAsync(JobContext job, CancellationToken cancellationToken)
    {
        lock (_lock) MostAtOnce = Math.Max(MostAtOnce, ++_running);
        await using var registration = cancellationToken.Register(() => Stopped.TrySetResult());
        _started.Writer.TryWrite(job);
        try
        {
            await _released.Reader.ReadAsync(Deaf ? CancellationToken.None : cancellationToken);
            return Json.Of("\"done\"");
        }
        finally
        {
            lock (_lock) _running--;
        }
    }
}

/// <summary>A stream that can be read while it is written to.</summary>
internal sealed class LockedStream : MemoryStream
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the next write.</summary>
    public Task Written
    {
        get
        {
            lock (_lock) return _written.Task;
        }
    }

    /// <summary>The base's other writes all come here, as it is derived from.</summary>
    public override void Write(byte[] buffer, int offset, int count)
    {
        lock (_lock)
        {
            base.Write(buffer, offset, count);
            _written.SetResult();
            _written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public byte[] Snapshot()
    {
        lock (_lock) return ToArray();
    }
}
