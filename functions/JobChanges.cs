using System.Collections.Concurrent;

namespace AudioReprompt.FrontDoor;

/// <summary>
/// Tells those who wait for a job in this process that it changed. A hint only: who is told reads the store, and nobody
/// relies on being told (another process may have written).
/// </summary>
public sealed class JobChanges
{
    private readonly ConcurrentDictionary<Guid, Watch[]> _watches = new();

    public void Publish(Guid jobId)
    {
        if (!_watches.TryGetValue(jobId, out var watches)) return;
        foreach (var watch in watches) watch.Signal();
    }

    /// <summary>Starts to listen; changes from now on are remembered until the next wait.</summary>
    public Watch Listen(Guid jobId)
    {
        var watch = new Watch(this, jobId);
        _watches.AddOrUpdate(jobId, _ => [watch], (_, others) => [.. others, watch]);
        return watch;
    }

    private void Remove(Guid jobId, Watch watch)
    {
        while (_watches.TryGetValue(jobId, out var watches))
        {
            var rest = watches.Where(other => other != watch).ToArray();
            var done = rest.Length == 0
                ? _watches.TryRemove(new KeyValuePair<Guid, Watch[]>(jobId, watches))
                : _watches.TryUpdate(jobId, rest, watches);
            if (done) return;
        }
    }

    /// <summary>One listener; any number of changes between two waits count as one.</summary>
    public sealed class Watch : IDisposable
    {
        private readonly JobChanges _changes;
        private readonly Guid _jobId;
        private readonly SemaphoreSlim _changed = new(0, 1);

        internal Watch(JobChanges changes, Guid jobId) => (_changes, _jobId) = (changes, jobId);

        internal void Signal()
        {
            lock (_changed)
            {
                if (_changed.CurrentCount == 0) _changed.Release();
            }
        }

        /// <returns>true after a change, false when <paramref name="longest"/> passed without one.</returns>
        public async Task<bool> WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
        {
            using var limit = new CancellationTokenSource(longest, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await _changed.WaitAsync(either.Token);
                return true;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        public void Dispose()
        {
            _changes.Remove(_jobId, this);
            _changed.Dispose();
        }
    }
}
