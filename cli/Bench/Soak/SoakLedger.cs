using System.Collections.Concurrent;
using AudioReprompt.Jobs;
using AudioReprompt.Storage;

namespace AudioReprompt.Cli.Bench.Soak;

/// <summary>What was acknowledged, and how each of them was first seen to have ended. Reads the store behind the faults.</summary>
internal sealed class SoakLedger(IJobStore store)
{
    private const int Readers = 16;
    private const int Oldest = 60;
    private const int ByChance = 60;

    private readonly Random _random = new(1);
    private readonly ConcurrentDictionary<Guid, AudioJob?> _jobs = new();

    public int Accepted => _jobs.Count;

    public int Ended => _jobs.Values.Count(job => job is not null);

    public IEnumerable<AudioJob> EndedJobs => _jobs.Values.OfType<AudioJob>();

    /// <returns>false when this id was acknowledged before, for another request.</returns>
    public bool Accept(Guid id) => _jobs.TryAdd(id, null);

    /// <summary>
    /// Looks at some that have not been seen to have ended: the oldest, which are most likely to have, and others by chance. All of them every time would
    /// keep the store from everything else.
    /// </summary>
    public Task LookAsync(CancellationToken cancellationToken)
    {
        var open = _jobs.Where(pair => pair.Value is null).Select(pair => pair.Key).Order().ToArray();
        _random.Shuffle(open.AsSpan(Math.Min(Oldest, open.Length)..));
        return ForEachAsync(
            open.Take(Oldest + ByChance),
            async id =>
            {
                if (await store.GetAsync(id, cancellationToken) is { Job: var job } && job.State.IsTerminal()) _jobs[id] = job;
            },
            cancellationToken);
    }

    /// <returns>Lost: no record, or not ended. Twice: written again after the end (later than it, or with another revision or state than was first seen).</returns>
    public async Task<(int Lost, int Twice)> CompareAsync(CancellationToken cancellationToken)
    {
        var (lost, twice) = (0, 0);
        await ForEachAsync(
            _jobs.Keys,
            async id =>
            {
                var now = (await store.GetAsync(id, cancellationToken))?.Job;
                var first = _jobs[id];
                if (now?.State.IsTerminal() != true || (now.State != JobState.Completed && string.IsNullOrEmpty(now.Error))) Interlocked.Increment(ref lost);
                else if (now.UpdatedAt != now.EndedAt || (first is not null && (first.State != now.State || first.Revision != now.Revision))) Interlocked.Increment(ref twice);
            },
            cancellationToken);
        return (lost, twice);
    }

    /// <summary>Every caller repeats a request until it is acknowledged, so that nothing else may be there.</summary>
    public async Task<int> CountOrphansAsync(CancellationToken cancellationToken)
    {
        const int page = 200;
        var (orphans, before) = (0, (Guid?)null);
        while (await store.ListAsync(page, before, cancellationToken) is { Count: > 0 } jobs)
        {
            orphans += jobs.Count(job => !_jobs.ContainsKey(job.Id));
            before = jobs[^1].Id;
        }

        return orphans;
    }

    private static Task ForEachAsync(IEnumerable<Guid> ids, Func<Guid, Task> look, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        ids, new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = cancellationToken }, async (id, _) => await look(id));
}
