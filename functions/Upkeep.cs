using AudioReprompt.Configuration;
using AudioReprompt.Jobs;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor;

/// <summary>What has to be done now and then: expired audio goes, old tombstones and counts go, jobs that a fault stranded get a new message.</summary>
public sealed partial class Upkeep(
    StorageOptions storage,
    DispatchOptions dispatch,
    IJobStore store,
    IJobQueue queue,
    IAudioStore audio,
    IUsageStore usage,
    JobUpdates updates,
    TimeProvider time,
    ILogger<Upkeep> logger) : BackgroundService
{
    private const int Batch = 100;
    private const int MostRescued = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private DateOnly _usagePurged;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (StorageUnavailableException exception)
            {
                // The next round comes in a minute.
                LogPutOff(logger, exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await ExpireAsync(cancellationToken);
        await store.PurgeDeletedAsync(time.GetUtcNow() - TimeSpan.FromHours(storage.DeletedHours), cancellationToken);
        await RescueAsync(cancellationToken);
        await PurgeUsageAsync(cancellationToken);
    }

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        var endedBefore = time.GetUtcNow() - TimeSpan.FromHours(storage.RetentionHours);
        while (await store.ListExpiredAsync(endedBefore, Batch, cancellationToken) is { Count: > 0 } expired)
        {
            foreach (var stored in expired)
            {
                await audio.DeleteAsync(stored.Job.Id, cancellationToken);
                await updates.UpdateAsync(stored, static (job, now) => job.Deleted ? null : job.Delete(now), cancellationToken);
            }
        }
    }

    /// <summary>
    /// A job that has not ended always has a message, unless a process died between its two writes and nobody repeated the request. Whether a job has
    /// one cannot be asked of the queue; only when it holds nothing at all is it plain that none has: then every old job that has not ended gets one
    /// again. One too many does no harm.
    /// </summary>
    private async Task RescueAsync(CancellationToken cancellationToken)
    {
        var updatedBefore = time.GetUtcNow() - (2 * TimeSpan.FromSeconds(dispatch.VisibilityTimeoutSeconds));
        if (await queue.CountAsync(cancellationToken) > 0) return;
        foreach (var stored in await store.ListStaleAsync(updatedBefore, MostRescued, cancellationToken))
        {
            LogRescued(logger, stored.Job.Id, stored.Job.State);
            await queue.EnqueueAsync(stored.Job.Id, TimeSpan.Zero, cancellationToken);
        }
    }

    /// <summary>Once a day is enough. Yesterday's stays: another front door's clock may be a little behind.</summary>
    private async Task PurgeUsageAsync(CancellationToken cancellationToken)
    {
        var yesterday = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-1);
        if (_usagePurged == yesterday) return;
        await usage.PurgeAsync(yesterday, cancellationToken);
        _usagePurged = yesterday;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Upkeep is put off: {Reason}")]
    private static partial void LogPutOff(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} is {State} and has no message; it gets one.")]
    private static partial void LogRescued(ILogger logger, Guid jobId, JobState state);
}
