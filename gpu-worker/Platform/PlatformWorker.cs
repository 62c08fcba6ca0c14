using AudioReprompt.Worker.Fitness;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Telemetry;

namespace AudioReprompt.Worker.Platform;

/// <summary>What a worker on the platform is made of, beside its environment.</summary>
/// <param name="Checks">Must pass before the first take, in this order.</param>
/// <param name="OutboxRoot">Folder for results that are not delivered yet; null: none.</param>
public sealed record PlatformSettings(
    JobLoopSettings Loop, ConcurrencyModifier Concurrency, bool ErrorTraceback, IReadOnlyList<FitnessCheck> Checks, string? OutboxRoot);

/// <summary>Puts the worker of platform mode together: client, loop and handler, with the heartbeat and the stop channel beside them.</summary>
public sealed partial class PlatformWorker : IDisposable
{
    private const int Healthy = 0;

    /// <summary>The platform replaces a worker that ends with it.</summary>
    public const int Unhealthy = 1;

    private readonly PlatformSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpMessageInvoker _http = PlatformClient.CreateHttp();
    private readonly Outbox _outbox;
    private readonly ResultDelivery _delivery;
    private readonly PlatformJobSource _source;
    private readonly Heartbeat _heartbeat;
    private readonly StopChannel _stops;
    private readonly JobLoop _loop;

    /// <param name="random">Spreads pauses, 0…1; null: at random.</param>
    /// <param name="pause">See <see cref="Heartbeat"/>.</param>
    public PlatformWorker(
        PlatformEnvironment environment, Handler handler, PlatformSettings settings, WorkerMetrics metrics, TimeProvider time, ILoggerFactory logs,
        Func<double>? random = null, Func<TimeSpan, bool>? pause = null)
    {
        random ??= Random.Shared.NextDouble;
        (_settings, _time, _logger) = (settings, time, logs.CreateLogger<PlatformWorker>());
        var held = new HeldJobs(time);
        var client = new PlatformClient(_http, environment.ApiKey, time);
        var runner = new JobRunner(handler, environment.Worker, settings.ErrorTraceback, logs.CreateLogger<JobRunner>());
        _outbox = new Outbox(settings.OutboxRoot, time, logs.CreateLogger<Outbox>());
        _delivery = new ResultDelivery(client, environment, _outbox, time, random, logs.CreateLogger<ResultDelivery>());
        _source = new PlatformJobSource(client, environment, held, _delivery, _outbox, runner, time, random, logs.CreateLogger<PlatformJobSource>());
        _heartbeat = new Heartbeat(environment, held.Ids, logs.CreateLogger<Heartbeat>(), pause);
        _stops = new StopChannel(client, environment, _source.Stop, time, logs.CreateLogger<StopChannel>());
        _loop = new JobLoop(
            _source,
            runner,
            new Concurrency(settings.Concurrency, logs.CreateLogger<Concurrency>()),
            settings.Loop,
            metrics,
            time,
            logs.CreateLogger<JobLoop>());
    }

    /// <summary>Works until it is told to stop, or until a single job is done.</summary>
    /// <param name="stopping">SIGTERM: running jobs are finished within the grace period, and every result is posted.</param>
    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        if (!await PassAsync(stopping)) return Unhealthy;
        if (stopping.IsCancellationRequested) return Healthy;

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _heartbeat.Start();
        _source.Recover();
        var loop = _loop.RunAsync();
        var stops = _stops.RunAsync(ending.Token);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = ending.Token.Register(() =>
        {
            // In the signal itself: on a busy machine the rest of this method may wait, and a take must not come in between.
            _loop.StopTaking();
            told.SetResult();
        });
        var start = _time.GetTimestamp();
        if (await Task.WhenAny(loop, told.Task) == loop)
        {
            // A single job is done. A loop that failed instead ends the process with its exception.
            await loop;
            await ending.CancelAsync();
        }
        else
        {
            LogStopping();
            start = _time.GetTimestamp();
            await _loop.DrainAsync(CancellationToken.None);
        }

        // What is left of the grace period, and in any case a try, goes to results that the platform has not taken.
        var left = _settings.Loop.ShutdownGrace - _time.GetElapsedTime(start);
        await _delivery.FlushAsync(left > LeastFlush ? left : LeastFlush);
        await stops;
        LogStopped();
        return Healthy;
    }

    public void Dispose()
    {
        _loop.Dispose();
        _heartbeat.Dispose();
        _delivery.Dispose();
        _outbox.Dispose();
        _http.Dispose();
    }

    private static readonly TimeSpan LeastFlush = TimeSpan.FromSeconds(3);

    private async Task<bool> PassAsync(CancellationToken stopping)
    {
        foreach (var check in _settings.Checks)
        {
            try
            {
                await check.RunAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return true;
            }
            catch (Exception exception)
            {
                // Whatever it is, this machine must not get jobs.
                var reason = $"{exception.GetType().Name}: {exception.Message}";
                LogCheckFailed(check.Name, exception.GetType().Name, exception.Message);
                _heartbeat.ReportUnhealthy(check.Name, reason);
                LogUnhealthy();
                return false;
            }
        }

        return true;
    }

    [LoggerMessage(1, LogLevel.Error, "Fitness check failed: {Name} | {Type}: {Message}")]
    private partial void LogCheckFailed(string name, string type, string message);

    [LoggerMessage(2, LogLevel.Error, "Worker is unhealthy, exiting.")]
    private partial void LogUnhealthy();

    [LoggerMessage(3, LogLevel.Information, "Told to stop: no more jobs are taken, running ones are finished.")]
    private partial void LogStopping();

    [LoggerMessage(4, LogLevel.Information, "Stopped.")]
    private partial void LogStopped();
}
