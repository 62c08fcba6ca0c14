using AudioReprompt.FrontDoor.Dispatch;
using AudioReprompt.FrontDoor.Scoring;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.AzureFunctions;

/// <summary>
/// Handles messages for a host that holds them itself and deletes each when the call returns. A call takes its job one look further and ends: what is
/// still to do waits in a new, delayed message, so that nobody pays for waiting. The new message is there before the old one goes; who dies in
/// between leaves two, and the record decides what the second may still do.
/// </summary>
public sealed class HostedMessages(DispatchJob dispatch, ScoreJob score, IJobQueue queue, TimeProvider time)
{
    /// <returns>What belongs into the poison queue, or null.</returns>
    /// <exception cref="StorageUnavailableException">The host delivers the message again.</exception>
    public async Task<PoisonMessage?> HandleAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        var verdict = await dispatch.LookOnceAsync(message, cancellationToken);
        if (verdict.ToScore) verdict = await score.RunAsync(message.JobId, cancellationToken);
        if (verdict.Poison is { } reason)
            return new PoisonMessage(message.MessageId, message.JobId, message.DequeueCount, message.EnqueuedAt, time.GetUtcNow(), reason);
        if (verdict.Again is { } delay) await queue.EnqueueAsync(message.JobId, delay, cancellationToken);
        return null;
    }
}
