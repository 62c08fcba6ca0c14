using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Jobs;

namespace AudioReprompt.Worker.Platform;

/// <summary>
/// Posts results until the platform has them, or says that nobody wants them. Three tries hold the job's slot, as with RunPod's own worker;
/// after that the next job may run, and the result is tried again beside it, for as long as the platform remembers its job.
/// </summary>
/// <param name="random">Spreads repetitions, 0…1.</param>
[SuppressMessage("Reliability", "CA2213", Justification = "See Dispose.")]
internal sealed partial class ResultDelivery(
    PlatformClient client, PlatformEnvironment environment, Outbox outbox, TimeProvider time, Func<double> random, ILogger<ResultDelivery> logger)
    : IDisposable
{
    /// <summary>Tries that hold the slot.</summary>
    private const int ForegroundTries = 3;

    /// <summary>Results that may wait for the platform before no more jobs are taken; together with their bytes.</summary>
    private const int MaxWaiting = 1_000;
    private const long MaxWaitingBytes = 512L * 1024 * 1024;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HurriedPause = TimeSpan.FromSeconds(1);

    /// <summary>RunPod forgets a job a day after its submission.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, Pending> _pending = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _hurry = new();
    private readonly CancellationTokenSource _giveUp = new();
    private long _pendingBytes;

    /// <summary>A result is settled: delivered, unwanted, or impossible. Called once per result.</summary>
    public event Action<JobResult, bool>? Settled;

    /// <summary>Whether there is room for further results.</summary>
    public bool HasRoom => _pending.Count < MaxWaiting && Interlocked.Read(ref _pendingBytes) < MaxWaitingBytes;

    /// <summary>Brings a result.</summary>
    /// <returns>When it is settled, or when the tries that hold the slot have failed; the rest happens in the background.</returns>
    public Task DeliverAsync(JobResult result)
    {
        var pending = new Pending(result);
        if (!_pending.TryAdd(result.JobId, pending)) return _pending.TryGetValue(result.JobId, out var other) ? other.Done : Task.CompletedTask;
        Interlocked.Add(ref _pendingBytes, result.Body.Length);
        pending.Done = SettleAsync(pending);
        return Task.WhenAny(pending.Done, pending.SlotFree.Task);
    }

    /// <summary>Posts everything that is left with short pauses, until it is settled or the time is up; what is left then stays in the outbox.</summary>
    public async Task FlushAsync(TimeSpan limit)
    {
        var left = _pending.Values.Select(pending => pending.Done).ToArray();
        if (left.Length == 0) return;
        LogFlushing(left.Length);
        await _hurry.CancelAsync();
        try
        {
            await Task.WhenAll(left).WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            LogLeft(_pending.Count);
        }

        await _giveUp.CancelAsync();
    }

    /// <summary>What is under way ends at once. The sources themselves have nothing to give back, and posts may still look at them.</summary>
    public void Dispose() => _giveUp.Cancel();

    private async Task SettleAsync(Pending pending)
    {
        var result = pending.Result;
        outbox.Keep(result);
        var delivered = false;
        try
        {
            delivered = await PostAsync(pending);
            outbox.Remove(result.JobId);
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            // The process ends; the outbox keeps the result for the next one.
            return;
        }
        finally
        {
            _pending.TryRemove(result.JobId, out _);
            Interlocked.Add(ref _pendingBytes, -result.Body.Length);
        }

        Settled?.Invoke(result, delivered);
    }

    /// <returns>Whether the platform has taken the result, or a report in its place.</returns>
    private async Task<bool> PostAsync(Pending pending)
    {
        var result = pending.Result;
        var url = PlatformUrl.With(PlatformUrl.ForJob(environment.OutputUrl, result.JobId), $"isStream={(result.IsStream ? "true" : "false")}");
        var body = result.Body;
        var reported = false;
        var start = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var reply = await client.PostAsync(url, result.JobId, body, _giveUp.Token);
            switch (Judge(reply))
            {
                case PostVerdict.Taken:
                    return true;
                case PostVerdict.Unwanted:
                    LogUnwanted(PlatformClient.Quote(reply));
                    return false;
                case PostVerdict.Refused when !reported:
                    // Known for results that are too large: RunPod would show the job as completed, without an output. A report says why.
                    LogRefused(body.Length, PlatformClient.Quote(reply));
                    (body, reported) = (RefusalReport(reply, body.Length), true);
                    continue;
                case PostVerdict.Refused or PostVerdict.Impossible:
                    LogLost(PlatformClient.Quote(reply));
                    return false;
            }

            if (time.GetElapsedTime(start) > Life)
            {
                LogLost("nobody took it within a day");
                return false;
            }

            if (attempt == ForegroundTries) LogBackground(PlatformClient.Quote(reply));
            if (attempt >= ForegroundTries) pending.SlotFree.TrySetResult();
            // Without an answer the result may have arrived; with one it certainly has not.
            if (reply.Fault is null) outbox.MarkReady(result.JobId);
            await PauseAsync(attempt, reply.RetryAfter);
            if (reply.Fault is null) outbox.MarkSent(result.JobId);
        }
    }

    private static PostVerdict Judge(PlatformReply reply) => reply switch
    {
        { Fault.Kind: FaultKind.Address } => PostVerdict.Impossible,
        { Fault: not null } => PostVerdict.Again,
        { Status: < 400 } => PostVerdict.Taken,
        // With a body it is the platform that says so; without one, perhaps a proxy before a control plane that is being restarted.
        { Status: 404 or 410, Body.IsEmpty: false } => PostVerdict.Unwanted,
        { Status: 400 or 413 or 422 } => PostVerdict.Refused,
        // 429 and 5xx pass; a refused key and the like can be set right by somebody.
        _ => PostVerdict.Again,
    };

    /// <summary>2 s, 3 s, then half as long again each time, all spread by a tenth; at most 30 s.</summary>
    private async Task PauseAsync(int attempt, TimeSpan? asked)
    {
        var seconds = Math.Min(LongestPause.TotalSeconds, 2 * Math.Pow(1.5, attempt - 1)) * (0.95 + 0.1 * random());
        var pause = TimeSpan.FromSeconds(Math.Max(seconds, Math.Min(asked?.TotalSeconds ?? 0, LongestPause.TotalSeconds)));
        if (_hurry.IsCancellationRequested && pause > HurriedPause) pause = HurriedPause;
        using var wake = _hurry.IsCancellationRequested
            ? CancellationTokenSource.CreateLinkedTokenSource(_giveUp.Token)
            : CancellationTokenSource.CreateLinkedTokenSource(_giveUp.Token, _hurry.Token);
        try
        {
            await Task.Delay(pause, time, wake.Token);
        }
        catch (OperationCanceledException) when (!_giveUp.IsCancellationRequested)
        {
            // The worker stops: the next try is now.
        }
    }

    private byte[] RefusalReport(PlatformReply reply, int bytes)
    {
        var message = $"RunPod refused the result of {bytes / 1e6:0.0} MB with {PlatformClient.Quote(reply)}. "
            + "Its limits are 10 MB after run and 20 MB after runsync; with upload_url the audio is uploaded and the result stays small.";
        var report = new ErrorReport("AudioReprompt.Worker.Platform.ResultRefused", message)
        {
            Hostname = environment.Worker.Hostname,
            WorkerId = environment.Worker.ReportedId,
        };
        return JobOutcome.Failed(report.ToText()).ToBody();
    }

    private sealed class Pending(JobResult result)
    {
        public JobResult Result => result;
        public Task Done { get; set; } = Task.CompletedTask;
        public TaskCompletionSource SlotFree { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private enum PostVerdict
    {
        Taken,
        Unwanted,

        /// <summary>Not this body; perhaps another.</summary>
        Refused,

        /// <summary>No try can succeed.</summary>
        Impossible,
        Again,
    }

    [LoggerMessage(1, LogLevel.Warning, "The platform does not want the result any more: {Reply}")]
    private partial void LogUnwanted(string reply);

    [LoggerMessage(2, LogLevel.Error, "The platform refused the result of {Bytes} bytes ({Reply}); an error report goes in its place.")]
    private partial void LogRefused(int bytes, string reply);

    [LoggerMessage(3, LogLevel.Error, "Failed to return job results. | {Reply}")]
    private partial void LogLost(string reply);

    [LoggerMessage(4, LogLevel.Error, "The result could not be posted yet ({Reply}); it is tried again beside the next jobs.")]
    private partial void LogBackground(string reply);

    [LoggerMessage(5, LogLevel.Information, "{Count} results are still to be posted before the worker stops.")]
    private partial void LogFlushing(int count);

    [LoggerMessage(6, LogLevel.Error, "The worker stops with {Count} results that the platform has not taken; the outbox keeps them.")]
    private partial void LogLeft(int count);
}
