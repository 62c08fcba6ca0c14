using AudioReprompt.Jobs;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor;

/// <summary>Waits for a job's next state without asking the store all the time.</summary>
public sealed class JobWait(IJobStore store, JobChanges changes, TimeProvider time)
{
    /// <summary>Another front door may have written; this often we look ourselves.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <returns>The job when it ended, or as it stands after <paramref name="longest"/>; null when it is gone.</returns>
    public Task<AudioJob?> ForEndAsync(AudioJob job, TimeSpan longest, CancellationToken cancellationToken) =>
        ForAsync(job, static current => current.State.IsTerminal(), longest, cancellationToken);

    /// <summary>As <see cref="ForEndAsync"/>, but not for the scores.</summary>
    public Task<AudioJob?> ForAudioAsync(AudioJob job, TimeSpan longest, CancellationToken cancellationToken) =>
        ForAsync(job, static current => current.State.IsTerminal() || current.Result is not null, longest, cancellationToken);

    private async Task<AudioJob?> ForAsync(AudioJob job, Func<AudioJob, bool> isReached, TimeSpan longest, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + longest;
        using var watch = changes.Listen(job.Id);
        while (true)
        {
            if (await store.GetAsync(job.Id, cancellationToken) is not { } stored) return null;
            var left = deadline - time.GetUtcNow();
            if (isReached(stored.Job) || left <= TimeSpan.Zero) return stored.Job;
            await watch.WaitAsync(left < Look ? left : Look, time, cancellationToken);
        }
    }

    /// <summary>The job now, and again after each change, until it ended.</summary>
    /// <param name="jobId">Of a known job.</param>
    /// <param name="idle">Yields null when nothing has happened for this long, so that a connection can be kept alive.</param>
    public async IAsyncEnumerable<AudioJob?> FollowAsync(
        Guid jobId, TimeSpan idle, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = changes.Listen(jobId);
        var seen = 0;
        var lastYield = time.GetUtcNow();
        while (true)
        {
            if (await store.GetAsync(jobId, cancellationToken) is not { } stored) yield break;
            if (stored.Job.Revision != seen)
            {
                seen = stored.Job.Revision;
                lastYield = time.GetUtcNow();
                yield return stored.Job;
                if (stored.Job.State.IsTerminal()) yield break;
            }
            else if (time.GetUtcNow() - lastYield >= idle)
            {
                lastYield = time.GetUtcNow();
                yield return null;
            }

            await watch.WaitAsync(Look, time, cancellationToken);
        }
    }
}
