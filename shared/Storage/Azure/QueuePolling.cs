namespace AudioReprompt.Storage.Azure;

/// <summary>
/// Waits for a message in a queue that cannot tell when one comes. What this process enqueues is known at once; for what others enqueue the
/// queue is looked at, soon after there was something to do, and every second when it has long been quiet.
/// </summary>
/// <remarks>
/// A quiet dispatcher takes one look a second, which is its own <c>ReceiveAsync</c>: 86,400 requests a day. Looks of our own are needed only
/// where somebody waits longer than that.
/// </remarks>
internal sealed class QueuePolling(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private volatile TaskCompletionSource _changed = NewSignal();
    private volatile TaskCompletionSource? _knownEmpty;
    private long _pauseTicks = Shortest.Ticks;

    /// <summary>Stays the same until this process changes the queue.</summary>
    public TaskCompletionSource Signal => _changed;

    /// <summary>This process made a message visible.</summary>
    public void Wake() => Interlocked.Exchange(ref _changed, NewSignal()).SetResult();

    /// <param name="signal">As it was before the look.</param>
    public void FoundEmpty(TaskCompletionSource signal)
    {
        _knownEmpty = signal;
        Interlocked.Exchange(ref _pauseTicks, Math.Min(Longest.Ticks, 2 * Interlocked.Read(ref _pauseTicks)));
    }

    public void FoundMessage() => Interlocked.Exchange(ref _pauseTicks, Shortest.Ticks);

    /// <param name="longest">Returns at the latest after this time.</param>
    /// <param name="look">Whether a message is visible.</param>
    public async Task WaitAsync(TimeSpan longest, Func<CancellationToken, Task<bool>> look, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + longest;

        // Who just found the queue empty need not be told again; but only once, for it may have been a while ago.
        var signal = _changed;
        var isKnownEmpty = Interlocked.Exchange(ref _knownEmpty, null) == signal;
        while (true)
        {
            if (!isKnownEmpty)
            {
                signal = _changed;
                if (await look(cancellationToken))
                {
                    FoundMessage();
                    return;
                }

                FoundEmpty(signal);
                _knownEmpty = null;
            }

            isKnownEmpty = false;
            var left = until - time.GetUtcNow();
            if (left <= TimeSpan.Zero) return;
            var pause = TimeSpan.FromTicks(Math.Min(left.Ticks, Interlocked.Read(ref _pauseTicks)));
            await signal.Task.WaitAsync(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (signal.Task.IsCompleted || pause == left) return;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
