using System.Buffers;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;

namespace AudioReprompt.Storage.Azure;

/// <summary>
/// WAVs as blobs, <c>0193….wav</c>. Workers put theirs there themselves, each with an address that can create this one blob and nothing else.
/// </summary>
public sealed class AzureAudioStore : IAudioStore
{
    private const string ProbeName = "probe";
    private const string MediaType = "audio/wav";
    private const int CopyBufferBytes = 128 * 1024;

    /// <summary>128 MiB at 9 Mbit/s.</summary>
    private static readonly AzureCall Call = new("The audio store", TimeSpan.FromMinutes(2));

    private readonly BlobContainerClient _container;
    private readonly AudioSignatures _signatures;

    /// <param name="container">Must exist.</param>
    internal AzureAudioStore(BlobServiceClient account, BlobContainerClient container, TimeProvider time) =>
        (_container, _signatures) = (container, new AudioSignatures(account, container, time));

    /// <inheritdoc/>
    public string DownloadOrigin => _container.Uri.GetLeftPart(UriPartial.Authority);

    /// <inheritdoc/>
    /// <remarks>
    /// Gathered in memory and written with one request, which is all or nothing. What comes this way came in memory already: in a job's
    /// output, or from the mocked engine. A long WAV goes to its upload address.
    /// </remarks>
    public async Task<long> WriteAsync(Guid jobId, Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        using var whole = await GatherAsync(content, maxBytes, cancellationToken);
        var options = new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentType = MediaType },
            // One request is for what is shorter than this; longer content would be staged in blocks, where two writers of one name meet.
            TransferOptions = new StorageTransferOptions { InitialTransferSize = whole.Length + 1 },
        };
        await Call.RunAsync(token => BlobOf(jobId).UploadAsync(whole, options, token), cancellationToken);
        return whole.Length;
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenReadAsync(Guid jobId, CancellationToken cancellationToken) =>
        Call.RunAsync<Stream?>(async token => await BlobReadStream.OpenAsync(BlobOf(jobId), token), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(Guid jobId, CancellationToken cancellationToken) =>
        Call.RunAsync(async token => (await BlobOf(jobId).DeleteIfExistsAsync(cancellationToken: token)).Value, cancellationToken);

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        Call.RunAsync(token => _container.GetBlobClient(ProbeName).UploadAsync(BinaryData.FromString(""), overwrite: true, token), cancellationToken);

    /// <inheritdoc/>
    public Task<Uri?> UploadAddressAsync(Guid jobId, TimeSpan validFor, CancellationToken cancellationToken) =>
        Call.RunAsync<Uri?>(
            async token => await _signatures.SignAsync(NameOf(jobId), BlobSasPermissions.Create, validFor, shape: null, token), cancellationToken);

    /// <inheritdoc/>
    public Task<Uri?> DownloadAddressAsync(Guid jobId, string fileName, TimeSpan validFor, CancellationToken cancellationToken) =>
        Call.RunAsync<Uri?>(
            async token => await _signatures.SignAsync(
                NameOf(jobId),
                BlobSasPermissions.Read,
                validFor,
                builder =>
                {
                    builder.ContentDisposition = $"inline; filename=\"{fileName}\"";
                    builder.ContentType = MediaType;
                    builder.CacheControl = "private, max-age=3600, immutable";
                },
                token),
            cancellationToken);

    private static async Task<MemoryStream> GatherAsync(Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        var whole = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBufferBytes);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (whole.Length + read > maxBytes) throw new AudioTooLargeException(maxBytes);
                whole.Write(buffer, 0, read);
            }

            cancellationToken.ThrowIfCancellationRequested();
            whole.Position = 0;
            return whole;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private BlobClient BlobOf(Guid jobId) => _container.GetBlobClient(NameOf(jobId));

    private static string NameOf(Guid jobId) => $"{jobId:D}.wav";
}
