using AudioReprompt.Jobs;
using Azure.Storage.Blobs;

namespace AudioReprompt.Storage.Azure;

/// <summary>
/// Job records as blobs, one each, written on the condition of their ETag; beside them empty blobs whose names lead to those that a
/// listing looks for. <c>docs/azure-storage.md</c> has the order of the writes, what each crash leaves, and what each call costs.
/// </summary>
public sealed class AzureJobStore : IJobStore
{
    private const string What = "The job store";

    /// <summary>Two repetitions of a request at its time limit, and the pauses between them, fit in.</summary>
    private static readonly AzureCall Call = new(What, TimeSpan.FromSeconds(30));

    /// <summary>Works through what may be many jobs; its requests have time limits of their own.</summary>
    private static readonly AzureCall LongCall = new(What, TimeSpan.FromMinutes(30));

    private readonly BlobContainerClient _container;
    private readonly TimeProvider _time;
    private readonly AzureJobStoreLimits _limits;
    private readonly JobRecords _records;
    private readonly JobMarkers _markers;
    private readonly IdempotencyClaims _claims;
    private readonly JobIndex _index;
    private readonly SharedReads<(int Limit, Guid? Before), IReadOnlyList<AudioJob>> _pages;

    /// <param name="container">Must exist.</param>
    internal AzureJobStore(BlobContainerClient container, TimeProvider time, AzureJobStoreLimits limits)
    {
        (_container, _time, _limits) = (container, time, limits);
        _records = new JobRecords(container);
        _markers = new JobMarkers(container);
        _claims = new IdempotencyClaims(_records, limits);
        _index = new JobIndex(_records, _markers, _claims, limits);
        _pages = new SharedReads<(int Limit, Guid? Before), IReadOnlyList<AudioJob>>(
            page => Call.RunAsync(token => ListCoreAsync(page.Limit, page.Before, token), CancellationToken.None));
    }

    /// <inheritdoc/>
    public Task<(StoredJob Stored, bool Created)> CreateAsync(AudioJob job, CancellationToken cancellationToken) =>
        Call.RunAsync(token => CreateCoreAsync(job, token), cancellationToken);

    /// <inheritdoc/>
    public Task<StoredJob?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        Call.RunAsync(async token => (await _records.ReadAsync(id, token))?.ToStoredJob(), cancellationToken);

    /// <inheritdoc/>
    public Task<StoredJob?> FindByIdempotencyKeyAsync(string key, CancellationToken cancellationToken) =>
        Call.RunAsync(async token => (await _claims.FindAsync(key, token))?.ToStoredJob(), cancellationToken);

