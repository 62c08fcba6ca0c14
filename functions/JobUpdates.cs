using AudioReprompt.Jobs;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor;

/// <summary>Read, decide, write on condition; who loses the race reads again and decides anew.</summary>
public sealed class JobUpdates(IJobStore store, JobChanges changes, TimeProvider time)
{
    /// <param name="stored">The job as it was read.</param>
    /// <param name="change">
    /// Decides from the current record; returns null when there is nothing (more) to do. Called again after a lost race, so it must not
    /// have effects of its own.
    /// </param>
    /// <param name="cancellationToken">The write may have happened all the same.</param>
    /// <returns>The job as it now stands, or null when it is gone.</returns>
    public async Task<StoredJob?> UpdateAsync(
        StoredJob stored, Func<AudioJob, DateTimeOffset, AudioJob?> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (change(stored.Job, time.GetUtcNow()) is not { } next) return stored;
            if (await store.TryUpdateAsync(next, stored.ETag, cancellationToken) is { } written)
            {
                changes.Publish(next.Id);
                return written;
            }

            if (await store.GetAsync(stored.Job.Id, cancellationToken) is not { } current) return null;
            stored = current;
        }
    }
}
