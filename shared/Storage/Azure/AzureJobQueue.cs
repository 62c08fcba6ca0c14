using System.Text.Json;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace AudioReprompt.Storage.Azure;

/// <summary>
/// Messages in Queue Storage; the text of one is the job's id. The order is that of Azure: first in, first out as a rule, without a promise.
/// Times are whole seconds and at most seven days, and what is asked for is rounded up and down to that.
/// </summary>
/// <param name="queue">Must exist.</param>
/// <param name="poison">Must exist.</param>
public sealed class AzureJobQueue(QueueClient queue, QueueClient poison, TimeProvider time) : IJobQueue
{
    /// <summary>So that a reason never makes a message larger than the 64 KiB that Azure takes: six characters each, when all are escaped.</summary>
    private const int LongestReason = 8000;

    /// <summary>Azure shows no more at once.</summary>
    private const int MostShown = 32;

    private static readonly TimeSpan LongestHidden = TimeSpan.FromDays(7);

    /// <summary>Azure's word for "never": without it, a message would be thrown away after seven days.</summary>
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    /// <summary>While a message is moved to the poison queue, nobody else may take it.</summary>
    private static readonly TimeSpan Moving = TimeSpan.FromMinutes(1);

    private static readonly AzureCall Call = new("The queue", TimeSpan.FromSeconds(30));

    private readonly QueuePolling _polling = new(time);

