using System.Buffers;

namespace AudioReprompt.Storage.Embedded;

/// <summary>
/// WAVs as files: <c>audio/1f/0193….wav</c>, spread over 256 folders by the last byte of the id, which is random in a
/// UUIDv7. A file has its name only when it is whole and on the disk.
/// </summary>
public sealed class FileAudioStore : IAudioStore
{
    private const int CopyBufferBytes = 128 * 1024;

    private readonly string _root;

    /// <summary>Makes the folder, and removes what a killed process left half written in it.</summary>
    /// <param name="storageFolder">The folder that <c>audio</c> is made in.</param>
    /// <exception cref="StorageUnavailableException">The folder cannot be made or read.</exception>
    public FileAudioStore(string storageFolder)
    {
        _root = Path.GetFullPath(Path.Combine(storageFolder, "audio"));
        try
        {
            DurableDirectory.Create(_root);
            UnpublishedFile.RemoveAbandoned(_root);
            foreach (var folder in Directory.EnumerateDirectories(_root)) UnpublishedFile.RemoveAbandoned(folder);
        }
        catch (Exception fault) when (FileFault.IsOfDisk(fault))
        {
            throw FileFault.Translate(fault);
        }
    }

    /// <inheritdoc/>
    public async Task<long> WriteAsync(Guid jobId, Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        using var file = UnpublishedFile.Create(FolderOf(jobId));
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBufferBytes);
        try
        {
            long written = 0;
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                written += read;
                if (written > maxBytes) throw new AudioTooLargeException(maxBytes);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            file.Publish(NameOf(jobId));
            return written;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenReadAsync(Guid jobId, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<Stream?>(cancellationToken);
        try
        {
            return Task.FromResult<Stream?>(new FileStream(
                PathOf(jobId), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, CopyBufferBytes, FileOptions.Asynchronous));
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            // No audio for the job: an answer, not a fault.
            return Task.FromResult<Stream?>(null);
        }
        catch (Exception fault) when (FileFault.IsOfDisk(fault))
        {
            return Task.FromException<Stream?>(FileFault.Translate(fault));
        }
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(Guid jobId, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<bool>(cancellationToken);
        try
        {
            var path = PathOf(jobId);
            if (!File.Exists(path)) return Task.FromResult(false);
            File.Delete(path);
            DurableDirectory.Flush(FolderOf(jobId));
            return Task.FromResult(true);
        }
        catch (Exception fault) when (FileFault.IsOfDisk(fault))
        {
            return Task.FromException<bool>(FileFault.Translate(fault));
        }
    }

    /// <inheritdoc/>
    public string? DownloadOrigin => null;

    /// <inheritdoc/>
    public Task<Uri?> UploadAddressAsync(Guid jobId, TimeSpan validFor, CancellationToken cancellationToken) => Task.FromResult<Uri?>(null);

    /// <inheritdoc/>
    public Task<Uri?> DownloadAddressAsync(Guid jobId, string fileName, TimeSpan validFor, CancellationToken cancellationToken) =>
        Task.FromResult<Uri?>(null);

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        // A whole block, on the disk: a file of no bytes can be made on a full disk too.
        using var probe = UnpublishedFile.Create(_root);
        await probe.WriteAsync(new byte[4096], cancellationToken);
        probe.Flush();
    }

    private string FolderOf(Guid jobId) => Path.Combine(_root, jobId.ToString("N")[^2..]);

    private string PathOf(Guid jobId) => Path.Combine(FolderOf(jobId), NameOf(jobId));

    private static string NameOf(Guid jobId) => $"{jobId:D}.wav";
}
