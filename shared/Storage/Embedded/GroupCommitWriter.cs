using System.Collections.Concurrent;

namespace AudioReprompt.Storage.Embedded;

/// <summary>
/// The only writer of this process. Takes all operations that wait, runs them in one transaction, and answers their
/// callers when it is on the disk: many writes share one fsync. It has a thread of its own, because it blocks on the disk.
/// </summary>
internal sealed class GroupCommitWriter : IAsyncDisposable
{
    /// <summary>Bounds how long the write lock is kept from other processes (some 10 ms).</summary>
    private const int LargestBatch = 256;

    private readonly Func<SqliteSession> _open;
    private readonly Func<Exception, Exception> _translate;
    private readonly BlockingCollection<WriteOperation> _waiting = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SqliteSession _session;

    /// <param name="session">Owned from here on.</param>
    /// <param name="open">Opens another one, should <paramref name="session"/> become unusable.</param>
    /// <param name="translate">What a caller sees of a fault.</param>
    public GroupCommitWriter(SqliteSession session, Func<SqliteSession> open, Func<Exception, Exception> translate)
    {
        _session = session;
        _open = open;
        _translate = translate;
        new Thread(WriteUntilDisposed) { IsBackground = true, Name = "job database writer" }.Start();
    }

    /// <summary>Completes when the write is durable; what was not started when the caller gives up is dropped.</summary>
    /// <exception cref="ObjectDisposedException">The database was closed.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<T>(cancellationToken);
        var operation = new WriteOperation<T>(work, cancellationToken);
        try
        {
            _waiting.Add(operation, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            // Closed for adding. What was added before is still written.
            return Task.FromException<T>(new ObjectDisposedException(nameof(EmbeddedDatabase)));
        }

        return operation.Result;
    }

    /// <summary>Writes what waits, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_waiting.IsAddingCompleted) _waiting.CompleteAdding();
        await _ended.Task;
    }

    private void WriteUntilDisposed()
    {
        var batch = new List<WriteOperation>();
        while (_waiting.TryTake(out var operation, Timeout.Infinite))
        {
            do batch.Add(operation);
            while (batch.Count < LargestBatch && _waiting.TryTake(out operation));
            Write(batch);
            batch.Clear();
        }

        _session.Dispose();
        _ended.SetResult();
    }

    private void Write(List<WriteOperation> operations)
    {
        try
        {
            Begin();
        }
        catch (Exception fault)
        {
            // Locked by another process, or the disk is gone: true for every operation alike, so none is tried alone.
            foreach (var operation in operations) operation.Fail(_translate(fault));
            return;
        }

        operations.RemoveAll(static operation => !operation.TryStart());
        if (Commit(operations) is not { } failure) return;
        if (operations.Count == 1)
        {
            operations[0].Fail(_translate(failure));
            return;
        }

        // One of them is at fault, or too large for what space is left; alone, only that one fails.
        foreach (var operation in operations) WriteAlone(operation);
    }

    private void WriteAlone(WriteOperation operation)
    {
        try
        {
            Begin();
        }
        catch (Exception fault)
        {
            operation.Fail(_translate(fault));
            return;
        }

        if (Commit([operation]) is { } failure) operation.Fail(_translate(failure));
    }

    private void Begin()
    {
        if (_session.InTransaction)
        {
            // It could not roll back, and is of no more use; closing it does.
            var fresh = _open();
            _session.Dispose();
            _session = fresh;
        }

        _session.Execute("BEGIN IMMEDIATE");
    }

    /// <returns>Why nothing was written, or null when all is on the disk.</returns>
    private Exception? Commit(List<WriteOperation> operations)
    {
        try
        {
            foreach (var operation in operations) operation.Run(_session);
            _session.Execute("COMMIT");
        }
        catch (Exception fault)
        {
            // Whatever it is, it belongs to a caller; this thread must live on for the others.
            RollBack();
            return fault;
        }

        foreach (var operation in operations) operation.Complete();
        return null;
    }

    private void RollBack()
    {
        try
        {
            if (_session.InTransaction) _session.Execute("ROLLBACK");
        }
        catch (Exception)
        {
            // The fault that led here is the one to report; Begin sees to the connection.
        }
    }
}
