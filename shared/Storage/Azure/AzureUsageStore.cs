using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace AudioReprompt.Storage.Azure;

/// <summary>
/// An append blob <c>usage/{day}/{caller}</c> whose length is the count. The service itself appends the next byte only while the blob is not too long
/// (<c>x-ms-blob-condition-maxsize</c>), so that front doors which count at once never have to try again.
/// </summary>
public sealed class AzureUsageStore : IUsageStore
{
    /// <summary>Blocks that an append blob may have (Azure's limit).</summary>
    private const int MostBlocks = 50_000;

    private const string Prefix = "usage/";
    private const string DayFormat = "yyyy-MM-dd";

    private static readonly AzureCall Call = new("The count of songs", TimeSpan.FromSeconds(30));

    private readonly BlobContainerClient _container;

    /// <param name="container">Must exist.</param>
    internal AzureUsageStore(BlobContainerClient container) => _container = container;

    /// <inheritdoc/>
    public Task<bool> TryCountAsync(string caller, DateOnly day, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostBlocks);
        var blob = _container.GetAppendBlobClient($"{Prefix}{day.ToString(DayFormat, CultureInfo.InvariantCulture)}/{HashedName.Of(caller)}");
        return Call.RunAsync(token => TryAppendAsync(blob, limit, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task PurgeAsync(DateOnly day, CancellationToken cancellationToken) => Call.RunAsync(
        async token =>
        {
            var first = Prefix + day.ToString(DayFormat, CultureInfo.InvariantCulture);
            await foreach (var blob in _container.GetBlobsAsync(prefix: Prefix, cancellationToken: token))
            {
                // In the order of their names, which is that of the days.
                if (string.CompareOrdinal(blob.Name, first) >= 0) break;
                await _container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: token);
            }
        },
        cancellationToken);

    private static async Task<bool> TryAppendAsync(AppendBlobClient blob, int limit, CancellationToken cancellationToken)
    {
        var options = new AppendBlobAppendBlockOptions { Conditions = new AppendBlobRequestConditions { IfMaxSizeLessThanOrEqual = limit } };
        while (true)
        {
            try
            {
                using var one = new MemoryStream("+"u8.ToArray(), writable: false);
                await blob.AppendBlockAsync(one, options, cancellationToken);
                return true;
            }
            catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.MaxBlobSizeConditionNotMet)
            {
                return false;
            }
            catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                // The caller's first song of the day.
                await blob.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            }
        }
    }
}
