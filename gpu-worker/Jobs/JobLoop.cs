using System.Diagnostics;
using System.Text.Json;
using AudioReprompt.Worker.Telemetry;

namespace AudioReprompt.Worker.Jobs;

/// <param name="ShutdownGrace">How long running jobs may go on once the worker has to stop.</param>
/// <param name="SingleJob">The worker is to be replaced after one job: it takes no second one.</param>
public sealed record JobLoopSettings(TimeSpan ShutdownGrace, bool SingleJob = false);

/// <summary>Takes jobs when there are free slots, runs the handler, reports the end; until the worker has to stop.</summary>
public sealed partial class JobLoop(
    IJobSource source, JobRunner runner, Concurrency concurrency, JobLoopSettings settings, WorkerMetrics metrics, TimeProvider time,
    ILogger<JobLoop> logger) : IDisposable
{
    /// <summary>What a handler gets to honour its token with, once the grace period is over.</summary>
    private static readonly TimeSpan AbortGrace = TimeSpan.FromSeconds(5);

    /// <summary>How often a full worker asks for its concurrency again.</summary>
    private static readonly TimeSpan ScalePause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _aborting = new();
    private readonly SemaphoreSlim _ended = new(0);
    private int _running;

    private Task _loop = Task.CompletedTask;

    /// <summary>Starts the loop; its task ends when the last job has ended after <see cref="DrainAsync"/>, or after a single job.</summary>
    public Task RunAsync() => _loop = LoopAsync();

    /// <summary>Takes no further jobs from now on; what is under way in the source gets a moment to end.</summary>
    public void StopTaking()
    {
        source.Close();
        // Set at once; what hangs on the token is called elsewhere, since the caller may be a signal.
        _ = _draining.CancelAsync();
    }

    /// <summary>
    /// Stops taking, and waits for what runs: for the grace period, then until handlers have honoured their tokens. Returns also when one
    /// does not: it ends with the process.
    /// </summary>
    /// <param name="cancellationToken">Tripped when there is no time at all.</param>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        StopTaking();
        try
        {
            await _loop.WaitAsync(settings.ShutdownGrace, time, cancellationToken);
            return;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // The jobs had their time: the grace period, or what the host allows.
            LogGraceOver(settings.ShutdownGrace.TotalSeconds);
        }

        await _aborting.CancelAsync();
        try
        {
            await _loop.WaitAsync(AbortGrace, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // A handler that does not listen ends with the process.
            LogNotListening();
        }
    }

    public void Dispose()
    {
        _draining.Cancel();
        _aborting.Cancel();
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            // First the slot, then the job: what cannot run yet stays with the source, where it can be cancelled.
            var free = (settings.SingleJob ? 1 : concurrency.Next()) - Volatile.Read(ref _running);
            if (free <= 0)
            {
                // Full, or scaled down below what runs. Somebody may scale up meanwhile, so this looks again now and then.
                if (concurrency.Changes && !settings.SingleJob) await _ended.WaitAsync(ScalePause, time);
                else await _ended.WaitAsync();
                continue;
            }

            var jobs = await source.TakeAsync(free, _draining.Token);
            if (jobs.Count == 0) break;
            foreach (var job in jobs)
            {
                Interlocked.Increment(ref _running);
                _ = Task.Run(() => RunAsync(job));
            }

            if (settings.SingleJob) break;
        }

        while (Volatile.Read(ref _running) > 0) await _ended.WaitAsync();
    }

    private async Task RunAsync(TakenJob job)
    {
        try
        {
            using var scope = logger.BeginJob(job.Id, job.BatchId);
            await RunInScopeAsync(job);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            _ended.Release();
        }
    }

    private async Task RunInScopeAsync(TakenJob job)
    {
        using var activity = WorkerTelemetry.Start(WorkerTelemetry.GenerateActivity, ActivityKind.Consumer, job.Trace);
        activity.SetTag("audioreprompt.job.id", job.Id);
        LogStarted();
        var start = time.GetTimestamp();
        var outcome = await runner.RunAsync(
            job,
            (JsonElement progress) => source.ReportProgress(job, progress),
            (chunk, cancellationToken) => source.ReportChunkAsync(job, chunk, cancellationToken),
            _aborting.Token);
        metrics.JobEnded(
            outcome switch { null or { HandedBack: true } => JobEnd.Stopped, { Succeeded: true } => JobEnd.Completed, _ => JobEnd.Failed },
            time.GetElapsedTime(start));
        if (outcome is null)
        {
            // The source ended the job itself and wants nothing more.
            LogStopped();
            return;
        }

        if (outcome.Error is not null) activity.SetStatus(ActivityStatusCode.Error);
        if (settings.SingleJob) outcome = outcome with { StopPod = true };
        try
        {
            await source.ReportAsync(job, outcome);
        }
        catch (Exception exception)
        {
            // One lost result must not end the loop; the source has tried what it can.
            LogReportFailed(exception);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Started.")]
    private partial void LogStarted();

    [LoggerMessage(3, LogLevel.Information, "Job stopped.")]
    private partial void LogStopped();

    [LoggerMessage(6, LogLevel.Error, "The job's end could not be reported.")]
    private partial void LogReportFailed(Exception exception);

    [LoggerMessage(7, LogLevel.Warning, "Jobs still run after the grace period of {Seconds} s; they are cancelled.")]
    private partial void LogGraceOver(double seconds);

    [LoggerMessage(8, LogLevel.Error, "A job does not end though it was cancelled; the worker stops without it.")]
    private partial void LogNotListening();
}
