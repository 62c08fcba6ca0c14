using System.Text.Json;
using AudioReprompt.Jobs;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace AudioReprompt.Storage.Azure;

/// <summary>A blob with a job in it.</summary>
/// <param name="KeyName">Name of the claim on the job's idempotency key, also after the job dropped the key; null for a job that had none.</param>
/// <param name="Age">Time since the blob was written, by the clock of the store.</param>
/// <param name="WriteId">Of the write that made it.</param>
internal sealed record JobBlob(AudioJob Job, string ETag, string? KeyName, TimeSpan Age, string? WriteId)
{
    public StoredJob ToStoredJob() => new(Job, ETag);
}

/// <summary>
/// Reads and writes blobs with a job in them, on conditions. A write whose answer is lost is repeated, and the repetition then meets its own
/// first try: every write carries an id of its own, by which it is known.
/// </summary>
internal sealed class JobRecords(BlobContainerClient container)
{
    private const string WriteIdField = "write";
    private const string KeyField = "key";

    /// <returns>null where there is no such blob.</returns>
    public async Task<JobBlob?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await container.GetBlobClient(name).DownloadContentAsync(cancellationToken);
            var (details, now) = (answer.Value.Details, answer.GetRawResponse().Headers.Date);
            var job = JsonSerializer.Deserialize(answer.Value.Content.ToMemory().Span, AudioJobJson.Default.AudioJob)!;
            return new JobBlob(
                job, details.ETag.ToString(), details.Metadata.TryGetValue(KeyField, out var key) ? key : null,
                (now ?? details.LastModified) - details.LastModified, details.Metadata.TryGetValue(WriteIdField, out var write) ? write : null);
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    public Task<JobBlob?> ReadAsync(Guid id, CancellationToken cancellationToken) => ReadAsync(JobBlobName.OfRecord(id), cancellationToken);

    /// <returns>Its ETag, or null where the name is taken.</returns>
    public Task<string?> TryCreateAsync(string name, AudioJob job, CancellationToken cancellationToken) =>
        TryWriteAsync(name, job, KeyNameOf(job), new BlobRequestConditions { IfNoneMatch = ETag.All }, cancellationToken);

    /// <returns>Its new ETag, or null where the ETag is not <paramref name="etag"/> any more, or the blob is gone.</returns>
    public Task<string?> TryReplaceAsync(string name, AudioJob job, string? keyName, string etag, CancellationToken cancellationToken) =>
        TryWriteAsync(name, job, keyName, new BlobRequestConditions { IfMatch = new ETag(etag) }, cancellationToken);

    /// <summary>Removes the blob if its ETag is still <paramref name="etag"/>.</summary>
    public async Task<bool> TryDeleteAsync(string name, string etag, CancellationToken cancellationToken)
    {
        try
        {
            var conditions = new BlobRequestConditions { IfMatch = new ETag(etag) };
            return await container.GetBlobClient(name).DeleteIfExistsAsync(conditions: conditions, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.ConditionNotMet)
        {
            return false;
        }
    }

    public static string? KeyNameOf(AudioJob job) => job.IdempotencyKey is { } key ? JobBlobName.OfKey(key) : null;

    private async Task<string?> TryWriteAsync(
        string name, AudioJob job, string? keyName, BlobRequestConditions conditions, CancellationToken cancellationToken)
    {
        var writeId = Guid.NewGuid().ToString("N");
        var metadata = new Dictionary<string, string> { [WriteIdField] = writeId };
        if (keyName is not null) metadata[KeyField] = keyName;
        var content = BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(job, AudioJobJson.Default.AudioJob));
        var options = new BlobUploadOptions { Conditions = conditions, Metadata = metadata, HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" } };
        try
        {
            return (await container.GetBlobClient(name).UploadAsync(content, options, cancellationToken)).Value.ETag.ToString();
        }
        catch (RequestFailedException fault) when (IsConflict(fault))
        {
            var present = await ReadAsync(name, cancellationToken);
            return present?.WriteId == writeId ? present.ETag : null;
        }
    }

    private static bool IsConflict(RequestFailedException fault) =>
        fault.ErrorCode == BlobErrorCode.BlobAlreadyExists || fault.ErrorCode == BlobErrorCode.ConditionNotMet || fault.ErrorCode == BlobErrorCode.BlobNotFound;
}
