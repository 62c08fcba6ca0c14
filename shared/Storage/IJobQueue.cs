namespace AudioReprompt.Storage;

/// <summary>A message that the receiver holds until its visibility timeout ends.</summary>
/// <param name="MessageId">Stays the same over the message's life.</param>
/// <param name="JobId">What the message is about.</param>
/// <param name="PopReceipt">Proof of holding; a later receive or extension makes it stale.</param>
/// <param name="DequeueCount">How often the message was received, this time included.</param>
/// <param name="EnqueuedAt">When the message was first enqueued.</param>
public sealed record QueueMessage(string MessageId, Guid JobId, string PopReceipt, int DequeueCount, DateTimeOffset EnqueuedAt);

/// <summary>A message that was given up, and why.</summary>
public sealed record PoisonMessage(string MessageId, Guid JobId, int DequeueCount, DateTimeOffset EnqueuedAt, DateTimeOffset PoisonedAt, string Reason);

/// <summary>
/// A durable at-least-once queue of job ids with visibility timeouts, as Azure Queue Storage has them.
/// A message whose enqueueing returned survives the death of the process.
/// </summary>
public interface IJobQueue
{
    /// <param name="jobId">What the message is about.</param>
    /// <param name="delay">How long nobody sees it; zero for at once.</param>
    /// <param name="cancellationToken">Gives up waiting; the message may have been stored all the same.</param>
    /// <exception cref="StorageUnavailableException">The queue cannot be reached, or is full.</exception>
    Task EnqueueAsync(Guid jobId, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>Takes the oldest visible message and hides it from everybody else for <paramref name="visibilityTimeout"/>.</summary>
    /// <returns>The message, or null when none is visible.</returns>
    Task<QueueMessage?> ReceiveAsync(TimeSpan visibilityTimeout, CancellationToken cancellationToken);

    /// <summary>Returns when a message may be visible, at the latest after <paramref name="longest"/>. A hint: <see cref="ReceiveAsync"/> decides.</summary>
    Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken);

    /// <summary>Hides a held message for another <paramref name="visibilityTimeout"/> from now; zero gives it back at once.</summary>
    /// <returns>The message with its new pop receipt, or null when it is no longer held by this receipt.</returns>
    Task<QueueMessage?> ExtendAsync(QueueMessage message, TimeSpan visibilityTimeout, CancellationToken cancellationToken);

    /// <returns>false when the message is no longer held by this receipt (another consumer has it, or it is gone).</returns>
    Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellationToken);

    /// <summary>Moves a held message to the poison queue, in one step.</summary>
    /// <returns>false when the message is no longer held by this receipt.</returns>
    Task<bool> PoisonAsync(QueueMessage message, string reason, CancellationToken cancellationToken);

    /// <summary>The oldest given-up messages.</summary>
    Task<IReadOnlyList<PoisonMessage>> ListPoisonAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Messages waiting or held; poison messages are not counted.</summary>
    Task<int> CountAsync(CancellationToken cancellationToken);
}
