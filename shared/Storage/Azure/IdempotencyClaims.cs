using AudioReprompt.Jobs;

namespace AudioReprompt.Storage.Azure;

/// <summary>
/// Who holds which idempotency key. A claim is a blob under the key's name with the whole new record in it, so that whoever finds a claim whose
/// record is not there yet can write the record for the claimant instead of waiting for it.
/// </summary>
internal sealed class IdempotencyClaims(JobRecords records, AzureJobStoreLimits limits)
{
    /// <summary>Claims <paramref name="key"/> for <paramref name="job"/>.</summary>
    /// <returns>null when it is claimed; else the record that holds the key.</returns>
    public async Task<JobBlob?> ClaimAsync(string key, AudioJob job, CancellationToken cancellationToken)
    {
        var name = JobBlobName.OfKey(key);
        while (true)
        {
            if (await records.TryCreateAsync(name, job, cancellationToken) is not null) return null;
            // Given back between the two: try again.
            if (await records.ReadAsync(name, cancellationToken) is not { } claim) continue;
            if (await FindHolderAsync(key, claim, cancellationToken) is { } holder) return holder;
            if (await records.TryReplaceAsync(name, job, name, claim.ETag, cancellationToken) is not null) return null;
        }
    }

    /// <returns>The record that holds the key, or null.</returns>
    public async Task<JobBlob?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (await records.ReadAsync(JobBlobName.OfKey(key), cancellationToken) is not { } claim) return null;
        return await records.ReadAsync(claim.Job.Id, cancellationToken) is { } holder && holder.Job.IdempotencyKey == key ? holder : null;
    }

    /// <summary>Removes the claim where it is still that of job <paramref name="id"/>.</summary>
    /// <param name="name">The claim's; null for a job that had no key.</param>
    public async Task ReleaseAsync(string? name, Guid id, CancellationToken cancellationToken)
    {
        if (name is null || await records.ReadAsync(name, cancellationToken) is not { } claim || claim.Job.Id != id) return;
        await records.TryDeleteAsync(name, claim.ETag, cancellationToken);
    }

    private async Task<JobBlob?> FindHolderAsync(string key, JobBlob claim, CancellationToken cancellationToken)
    {
        var holder = await records.ReadAsync(claim.Job.Id, cancellationToken);
        if (holder is null && claim.Age < limits.ClaimIsYoung)
        {
            // The claimant is about to write its record, or died. Either way this is what it would write.
            await records.TryCreateAsync(JobBlobName.OfRecord(claim.Job.Id), claim.Job, cancellationToken);
            holder = await records.ReadAsync(claim.Job.Id, cancellationToken);
        }

        return holder?.Job.IdempotencyKey == key ? holder : null;
    }
}

/// <summary>What tells a write that is under way from one that was broken off. Each is longer than the one before, by the store's clock.</summary>
/// <param name="Creation">A creation that takes longer is given up before its last write.</param>
/// <param name="ClaimIsYoung">The claimant of a key may still be about to write its record.</param>
/// <param name="Abandoned">Nobody is about to write the record of a marker as old as this.</param>
internal sealed record AzureJobStoreLimits(TimeSpan Creation, TimeSpan ClaimIsYoung, TimeSpan Abandoned)
{
    public static AzureJobStoreLimits Default { get; } = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10));
}
