using AudioReprompt.Jobs;

namespace AudioReprompt.Storage;

/// <summary>A job as it was read, with the ETag that a later write must present.</summary>
public sealed record StoredJob(AudioJob Job, string ETag);

/// <summary>
/// Durable job records with optimistic concurrency. A write that returned survives the death of the process.
/// </summary>
public interface IJobStore
{
    /// <summary>
    /// Stores a new job. Where its <see cref="AudioJob.IdempotencyKey"/> is taken, stores nothing and returns the job
    /// that holds the key with <c>Created</c> false. A second call with the same id and no key is an
    /// <see cref="InvalidOperationException"/>.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store cannot be reached, or is full.</exception>
    Task<(StoredJob Stored, bool Created)> CreateAsync(AudioJob job, CancellationToken cancellationToken);

    /// <returns>The job, or null for an unknown id.</returns>
    Task<StoredJob?> GetAsync(Guid id, CancellationToken cancellationToken);

    /// <returns>The job that holds the key, or null.</returns>
    Task<StoredJob?> FindByIdempotencyKeyAsync(string key, CancellationToken cancellationToken);

    /// <summary>Replaces the record if its ETag is still <paramref name="etag"/>.</summary>
    /// <returns>The stored job with its new ETag, or null when somebody else wrote first: read again and decide anew.</returns>
    Task<StoredJob?> TryUpdateAsync(AudioJob job, string etag, CancellationToken cancellationToken);

    /// <summary>The newest jobs that are not deleted, newest first.</summary>
    /// <param name="limit">1…200.</param>
    /// <param name="before">Only jobs older than this one; null starts at the newest.</param>
    Task<IReadOnlyList<AudioJob>> ListAsync(int limit, Guid? before, CancellationToken cancellationToken);

    /// <summary>Jobs in a non-terminal state whose last write is older than <paramref name="updatedBefore"/>, oldest first: the ones a fault may have stranded.</summary>
    Task<IReadOnlyList<StoredJob>> ListStaleAsync(DateTimeOffset updatedBefore, int limit, CancellationToken cancellationToken);

    /// <summary>Jobs that ended before <paramref name="endedBefore"/> and still have their audio, oldest first.</summary>
    Task<IReadOnlyList<StoredJob>> ListExpiredAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken);

    /// <summary>Removes the records of jobs that were deleted and last written before <paramref name="updatedBefore"/>; their ids become unknown.</summary>
    /// <returns>How many were removed.</returns>
    Task<int> PurgeDeletedAsync(DateTimeOffset updatedBefore, CancellationToken cancellationToken);

    /// <summary>Proves that the store answers.</summary>
    /// <exception cref="StorageUnavailableException">It does not.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