    /// <inheritdoc/>
    public Task<StoredJob?> TryUpdateAsync(AudioJob job, string etag, CancellationToken cancellationToken) =>
        Call.RunAsync(token => TryUpdateCoreAsync(job, etag, token), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The dearest call, and the one that many make at once: who asks for the same page while it is read shares the next reading.</remarks>
    public Task<IReadOnlyList<AudioJob>> ListAsync(int limit, Guid? before, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 200);
        return _pages.ReadAsync((limit, before), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredJob>> ListStaleAsync(DateTimeOffset updatedBefore, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return LongCall.RunAsync(token => ListStaleCoreAsync(updatedBefore, limit, token), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Every ended job that is not deleted counts as one with audio: a worker may have uploaded before its job failed or was
    /// cancelled, and then the record does not know of the file.
    /// </remarks>
    public Task<IReadOnlyList<StoredJob>> ListExpiredAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return LongCall.RunAsync(token => ListExpiredCoreAsync(endedBefore, limit, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> PurgeDeletedAsync(DateTimeOffset updatedBefore, CancellationToken cancellationToken) =>
        LongCall.RunAsync(token => PurgeDeletedCoreAsync(updatedBefore, token), cancellationToken);

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        Call.RunAsync(token => _container.GetPropertiesAsync(cancellationToken: token), cancellationToken);

    private async Task<(StoredJob Stored, bool Created)> CreateCoreAsync(AudioJob job, CancellationToken cancellationToken)
    {
        var begun = _time.GetUtcNow();
        await _index.PrepareAsync(job, cancellationToken);
        if (job.IdempotencyKey is { } key && await _claims.ClaimAsync(key, job, cancellationToken) is { } holder)
        {
            if (holder.Job.Id != job.Id) await _index.WithdrawAsync(job, cancellationToken);
            return (holder.ToStoredJob(), false);
        }

        // Whoever tidies up may take the markers for abandoned by now: without them the record must not be written.
        if (_time.GetUtcNow() - begun > _limits.Creation) throw new StorageUnavailableException($"{What} in Azure took too long to create a job.");
        if (await _records.TryCreateAsync(JobBlobName.OfRecord(job.Id), job, cancellationToken) is { } etag)
        {
            await FollowAsync(job, JobRecords.KeyNameOf(job), cancellationToken);
            return (new StoredJob(job, etag), true);
        }

        // Either somebody found our claim and wrote the record for us, or the id was used before.
        var written = await _records.ReadAsync(job.Id, cancellationToken);
        return written is not null && job.IdempotencyKey is not null && written.Job.WebhookToken == job.WebhookToken
            ? (written.ToStoredJob(), true)
            : throw new InvalidOperationException($"Job {job.Id} exists already.");
    }

    private async Task<StoredJob?> TryUpdateCoreAsync(AudioJob job, string etag, CancellationToken cancellationToken)
    {
        var name = JobBlobName.OfRecord(job.Id);
        var keyName = JobRecords.KeyNameOf(job);
        if (job.Deleted && keyName is null)
        {
            // The record that is replaced knows which key becomes free.
            if (await _records.ReadAsync(job.Id, cancellationToken) is not { } current || current.ETag != etag) return null;
            keyName = current.KeyName;
        }

        if (await _records.TryReplaceAsync(name, job, keyName, etag, cancellationToken) is not { } written) return null;
        await FollowAsync(job, keyName, cancellationToken);
        return new StoredJob(job, written);
    }

    /// <summary>The record is written, and that is what counts: the caller must not be told that it was not.</summary>
    private async Task FollowAsync(AudioJob job, string? keyName, CancellationToken cancellationToken)
    {
        try
        {
            await _index.FollowAsync(job, keyName, cancellationToken);
        }
        catch (Exception fault) when (AzureCall.Translate(fault, What) is not null)
        {
            // The next sweep finds the old marker and puts it right.
        }
    }

    private async Task<IReadOnlyList<AudioJob>> ListCoreAsync(int limit, Guid? before, CancellationToken cancellationToken)
    {
        var listed = new List<AudioJob>(limit);
        var pending = new List<(Guid Id, TimeSpan Age)>(limit);
        await foreach (var marker in _markers.ListNewestAsync(before, limit, cancellationToken))
        {
            pending.Add(marker);
            if (listed.Count + pending.Count < limit && pending.Count < JobIndex.Parallel) continue;
            await ReadPendingAsync();
            if (listed.Count == limit) break;
        }

        await ReadPendingAsync();
        return listed;

        async Task ReadPendingAsync()
        {
            listed.AddRange((await Task.WhenAll(pending.Select(marker => ReadListedAsync(marker, cancellationToken)))).OfType<AudioJob>());
            pending.Clear();
        }
    }

    private async Task<AudioJob?> ReadListedAsync((Guid Id, TimeSpan Age) marker, CancellationToken cancellationToken)
    {
        var blob = await _records.ReadAsync(marker.Id, cancellationToken);
        if (blob is { Job.Deleted: false }) return blob.Job;
        await _index.UnlistAsync(marker.Id, marker.Age, blob, cancellationToken);
        return null;
    }

    private async Task<IReadOnlyList<StoredJob>> ListStaleCoreAsync(DateTimeOffset updatedBefore, int limit, CancellationToken cancellationToken)
    {
        var stale = new List<JobBlob>();
        await foreach (var batch in _index.SweepAsync(JobBlobName.Active, updatedBefore, cancellationToken))
        {
            stale.AddRange(batch.Select(visited => visited.Blob).Where(blob => !blob.Job.State.IsTerminal() && blob.Job.UpdatedAt < updatedBefore));
            // A marker's time is never later than its record's: what comes now cannot be older than the marker reached.
            if (batch.Count > 0 && stale.Count(blob => blob.Job.UpdatedAt <= batch[^1].Found.Marker.Time) >= limit) break;
        }

        return [.. stale.DistinctBy(blob => blob.Job.Id).OrderBy(blob => blob.Job.UpdatedAt).Take(limit).Select(blob => blob.ToStoredJob())];
    }

    private async Task<IReadOnlyList<StoredJob>> ListExpiredCoreAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken)
    {
        // A job that ended is still among the active where its last write was broken off; the sweep moves it.
        await foreach (var _ in _index.SweepAsync(JobBlobName.Active, endedBefore, cancellationToken))
        {
        }

        var expired = new List<JobBlob>();
        await foreach (var batch in _index.SweepAsync(JobBlobName.Ended, endedBefore, cancellationToken))
        {
            expired.AddRange(batch.Select(visited => visited.Blob).Where(blob => !blob.Job.Deleted));
            if (expired.Count >= limit) break;
        }

        return [.. expired.DistinctBy(blob => blob.Job.Id).Take(limit).Select(blob => blob.ToStoredJob())];
    }

    private async Task<int> PurgeDeletedCoreAsync(DateTimeOffset updatedBefore, CancellationToken cancellationToken)
    {
        var removed = 0;
        await foreach (var batch in _index.SweepAsync(JobBlobName.Deleted, updatedBefore, cancellationToken))
        {
            var purged = await Task.WhenAll(batch
                .Where(visited => visited.Blob.Job.Deleted && visited.Blob.Job.UpdatedAt < updatedBefore)
                .Select(visited => _index.PurgeAsync(visited.Found, visited.Blob, cancellationToken)));
            removed += purged.Count(done => done);
        }

        return removed;
    }
}
