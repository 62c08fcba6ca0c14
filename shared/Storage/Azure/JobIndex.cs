using System.Runtime.CompilerServices;
using AudioReprompt.Jobs;

namespace AudioReprompt.Storage.Azure;

/// <summary>Keeps markers and claims where the records say they belong, and repairs what was broken off.</summary>
internal sealed class JobIndex(JobRecords records, JobMarkers markers, IdempotencyClaims claims, AzureJobStoreLimits limits)
{
    /// <summary>Requests that one call has under way at once.</summary>
    public const int Parallel = 16;

    /// <summary>Before the record: a record without these would be lost to list and upkeep.</summary>
    public Task PrepareAsync(AudioJob job, CancellationToken cancellationToken) => Task.WhenAll(
        markers.PutAsync(JobBlobName.OfNew(job).Name, JobRecords.KeyNameOf(job) ?? "", cancellationToken),
        markers.PutAsync(JobBlobName.OfListed(job.Id), "", cancellationToken));

    /// <summary>The job will not be created after all.</summary>
    public Task WithdrawAsync(AudioJob job, CancellationToken cancellationToken) => Task.WhenAll(
        markers.DeleteAsync(JobBlobName.OfNew(job).Name, cancellationToken),
        markers.DeleteAsync(JobBlobName.OfListed(job.Id), cancellationToken));

    /// <summary>After the record: a job that ended or was deleted changes its marker. What fails here is made good by the next sweep.</summary>
    public async Task FollowAsync(AudioJob job, string? keyName, CancellationToken cancellationToken)
    {
        if (!job.State.IsTerminal()) return;
        await markers.PutAsync(JobBlobName.Of(job).Name, "", cancellationToken);
        var former = job.Deleted ? new[] { JobBlobName.OfNew(job), JobBlobName.OfEnded(job) } : [JobBlobName.OfNew(job)];
        await Task.WhenAll(former.Select(marker => markers.DeleteAsync(marker.Name, cancellationToken)).Append(UnlistAsync(job, keyName, cancellationToken)));
    }

    /// <summary>
    /// The records behind the markers that are older than <paramref name="before"/>, oldest marker first, in batches. A marker that does not
    /// belong to its record any more is replaced; one without a record is removed, where no creation can be under way.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<(FoundMarker Found, JobBlob Blob)>> SweepAsync(
        string prefix, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in markers.ListAsync(prefix, before, cancellationToken).Chunk(Parallel).WithCancellation(cancellationToken))
        {
            var visited = await Task.WhenAll(batch.Select(found => VisitAsync(found, cancellationToken)));
            yield return [.. visited.OfType<(FoundMarker, JobBlob)>()];
        }
    }

    /// <summary>Removes everything about a deleted job; the marker that leads to it goes last.</summary>
    public async Task<bool> PurgeAsync(FoundMarker found, JobBlob blob, CancellationToken cancellationToken)
    {
        await claims.ReleaseAsync(blob.KeyName, blob.Job.Id, cancellationToken);
        await markers.DeleteAsync(JobBlobName.OfListed(blob.Job.Id), cancellationToken);
        if (!await records.TryDeleteAsync(JobBlobName.OfRecord(blob.Job.Id), blob.ETag, cancellationToken)) return false;
        await markers.DeleteAsync(found.Marker.Name, cancellationToken);
        return true;
    }

    /// <summary>A list marker led to no job that may be shown.</summary>
    public async Task UnlistAsync(Guid id, TimeSpan age, JobBlob? blob, CancellationToken cancellationToken)
    {
        if (blob is not null || age > limits.Abandoned) await markers.DeleteAsync(JobBlobName.OfListed(id), cancellationToken);
    }

    private async Task<(FoundMarker Found, JobBlob Blob)?> VisitAsync(FoundMarker found, CancellationToken cancellationToken)
    {
        var blob = await records.ReadAsync(found.Marker.Id, cancellationToken);
        if (blob is null)
        {
            // The markers of ended and deleted jobs are written after the record: without one, it was purged.
            if (found.Marker.Prefix != JobBlobName.Active) await markers.DeleteAsync(found.Marker.Name, cancellationToken);
            else if (found.Age > limits.Abandoned) await AbandonAsync(found.Marker, cancellationToken);
            return null;
        }

        var belongs = JobBlobName.Of(blob.Job);
        if (belongs != found.Marker)
        {
            await markers.PutAsync(belongs.Name, blob.KeyName ?? "", cancellationToken);
            await UnlistAsync(blob.Job, blob.KeyName, cancellationToken);
            await markers.DeleteAsync(found.Marker.Name, cancellationToken);
        }

        return (found, blob);
    }

    private async Task AbandonAsync(TimedMarker marker, CancellationToken cancellationToken)
    {
        var keyName = await markers.ReadAsync(marker.Name, cancellationToken);
        await claims.ReleaseAsync(keyName is { Length: > 0 } ? keyName : null, marker.Id, cancellationToken);
        await markers.DeleteAsync(JobBlobName.OfListed(marker.Id), cancellationToken);
        await markers.DeleteAsync(marker.Name, cancellationToken);
    }

    private async Task UnlistAsync(AudioJob job, string? keyName, CancellationToken cancellationToken)
    {
        if (!job.Deleted) return;
        await markers.DeleteAsync(JobBlobName.OfListed(job.Id), cancellationToken);
        await claims.ReleaseAsync(keyName, job.Id, cancellationToken);
    }
}
