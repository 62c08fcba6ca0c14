using AudioReprompt.FrontDoor.Dispatch;
using AudioReprompt.FrontDoor.Scoring;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.AzureFunctions;

/// <summary>
/// Handles messages for a host that holds them itself and deletes each when the call returns. A call takes its job one look further and ends: what is
/// still to do waits in a new, delayed message, so that nobody pays for waiting. The new message is there before the old one goes; who dies in
/// between leaves two, and the record decides what the second may still do.
/// </summary>
public sealed class HostedMessages(DispatchJob dispatch, ScoreJob score, IJobStore store, IJobQueue queue, TimeProvider time)
{
    private static readonly TimeSpan SoonestLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LatestLook = TimeSpan.FromSeconds(10);

    /// <returns>What belongs into the poison queue, or null.</returns>
    /// <exception cref="StorageUnavailableException">The host delivers the message again.</exception>
    public async Task<PoisonMessage?> HandleAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        var verdict = await dispatch.LookOnceAsync(message, cancellationToken);
        if (verdict.ToScore) verdict = await score.RunAsync(message.JobId, cancellationToken);
        if (verdict.Poison is { } reason)
            return new PoisonMessage(message.MessageId, message.JobId, message.DequeueCount, message.EnqueuedAt, time.GetUtcNow(), reason);
        if (verdict.Again is { } delay)
        {
            var again = delay > TimeSpan.Zero ? delay : await NextLookAsync(message.JobId, cancellationToken);
            await queue.EnqueueAsync(message.JobId, again, cancellationToken);
        }

        return null;
    }

    /// <summary>The longer a job takes already, the less a second more matters.</summary>
    private async Task<TimeSpan> NextLookAsync(Guid jobId, CancellationToken cancellationToken)
    {
        var stored = await store.GetAsync(jobId, cancellationToken);
        var age = stored is null ? SoonestLook : (time.GetUtcNow() - stored.Job.CreatedAt) / 4;
        return age < SoonestLook ? SoonestLook : age > LatestLook ? LatestLook : age;
    }
}
