using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace AudioReprompt.Storage.Azure;

/// <summary>A marker that a listing found.</summary>
/// <param name="Age">Time since it was written, by the clock of the store.</param>
internal readonly record struct FoundMarker(TimedMarker Marker, TimeSpan Age);

/// <summary>
/// The markers that tell where a job belongs: blobs whose name says it all. The record is what counts; a marker only leads to it. For
/// every record there is at all times a marker that its readers come past, which is kept by the order of the writes: the markers of a new job
/// come before its record, and a marker goes only when the one that replaces it is there.
/// </summary>
/// <param name="container">Must exist.</param>
/// <param name="pageSize">Blobs that one answer of a listing has, at most 5,000.</param>
internal sealed class JobMarkers(BlobContainerClient container, int pageSize = 1000)
{
    /// <param name="text">For whoever tidies up; the name is what matters.</param>
    public Task PutAsync(string name, string text, CancellationToken cancellationToken) =>
        container.GetBlobClient(name).UploadAsync(BinaryData.FromString(text), overwrite: true, cancellationToken);

    public async Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        await container.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    /// <returns>What <see cref="PutAsync"/> was given; null when the marker is gone.</returns>
    public async Task<string?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await container.GetBlobClient(name).DownloadContentAsync(cancellationToken)).Value.Content.ToString();
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
    }

    /// <summary>The markers with a time before <paramref name="before"/>, oldest first; stops reading there.</summary>
    public async IAsyncEnumerable<FoundMarker> ListAsync(
        string prefix, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in container.GetBlobsAsync(prefix: prefix, cancellationToken: cancellationToken).AsPages(pageSizeHint: pageSize))
        {
            var now = page.GetRawResponse().Headers.Date;
            foreach (var blob in page.Values)
            {
                var marker = TimedMarker.Parse(prefix, blob.Name);
                if (marker.Time >= before) yield break;
                yield return new FoundMarker(marker, AgeOf(blob, now));
            }
        }
    }

    /// <summary>
    /// The list markers after the one of <paramref name="before"/>, newest first. A listing cannot start in the middle; but it can be
    /// confined to a folder. So a page of the widest folder is tried first; where the place lies beyond it, the next narrower one.
    /// </summary>
    /// <param name="expected">How many the caller is likely to take.</param>
    public IAsyncEnumerable<(Guid Id, TimeSpan Age)> ListNewestAsync(Guid? before, int expected, CancellationToken cancellationToken) => before is { } id
        ? FolderAsync(JobBlobName.List, 0, JobBlobName.OfListed(id), cancellationToken)
        : AllAsync(JobBlobName.List, expected, cancellationToken);

    private async IAsyncEnumerable<(Guid Id, TimeSpan Age)> FolderAsync(
        string folder, int depth, string after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isLast = depth == JobBlobName.ListFolders.Length;
        var reached = false;
        var isBeyond = false;
        await foreach (var page in container.GetBlobsAsync(prefix: folder, cancellationToken: cancellationToken).AsPages(pageSizeHint: pageSize))
        {
            var now = page.GetRawResponse().Headers.Date;
            foreach (var blob in page.Values)
            {
                if (string.CompareOrdinal(blob.Name, after) <= 0) continue;
                reached = true;
                yield return (JobBlobName.IdOfListed(blob.Name), AgeOf(blob, now));
            }

            isBeyond = !reached && !isLast && page.ContinuationToken is { Length: > 0 };
            if (isBeyond) break;
        }

        if (!isBeyond) yield break;

        // Digits and the slashes among them: list/ + 5 + / + 2 + / + 2 + /.
        var child = after[..(JobBlobName.List.Length + JobBlobName.ListFolders[depth] + depth + 1)];
        await foreach (var found in FolderAsync(child, depth + 1, after, cancellationToken)) yield return found;
        await foreach (var item in container.GetBlobsByHierarchyAsync(delimiter: "/", prefix: folder, cancellationToken: cancellationToken))
        {
            if (!item.IsPrefix || string.CompareOrdinal(item.Prefix, child) <= 0) continue;
            await foreach (var found in AllAsync(item.Prefix, pageSize, cancellationToken)) yield return found;
        }
    }

    private async IAsyncEnumerable<(Guid Id, TimeSpan Age)> AllAsync(
        string folder, int expected, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in container.GetBlobsAsync(prefix: folder, cancellationToken: cancellationToken).AsPages(pageSizeHint: expected))
        {
            var now = page.GetRawResponse().Headers.Date;
            foreach (var blob in page.Values) yield return (JobBlobName.IdOfListed(blob.Name), AgeOf(blob, now));
        }
    }

    private static TimeSpan AgeOf(BlobItem blob, DateTimeOffset? now) =>
        blob.Properties.LastModified is { } written && now is { } read ? read - written : TimeSpan.Zero;
}
