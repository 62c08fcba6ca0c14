namespace AudioReprompt.Storage.Azure;

/// <summary>
/// Reads of the same thing that come while it is being read share the next read: however many ask at once, one is under way. Nobody gets what
/// was read before it asked, so whoever wrote and then reads finds what it wrote.
/// </summary>
/// <param name="read">Has a time limit of its own: it goes on when the one who asked first no longer wants it.</param>
internal sealed class SharedReads<TKey, T>(Func<TKey, Task<T>> read)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Turn> _last = [];

    /// <exception cref="OperationCanceledException">The caller no longer wants it; the others are not disturbed.</exception>
    public Task<T> ReadAsync(TKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var last = _last.GetValueOrDefault(key);
            if (last is null or { HasBegun: true })
            {
                var former = last?.Result;
                last = _last[key] = new Turn();
                last.Result = RunAsync(key, last, former);
            }

            return last.Result.WaitAsync(cancellationToken);
        }
    }

    private async Task<T> RunAsync(TKey key, Turn turn, Task? former)
    {
        // Whatever became of the former read is for those who asked for it; the lock is left before anything is read.
        await (former ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_lock) turn.HasBegun = true;
        try
        {
            return await read(key);
        }
        finally
        {
            lock (_lock)
            {
                if (_last[key] == turn) _last.Remove(key);
            }
        }
    }

    private sealed class Turn
    {
        public Task<T> Result { get; set; } = null!;

        public bool HasBegun { get; set; }
    }
}
