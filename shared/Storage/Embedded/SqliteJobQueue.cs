using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace AudioReprompt.Storage.Embedded;

/// <summary>
/// Messages in one table: a message is visible when its time has come, so holding one, delaying one and giving one back
/// are the same thing, a later or an earlier time. A random pop receipt tells its holder from all former ones.
/// </summary>
public sealed class SqliteJobQueue(EmbeddedDatabase database) : IJobQueue
{
    private readonly TimeProvider _clock = database.TimeProvider;
    private volatile TaskCompletionSource _changed = NewSignal();

    /// <inheritdoc/>
    public async Task EnqueueAsync(Guid jobId, TimeSpan delay, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        await database.WriteAsync(
            session =>
            {
                var now = _clock.GetUtcNow();
                return session.Execute(
                    """
                    INSERT INTO messages (job_id, enqueued_at, visible_at, dequeue_count)
                    VALUES ($job_id, $enqueued_at, $visible_at, 0)
                    """,
                    ("$job_id", jobId.ToStored()),
                    ("$enqueued_at", now.ToStored()),
                    ("$visible_at", (now + delay).ToStored()));
            },
            cancellationToken);
        WakeWaiters();
    }

    /// <inheritdoc/>
    public async Task<QueueMessage?> ReceiveAsync(TimeSpan visibilityTimeout, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(visibilityTimeout, TimeSpan.Zero);

        // An empty queue is found empty by a read; only where there is something to take does the writer have work.
        if (!(await NextVisibleAsync(cancellationToken) <= _clock.GetUtcNow())) return null;

        return await database.WriteAsync(
            session =>
            {
                var now = _clock.GetUtcNow();
                return session.First(
                    """
                    UPDATE messages
                    SET visible_at = $visible_at, dequeue_count = dequeue_count + 1, pop_receipt = $new_receipt
                    WHERE sequence = (
                      SELECT sequence FROM messages WHERE visible_at <= $now ORDER BY visible_at, sequence LIMIT 1)
                    RETURNING sequence, job_id, pop_receipt, dequeue_count, enqueued_at
                    """,
                    ReadMessage,
                    ("$visible_at", (now + visibilityTimeout).ToStored()),
                    ("$new_receipt", NewReceipt()),
                    ("$now", now.ToStored()));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        // The signal is taken before the look, so that what is enqueued between the two is not missed.
        var changed = _changed.Task;
        var wait = await NextVisibleAsync(cancellationToken) - _clock.GetUtcNow();
        if (wait is null || wait > longest) wait = longest;
        if (wait <= TimeSpan.Zero) return;

        // A timer has whole milliseconds: one more, or it would end just before the message is visible.
        await changed.WaitAsync(wait.Value + TimeSpan.FromMilliseconds(1), _clock, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public async Task<QueueMessage?> ExtendAsync(
        QueueMessage message, TimeSpan visibilityTimeout, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(visibilityTimeout, TimeSpan.Zero);
        var extended = await database.WriteAsync(
            session => session.First(
                """
                UPDATE messages SET visible_at = $visible_at, pop_receipt = $new_receipt
                WHERE sequence = $sequence AND pop_receipt = $pop_receipt
                RETURNING sequence, job_id, pop_receipt, dequeue_count, enqueued_at
                """,
                ReadMessage,
                ("$visible_at", (_clock.GetUtcNow() + visibilityTimeout).ToStored()),
                ("$new_receipt", NewReceipt()),
                ("$sequence", SequenceOf(message)),
                ("$pop_receipt", message.PopReceipt)),
            cancellationToken);
        if (extended is not null) WakeWaiters();
        return extended;
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session => session.Execute(
                "DELETE FROM messages WHERE sequence = $sequence AND pop_receipt = $pop_receipt",
                ("$sequence", SequenceOf(message)),
                ("$pop_receipt", message.PopReceipt)) == 1,
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> PoisonAsync(QueueMessage message, string reason, CancellationToken cancellationToken) =>
        database.WriteAsync(
            session =>
            {
                var copied = session.Execute(
                    """
                    INSERT INTO poison_messages (message_id, job_id, dequeue_count, enqueued_at, poisoned_at, reason)
                    SELECT sequence, job_id, dequeue_count, enqueued_at, $now, $reason
                    FROM messages WHERE sequence = $sequence AND pop_receipt = $pop_receipt
                    """,
                    ("$now", _clock.GetUtcNow().ToStored()),
                    ("$reason", reason),
                    ("$sequence", SequenceOf(message)),
                    ("$pop_receipt", message.PopReceipt));
                if (copied == 0) return false;
                session.Execute("DELETE FROM messages WHERE sequence = $sequence", ("$sequence", SequenceOf(message)));
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PoisonMessage>> ListPoisonAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await database.ReadAsync(
            session => session.All(
                """
                SELECT message_id, job_id, dequeue_count, enqueued_at, poisoned_at, reason
                FROM poison_messages ORDER BY sequence LIMIT $limit
                """,
                row => new PoisonMessage(
                    row.GetString(0), row.GetId(1), row.GetInt32(2), row.GetTime(3), row.GetTime(4), row.GetString(5)),
                ("$limit", limit)),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> CountAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(session => session.First("SELECT COUNT(*) FROM messages", row => row.GetInt32(0)), cancellationToken);

    /// <returns>When the first message is visible, perhaps since long; null when the queue is empty.</returns>
    private Task<DateTimeOffset?> NextVisibleAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<DateTimeOffset?>(
            session => session.First("SELECT MIN(visible_at) FROM messages", row => row.IsDBNull(0) ? (DateTimeOffset?)null : row.GetTime(0)),
            cancellationToken);

    private void WakeWaiters() => Interlocked.Exchange(ref _changed, NewSignal()).SetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string NewReceipt() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <returns>The message's row; 0, which is nobody's, for an id that is not of this queue.</returns>
    private static long SequenceOf(QueueMessage message) =>
        long.TryParse(message.MessageId, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : 0;

    private static QueueMessage ReadMessage(SqliteDataReader row) => new(
        row.GetInt64(0).ToString(CultureInfo.InvariantCulture), row.GetId(1), row.GetString(2), row.GetInt32(3), row.GetTime(4));
}
