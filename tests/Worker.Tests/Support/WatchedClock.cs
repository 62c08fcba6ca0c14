using AudioReprompt.TestSupport;

namespace AudioReprompt.Worker.Tests.Support;

/// <summary>A clock that stands still, and tells a test when somebody begins to wait on it.</summary>
internal sealed class WatchedClock : TimeProvider
{
    private readonly ManualTimeProvider _clock = new();
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _set = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this, _clock.CreateTimer(callback, state, dueTime, period));
        Note(dueTime);
        return timer;
    }

    public void Advance(TimeSpan by) => _clock.Advance(by);

    /// <summary>Waits until a timer is set; each setting is found once.</summary>
    /// <returns>After which time it falls due.</returns>
    public async Task<TimeSpan> TimerSetAsync(Predicate<TimeSpan> due)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                var index = _set.FindIndex(due);
                if (index >= 0)
                {
                    var found = _set[index];
                    _set.RemoveAt(index);
                    return found;
                }

                changed = _changed.Task;
            }

            await changed.InTime();
        }
    }

    /// <summary>Waits until somebody waits for about this long, and lets the time pass.</summary>
    public async Task PassAsync(Predicate<TimeSpan> due) => Advance(await TimerSetAsync(due));

    private void Note(TimeSpan due)
    {
        lock (_lock)
        {
            if (due == Timeout.InfiniteTimeSpan) return;
            _set.Add(due);
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class WatchedTimer(WatchedClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            clock.Note(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
