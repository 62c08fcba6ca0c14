namespace AudioReprompt.Storage.Embedded;

/// <summary>A caller's write on its way through <see cref="GroupCommitWriter"/>.</summary>
internal abstract class WriteOperation
{
    /// <returns>false when the caller gave up while the operation waited; it is then dropped.</returns>
    public abstract bool TryStart();

    /// <summary>Does the work inside a transaction. Runs again when that transaction is rolled back.</summary>
    public abstract void Run(SqliteSession session);

    /// <summary>The transaction is on the disk: hands the caller the result of the last run.</summary>
    public abstract void Complete();

    /// <summary>Nothing was written: hands the caller the reason. Also for an operation that was never started.</summary>
    public abstract void Fail(Exception fault);
}

/// <inheritdoc/>
internal sealed class WriteOperation<T> : WriteOperation
{
    private const int Waiting = 0;
    private const int Started = 1;
    private const int GivenUp = 2;

    // Continuations must not run on the writer's thread: all other writes would wait for them.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<SqliteSession, T> _work;
    private readonly CancellationTokenRegistration _registration;
    private int _state;
    private T _result = default!;

    public WriteOperation(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        _work = work;
        _registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((WriteOperation<T>)state!).GiveUp(token), this);
    }

    public Task<T> Result => _completion.Task;

    public override bool TryStart()
    {
        _registration.Unregister();
        return Interlocked.CompareExchange(ref _state, Started, Waiting) == Waiting;
    }

    public override void Run(SqliteSession session) => _result = _work(session);

    public override void Complete() => _completion.SetResult(_result);

    public override void Fail(Exception fault)
    {
        _registration.Unregister();
        _completion.TrySetException(fault);
    }

    private void GiveUp(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, GivenUp, Waiting) == Waiting) _completion.TrySetCanceled(cancellationToken);
    }
}
