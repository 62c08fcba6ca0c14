using System.Diagnostics;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;
using AudioReprompt.RunPod;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Dispatch;

/// <summary>
/// Brings one job from wherever its record says it is to its audio: start it at the endpoint, follow it, take the WAV. Every step is
/// decided by the stored record alone, so that it can be killed at any line and run again, also twice at once: same id, same
/// seed, same name, same bytes.
/// </summary>
public sealed partial class DispatchJob(
    DispatchOptions options,
    IJobStore store,
    JobUpdates updates,
    JobChanges changes,
    EndpointReports reports,
    RunPodClient endpoint,
    EndpointRoom room,
    PublicAddress address,
    UploadPlace uploads,
    TimeProvider time,
    ILogger<DispatchJob> logger)
{
    /// <summary>The webhook tells the end; while a job waits at the endpoint, looking may become this much rarer.</summary>
    private const double RarestLook = 8;

    private static readonly TimeSpan SoonestLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LatestLook = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    /// <summary>Brings the job as far as it will go, which may take as long as its music.</summary>
    public Task<Verdict> RunAsync(QueueMessage message, CancellationToken cancellationToken) => RunAsync(message, once: false, cancellationToken);

    /// <summary>Brings the job as far as it goes without waiting; while the endpoint is at work, <see cref="Verdict.Later"/> says when to look again.</summary>
    public Task<Verdict> LookOnceAsync(QueueMessage message, CancellationToken cancellationToken) => RunAsync(message, once: true, cancellationToken);

    private async Task<Verdict> RunAsync(QueueMessage message, bool once, CancellationToken cancellationToken)
    {
        // Watching begins before the first read, so that no change falls between the two.
        using var watch = changes.Listen(message.JobId);
        var stored = await store.GetAsync(message.JobId, cancellationToken);
        using var activity = FrontDoorTelemetry.Source.StartActivity("dispatch", ActivityKind.Consumer, stored?.Job.TraceParent);
        activity?.SetTag("audioreprompt.job.id", message.JobId.ToString());

        while (stored is not null)
        {
            var job = stored.Job;
            switch (job.State)
            {
                case JobState.Completed or JobState.Cancelled:
                    FrontDoorTelemetry.Ended(job);
                    return Verdict.Done;

                case JobState.Failed:
                    FrontDoorTelemetry.Ended(job);
                    LogFailed(logger, job.Id, job.Error);
                    return Verdict.GiveUp(job.Error ?? "failed");

                case JobState.Scoring:
                    return Verdict.Score;

                case JobState.Dispatched or JobState.Running when job.EndpointJobId is not null:
                    var attempt = (job.Attempts, Id: job.EndpointJobId!);
                    stored = await FollowAsync(stored, watch, once, cancellationToken);
                    if (once && stored is not null && IsUnderWay(stored.Job, attempt)) return Verdict.Later(NextLook(stored.Job));
                    break;

                // Whoever starts it is at it: a message may be delivered twice. He holds his message while he lives.
                case JobState.Dispatched when time.GetUtcNow() - job.UpdatedAt < StartingTime:
                    return Verdict.Later(StartingTime);

                case JobState.Dispatched or JobState.Running:
                    stored = await reports.TryAgainAsync(stored, "The dispatcher died while it started the job.", false, cancellationToken);
                    break;

                case JobState.Queued when !await room.TryEnterAsync(cancellationToken):
                    stored = await WaitForRoomAsync(stored, watch, once, cancellationToken);
                    if (once && stored is not null) return Verdict.Later(NextLook(job));
                    break;

                default:
                    var start = await StartAsync(stored, cancellationToken);
                    stored = start.Stored;
                    if (start.Unreachable) return Verdict.Later(Backoff(message.DequeueCount));
                    break;
            }
        }

        LogGone(logger, message.JobId);
        return Verdict.Done;
    }

    /// <summary>The longer a job takes already, the less a second more matters.</summary>
    private TimeSpan NextLook(AudioJob job) =>
        TimeSpan.FromTicks(Math.Clamp((Waited(job) / 4).Ticks, SoonestLook.Ticks, LatestLook.Ticks));

    /// <summary>A message comes back after the visibility timeout, and may have been renewed some time before its holder died.</summary>
    private TimeSpan StartingTime => TimeSpan.FromSeconds(options.VisibilityTimeoutSeconds) / 2;

    private TimeSpan AttemptLifetime => TimeSpan.FromMinutes(options.AttemptTimeoutMinutes);

    private TimeSpan Waited(AudioJob job) => time.GetUtcNow() - job.CreatedAt;

    /// <summary>The endpoint's queue is full: the job waits here, where it can still be deleted without asking anybody.</summary>
    private async Task<StoredJob?> WaitForRoomAsync(StoredJob stored, JobChanges.Watch watch, bool once, CancellationToken cancellationToken)
    {
        if (stored.Job.UnreachableSince is not null)
        {
            return await updates.UpdateAsync(
                stored,
                static (job, now) => job.State == JobState.Queued && job.UnreachableSince is not null ? job.Reached(now) : null,
                cancellationToken);
        }

        if (once) return stored;
        await watch.WaitAsync(EndpointRoom.Pause, time, cancellationToken);
        return await store.GetAsync(stored.Job.Id, cancellationToken);
    }

    private AudioJob? Unreached(AudioJob job, string reason, DateTimeOffset now)
    {
        if (job.State != JobState.Dispatched) return null;
        return now - job.UnreachableSince > TimeSpan.FromMinutes(options.UnreachableMinutes)
            ? job.Fail($"No worker could be reached for {options.UnreachableMinutes} minutes. {reason}", now)
            : job.RequeueUncounted($"Waits for a worker: {reason}", now);
    }

    /// <summary>Gives the job to the endpoint. The attempt is recorded before the call: a job is never started without trace.</summary>
    private async Task<(StoredJob? Stored, bool Unreachable)> StartAsync(StoredJob stored, CancellationToken cancellationToken)
    {
        // What can fail for want of the audio store comes before the attempt is counted.
        var uploadAddress = await uploads.AddressAsync(stored.Job.Id, AttemptLifetime, cancellationToken);
        var dispatched = await updates.UpdateAsync(
            stored, static (job, now) => job.State == JobState.Queued ? job.Dispatch(now) : null, cancellationToken);
        if (dispatched?.Job is not { State: JobState.Dispatched, EndpointJobId: null } job) return (dispatched, false);

        try
        {
            await uploads.ClearAsync(job, cancellationToken);
            var accepted = await endpoint.RunAsync(Request(job, uploadAddress), cancellationToken);
            LogStarted(logger, job.Id, accepted.Id, job.Attempts);
            var recorded = await updates.UpdateAsync(
                dispatched,
                (current, now) => current.State == JobState.Dispatched && current.EndpointJobId is null && current.Attempts == job.Attempts
                    ? current.Accepted(accepted.Id, now)
                    : null,
                cancellationToken);
            // Deleted while the endpoint was taking it, or begun anew by somebody else: nobody but us knows this id.
            if (recorded?.Job.EndpointJobId != accepted.Id) await CancelQuietlyAsync(accepted.Id, cancellationToken);
            return (recorded, false);
        }
        catch (EndpointUnreachableException exception)
        {
            LogUnreachable(logger, job.Id, exception.Message);
            var requeued = await updates.UpdateAsync(dispatched, (current, now) => Unreached(current, exception.Message, now), cancellationToken);
            return (requeued, requeued?.Job.State == JobState.Queued);
        }
        catch (EndpointException exception)
        {
            // Refused: it would be refused again. An answer that makes no sense: perhaps the next one does.
            var final = exception is EndpointRefusedException;
            var failed = await reports.TryAgainAsync(dispatched, $"The endpoint did not take the job: {exception.Message}", final, cancellationToken);
            return (failed, false);
        }
    }

    private EndpointJobRequest Request(AudioJob job, string uploadAddress) => EndpointJobRequest.For(job.ToWorkerInput(uploadAddress)) with
    {
        Webhook = options.Webhook ? new Uri($"{address.ForWorkers}/api/runpod/webhook/{job.Id}?token={job.WebhookToken}") : null,
        ExecutionTimeout = AttemptLifetime,
    };

    /// <summary>Looks at the job until it leaves the endpoint, woken early by the webhook or a deletion.</summary>
    private async Task<StoredJob?> FollowAsync(StoredJob stored, JobChanges.Watch watch, bool once, CancellationToken cancellationToken)
    {
        var attempt = (stored.Job.Attempts, Id: stored.Job.EndpointJobId!);
        var patience = 1.0;
        // Who looks once does not remember the look before; the record tells of the last one that brought something.
        var lastContact = once ? stored.Job.UpdatedAt : time.GetUtcNow();
        while (true)
        {
            try
            {
                if (await endpoint.StatusAsync(attempt.Id, cancellationToken) is not { } report)
                    return await reports.TryAgainAsync(stored, "The worker was lost with the job.", false, cancellationToken);
                lastContact = time.GetUtcNow();
                if (await reports.ApplyAsync(stored, report, cancellationToken) is not { } current) return null;
                stored = current;
                patience = report.Status == EndpointStatus.InProgress ? 1 : Math.Min(patience * 1.5, RarestLook);
            }
            catch (EndpointRefusedException exception)
            {
                return await reports.TryAgainAsync(stored, $"The endpoint does not tell of the job: {exception.Message}", false, cancellationToken);
            }
            catch (EndpointException exception)
            {
                // The job may well be running; its worker may only be restarting. Keep looking, less often.
                LogUnreachable(logger, stored.Job.Id, exception.Message);
                patience = Math.Min(patience * 1.5, RarestLook);
            }

            if (!IsUnderWay(stored.Job, attempt)) return stored;
            if (TooLong(stored.Job, lastContact) is { } reason)
            {
                await CancelQuietlyAsync(attempt.Id, cancellationToken);
                return await reports.TryAgainAsync(stored, reason, false, cancellationToken);
            }

            if (once) return stored;
            await watch.WaitAsync(TimeSpan.FromMilliseconds(options.PollIntervalMilliseconds * patience), time, cancellationToken);
            if (await store.GetAsync(stored.Job.Id, cancellationToken) is not { } read) return null;
            stored = read;
            if (!IsUnderWay(stored.Job, attempt)) return stored;
        }
    }

    private static bool IsUnderWay(AudioJob job, (int Attempts, string Id) attempt) =>
        job.State is JobState.Dispatched or JobState.Running && job.Attempts == attempt.Attempts && job.EndpointJobId == attempt.Id;

    private string? TooLong(AudioJob job, DateTimeOffset lastContact)
    {
        var now = time.GetUtcNow();
        if (now - lastContact > TimeSpan.FromMinutes(options.UnreachableMinutes)) return "The endpoint could not be reached for too long.";
        return job.StartedAt is { } started && now - started > TimeSpan.FromMinutes(options.AttemptTimeoutMinutes)
            ? $"The worker took longer than {options.AttemptTimeoutMinutes} minutes."
            : null;
    }

    private async Task CancelQuietlyAsync(string endpointJobId, CancellationToken cancellationToken)
    {
        try
        {
            await endpoint.CancelAsync(endpointJobId, cancellationToken);
        }
        catch (EndpointException)
        {
            // We gave this attempt up already; what it still does is refused or overwritten by the same bytes.
        }
    }

    private static TimeSpan Backoff(int dequeueCount)
    {
        var doubled = FirstRetry * Math.Pow(2, Math.Min(dequeueCount - 1, 10));
        return doubled < LongestRetry ? doubled : LongestRetry;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} is at the endpoint as {EndpointJobId}, attempt {Attempt}.")]
    private static partial void LogStarted(ILogger logger, Guid jobId, string endpointJobId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} waits for the endpoint: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, Guid jobId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} failed: {Reason}")]
    private static partial void LogFailed(ILogger logger, Guid jobId, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message names job {JobId}, which is not in the store; the message is dropped.")]
    private static partial void LogGone(ILogger logger, Guid jobId);
}
