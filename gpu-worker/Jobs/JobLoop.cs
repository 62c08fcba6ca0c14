using System.Diagnostics;
using System.Text.Json;
using AudioReprompt.Contracts;
using AudioReprompt.Worker.Telemetry;

namespace AudioReprompt.Worker.Jobs;

/// <param name="Concurrency">Jobs that run at once, from 1.</param>
/// <param name="ShutdownGrace">How long running jobs may go on once the worker has to stop.</param>
public sealed record JobLoopSettings(int Concurrency, TimeSpan ShutdownGrace);

/// <summary>Takes a job when there is a free slot, runs the handler, reports the end; until the worker has to stop.</summary>
public sealed partial class JobLoop(
    IJobSource source, JobHandler handler, JobLoopSettings settings, WorkerIdentity worker, WorkerMetrics metrics, TimeProvider time,
    ILogger<JobLoop> logger) : BackgroundService, IHostedLifecycleService
{
    /// <summary>What a handler gets to honour its token with, once the grace period is over.</summary>
    private static readonly TimeSpan AbortGrace = TimeSpan.FromSeconds(5);

    private static readonly Func<ILogger, string, IDisposable?> JobScope = LoggerMessage.DefineScope<string>("job {JobId}");

    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _aborting = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                // First the slot, then the job: what cannot run yet stays with the source, where it can be cancelled.
                while (running.Count >= settings.Concurrency) running.Remove(await Task.WhenAny(running).WaitAsync(_draining.Token));
                var job = await source.TakeAsync(_draining.Token);
                running.Add(Task.Run(() => RunAsync(job), CancellationToken.None));
            }
        }
        catch (OperationCanceledException) when (_draining.IsCancellationRequested)
        {
            // No more jobs; those that run are waited for.
        }

        await Task.WhenAll(running);
    }

    /// <summary>Drains before anything else stops, so that the local API answers to the last result.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        source.Close();
        await _draining.CancelAsync();
        if (ExecuteTask is not { } loop) return;
        try
        {
            await loop.WaitAsync(settings.ShutdownGrace, time, cancellationToken);
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
            await loop.WaitAsync(AbortGrace, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // A handler that does not listen ends with the process.
            LogNotListening();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary><see cref="StoppingAsync"/> has done it; the base would wait once more, for a handler that does not listen.</summary>
    public override Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        _draining.Cancel();
        _aborting.Cancel();
        base.Dispose();
    }

    private async Task RunAsync(TakenJob job)
    {
        using var scope = JobScope(logger, job.Id);
        using var activity = WorkerTelemetry.Start(WorkerTelemetry.GenerateActivity, ActivityKind.Consumer, job.Trace);
        activity.SetTag("audioreprompt.job.id", job.Id);
        LogStarted(job.Id);
        var start = time.GetTimestamp();
        var outcome = await HandleAsync(job, activity);
        var took = time.GetElapsedTime(start);
        metrics.JobEnded(outcome switch { null => JobEnd.Stopped, { Error: null } => JobEnd.Completed, _ => JobEnd.Failed }, took);
        if (outcome is null)
        {
            // The source ended the job itself and wants nothing more.
            LogStopped(job.Id, took.TotalSeconds);
            return;
        }

        if (outcome.Error is null) LogFinished(job.Id, took.TotalSeconds);
        try
        {
            await source.ReportAsync(job, outcome, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // One lost result must not end the loop; the source has tried what it can.
            LogReportFailed(exception, job.Id);
        }
    }

    /// <returns>null when the source has stopped the job.</returns>
    private async Task<JobOutcome?> HandleAsync(TakenJob job, Activity activity)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(job.Stopped, _aborting.Token);
        var context = new JobContext(job.Id, job.Input, (JsonElement progress) => source.ReportProgress(job, progress));
        try
        {
            return JobOutcome.Completed(await handler(context, stop.Token));
        }
        catch (OperationCanceledException) when (job.Stopped.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception)
        {
            // Whatever a handler throws is that job's end, not the loop's.
            if (exception is OperationCanceledException && _aborting.IsCancellationRequested) exception = new WorkerStoppedException();
            activity.SetStatus(ActivityStatusCode.Error, exception.GetType().FullName);
            if (exception is InvalidInputException) LogInvalidInput(job.Id, exception.Message);
            else LogFailed(exception, job.Id);
            return JobOutcome.Failed(worker.Report(exception).ToText());
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Job {JobId} started.")]
    private partial void LogStarted(string jobId);

    [LoggerMessage(2, LogLevel.Information, "Job {JobId} finished after {Seconds:F1} s.")]
    private partial void LogFinished(string jobId, double seconds);

    [LoggerMessage(3, LogLevel.Information, "Job {JobId} was stopped after {Seconds:F1} s.")]
    private partial void LogStopped(string jobId, double seconds);

    [LoggerMessage(4, LogLevel.Warning, "Job {JobId} has an invalid input: {Faults}")]
    private partial void LogInvalidInput(string jobId, string faults);

    [LoggerMessage(5, LogLevel.Error, "Job {JobId} failed.")]
    private partial void LogFailed(Exception exception, string jobId);

    [LoggerMessage(6, LogLevel.Error, "The end of job {JobId} could not be reported.")]
    private partial void LogReportFailed(Exception exception, string jobId);

    [LoggerMessage(7, LogLevel.Warning, "Jobs still run after the grace period of {Seconds} s; they are cancelled.")]
    private partial void LogGraceOver(double seconds);

    [LoggerMessage(8, LogLevel.Error, "A job does not end though it was cancelled; the worker stops without it.")]
    private partial void LogNotListening();
}