    /// <inheritdoc/>
    public Task EnqueueAsync(Guid jobId, TimeSpan delay, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return Call.RunAsync(
            async token =>
            {
                await queue.SendMessageAsync(jobId.ToString("D"), WholeSeconds(delay), Forever, token);
                if (delay == TimeSpan.Zero) _polling.Wake();
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<QueueMessage?> ReceiveAsync(TimeSpan visibilityTimeout, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(visibilityTimeout, TimeSpan.Zero);
        return Call.RunAsync<QueueMessage?>(
            async token =>
            {
                while (true)
                {
                    var signal = _polling.Signal;
                    if ((await queue.ReceiveMessageAsync(WholeSeconds(visibilityTimeout), token)).Value is not { } received)
                    {
                        _polling.FoundEmpty(signal);
                        return null;
                    }

                    _polling.FoundMessage();
                    if (Guid.TryParseExact(received.Body.ToString(), "D", out var jobId))
                        return new(received.MessageId, jobId, received.PopReceipt, (int)received.DequeueCount, received.InsertedOn!.Value);

                    // Somebody else's message; it would come back for ever. It goes where an operator can see it.
                    await MoveAsync(
                        new QueueMessage(received.MessageId, Guid.Empty, received.PopReceipt, (int)received.DequeueCount, received.InsertedOn!.Value),
                        $"The message names no job: {received.Body}", token);
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) =>
        _polling.WaitAsync(longest, token => Call.RunAsync(async inner => (await queue.PeekMessageAsync(inner)).Value is not null, token), cancellationToken);

    /// <inheritdoc/>
    public Task<QueueMessage?> ExtendAsync(QueueMessage message, TimeSpan visibilityTimeout, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(visibilityTimeout, TimeSpan.Zero);
        return Call.RunAsync(
            async token =>
            {
                var extended = await HideAsync(message, visibilityTimeout, token);
                // Every holder extends now and then; only what is given back is something to take.
                if (extended is not null && visibilityTimeout == TimeSpan.Zero) _polling.Wake();
                return extended;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellationToken) =>
        Call.RunAsync(token => RemoveAsync(message, token), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>
    /// Azure has no step over two queues. The message is hidden for a minute, which proves that it is ours; then it is put into the poison
    /// queue, then removed. Who dies between the two leaves it in both: it comes back, is given up again, and
    /// <see cref="ListPoisonAsync"/> shows it once, by its message id.
    /// </remarks>
    public Task<bool> PoisonAsync(QueueMessage message, string reason, CancellationToken cancellationToken) =>
        Call.RunAsync(token => MoveAsync(message, reason, token), cancellationToken);

    /// <summary>Puts a message into the poison queue that somebody else holds, and takes out of the queue himself: the host of Azure Functions.</summary>
    /// <exception cref="StorageUnavailableException">The queue cannot be reached.</exception>
    public Task AddPoisonAsync(PoisonMessage message, CancellationToken cancellationToken) => Call.RunAsync(token => WritePoisonAsync(message, token), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>At most 32: more of a queue cannot be seen without taking messages out of it.</remarks>
    public Task<IReadOnlyList<PoisonMessage>> ListPoisonAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return Call.RunAsync<IReadOnlyList<PoisonMessage>>(
            async token =>
            {
                var seen = await poison.PeekMessagesAsync(MostShown, token);
                return [.. seen.Value.Select(Read).OfType<PoisonRecord>().DistinctBy(record => record.MessageId).Take(limit).Select(record => record.ToMessage())];
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Azure counts approximately: never fewer than there are, perhaps more.</remarks>
    public Task<int> CountAsync(CancellationToken cancellationToken) =>
        Call.RunAsync(async token => (await queue.GetPropertiesAsync(token)).Value.ApproximateMessagesCount, cancellationToken);

    private async Task<bool> MoveAsync(QueueMessage message, string reason, CancellationToken cancellationToken)
    {
        if (await HideAsync(message, Moving, cancellationToken) is not { } held) return false;
        await WritePoisonAsync(new PoisonMessage(held.MessageId, held.JobId, held.DequeueCount, held.EnqueuedAt, time.GetUtcNow(), reason), cancellationToken);
        await RemoveAsync(held, cancellationToken);
        return true;
    }

    private async Task WritePoisonAsync(PoisonMessage message, CancellationToken cancellationToken)
    {
        var reason = message.Reason.Length > LongestReason ? message.Reason[..LongestReason] : message.Reason;
        var record = new PoisonRecord(message.MessageId, message.JobId, message.DequeueCount, message.EnqueuedAt, message.PoisonedAt, reason);
        await poison.SendMessageAsync(JsonSerializer.Serialize(record, PoisonJson.Default.PoisonRecord), TimeSpan.Zero, Forever, cancellationToken);
    }

    private async Task<QueueMessage?> HideAsync(QueueMessage message, TimeSpan visibilityTimeout, CancellationToken cancellationToken)
    {
        try
        {
            // With its text again: an update without one would empty it.
            var receipt = await queue.UpdateMessageAsync(
                message.MessageId, message.PopReceipt, message.JobId.ToString("D"), WholeSeconds(visibilityTimeout), cancellationToken);
            return message with { PopReceipt = receipt.Value.PopReceipt };
        }
        catch (RequestFailedException fault) when (IsNotHeld(fault))
        {
            return null;
        }
    }

    private async Task<bool> RemoveAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
            return true;
        }
        catch (RequestFailedException fault) when (IsNotHeld(fault))
        {
            return false;
        }
    }

    /// <summary>Gone, held by another receipt, or never one of this queue.</summary>
    private static bool IsNotHeld(RequestFailedException fault) =>
        fault.ErrorCode == QueueErrorCode.MessageNotFound || fault.ErrorCode == QueueErrorCode.PopReceiptMismatch
        || fault.ErrorCode == QueueErrorCode.InvalidQueryParameterValue;

    private static PoisonRecord? Read(PeekedMessage message)
    {
        // As it was in the queue: what handled it failed again and again, and the host of Azure Functions has moved it.
        if (Guid.TryParseExact(message.Body.ToString(), "D", out var jobId))
        {
            var moved = message.InsertedOn ?? default;
            return new PoisonRecord(message.MessageId, jobId, 0, moved, moved, "Every delivery ended in a fault; the host of Azure Functions gave it up.");
        }

        try
        {
            return JsonSerializer.Deserialize(message.Body.ToString(), PoisonJson.Default.PoisonRecord);
        }
        catch (JsonException)
        {
            // Not one of ours: somebody put it there by hand.
            return null;
        }
    }

    private static TimeSpan WholeSeconds(TimeSpan span) =>
        span >= LongestHidden ? LongestHidden : TimeSpan.FromSeconds(Math.Ceiling(span.TotalSeconds));
}
