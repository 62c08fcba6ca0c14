namespace AudioReprompt.Storage;

/// <summary>
/// Durable WAVs, one per job, named by the job's id. Writing twice is safe: the last complete write wins, and no reader
/// ever sees half a file.
/// </summary>
public interface IAudioStore
{
    /// <summary>Stores the whole of <paramref name="content"/>.</summary>
    /// <param name="jobId">The job, and so the name.</param>
    /// <param name="content">Read to its end; not disposed.</param>
    /// <param name="maxBytes">More than this is refused.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="StorageUnavailableException">The store cannot be reached, or is full.</exception>
    /// <exception cref="AudioTooLargeException"><paramref name="content"/> has more than <paramref name="maxBytes"/> bytes.</exception>
    Task<long> WriteAsync(Guid jobId, Stream content, long maxBytes, CancellationToken cancellationToken);

    /// <summary>Opens a seekable stream, or returns null when there is no audio for the job.</summary>
    Task<Stream?> OpenReadAsync(Guid jobId, CancellationToken cancellationToken);

    /// <returns>false when there was nothing to delete.</returns>
    Task<bool> DeleteAsync(Guid jobId, CancellationToken cancellationToken);

    /// <summary>
    /// An address where a worker may PUT the WAV itself, with the header <c>x-ms-blob-type: BlockBlob</c>: it creates this job's WAV and can
    /// neither read nor replace one. The address is a secret.
    /// </summary>
    /// <returns>null where the store has no addresses of its own: uploads come to the front door, which calls <see cref="WriteAsync"/>.</returns>
    /// <exception cref="StorageUnavailableException">The store cannot be reached.</exception>
    Task<Uri?> UploadAddressAsync(Guid jobId, TimeSpan validFor, CancellationToken cancellationToken);

    /// <summary>An address where the WAV can be read, also in parts, and nothing else be done. The address is a secret.</summary>
    /// <param name="jobId">Whether there is audio for it is not looked at.</param>
    /// <param name="fileName">What a browser saves it as; letters, digits, dots and hyphens.</param>
    /// <param name="validFor">From now.</param>
    /// <returns>null where the store has no addresses of its own: the front door calls <see cref="OpenReadAsync"/>.</returns>
    /// <exception cref="StorageUnavailableException">The store cannot be reached.</exception>
    Task<Uri?> DownloadAddressAsync(Guid jobId, string fileName, TimeSpan validFor, CancellationToken cancellationToken);

    /// <summary>Scheme, host and port of all addresses of <see cref="DownloadAddressAsync"/>, for who has to allow them; null where there are none.</summary>
    string? DownloadOrigin { get; }

    /// <summary>Proves that the store can be written to.</summary>
    /// <exception cref="StorageUnavailableException">It cannot.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}

/// <summary>An upload was larger than allowed.</summary>
public sealed class AudioTooLargeException(long maxBytes)
    : Exception($"The audio has more than the allowed {maxBytes} bytes.");
