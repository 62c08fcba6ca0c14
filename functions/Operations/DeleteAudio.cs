using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;
using AudioReprompt.RunPod;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary><c>DELETE /api/audio/{id}</c>: ends the job, also at the endpoint, and removes audio and texts. Repeating it is safe.</summary>
public sealed partial class DeleteAudio(IJobStore store, JobUpdates updates, IAudioStore audio, RunPodClient endpoint, ILogger<DeleteAudio> logger)
{
    /// <summary>The caller does not wait longer than this for the endpoint; what still runs there is refused when it uploads.</summary>
    private static readonly TimeSpan CancelTimeout = TimeSpan.FromSeconds(3);

    public async Task<IResult> RunAsync(HttpContext context, string id)
    {
        if (!Guid.TryParseExact(id, "D", out var jobId) || await store.GetAsync(jobId, context.RequestAborted) is not { } stored)
            return Problems.NotFound(id);

        // Half a deletion helps nobody: from here on it is finished even if the caller hangs up.
        var cancellationToken = CancellationToken.None;
        var running = stored.Job.State.IsTerminal() ? null : stored;
        var ended = await updates.UpdateAsync(
            stored, static (job, now) => job.State.IsTerminal() ? null : job.Cancel("Deleted by its owner.", now), cancellationToken);
        // What is only being scored is over at the endpoint.
        if (running?.Job is { Result: null, EndpointJobId: { } endpointJobId }) await CancelAtEndpointAsync(jobId, endpointJobId);
        await audio.DeleteAsync(jobId, cancellationToken);
        if (ended is not null)
            await updates.UpdateAsync(ended, static (job, now) => job.Deleted ? null : job.Delete(now), cancellationToken);
        return TypedResults.NoContent();
    }

    private async Task CancelAtEndpointAsync(Guid jobId, string endpointJobId)
    {
        using var timeout = new CancellationTokenSource(CancelTimeout);
        try
        {
            await endpoint.CancelAsync(endpointJobId, timeout.Token);
        }
        catch (Exception exception) when (exception is EndpointException or OperationCanceledException)
        {
            // The job is cancelled here whatever the endpoint says; it only works in vain there.
            LogNotCancelled(logger, jobId, exception.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} is deleted, but could not be cancelled at the endpoint: {Reason}")]
    private static partial void LogNotCancelled(ILogger logger, Guid jobId, string reason);
}
