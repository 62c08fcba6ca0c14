namespace AudioReprompt.Storage.Embedded;

/// <summary>
/// A file that nobody sees until <see cref="Publish"/>; whatever happens before, disposing removes it, and after the death
/// of the process <see cref="RemoveAbandoned"/> does.
/// </summary>
/// <remarks>
/// While it is written it is open, and so locked (flock(2), which .NET takes for every open file). The kernel drops that
/// lock with the process: a temporary file without one is abandoned, however young, and one with it is not, however old.
/// That also holds across containers on one machine, where process ids mean nothing.
/// </remarks>
internal sealed class UnpublishedFile : IDisposable
{
    private const string Extension = ".part";

    private readonly string _folder;
    private readonly string _path;
    private readonly FileStream _file;
    private bool _published;

    private UnpublishedFile(string folder, string path)
    {
        _folder = folder;
        _path = path;
        // FileShare.Delete: on Windows an open file could not be renamed without it.
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous);
    }

    /// <summary>Makes an empty file in <paramref name="folder"/>, and the folder where it is missing.</summary>
    /// <exception cref="StorageUnavailableException">The disk does not let us.</exception>
    public static UnpublishedFile Create(string folder)
    {
        try
        {
            DurableDirectory.Create(folder);
            return new UnpublishedFile(folder, Path.Combine(folder, $"{Guid.NewGuid():N}{Extension}"));
        }
        catch (Exception fault) when (FileFault.IsOfDisk(fault))
        {
            throw FileFault.Translate(fault);
        }
    }

    /// <exception cref="StorageUnavailableException">The disk is full, or fails.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _file.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception fault) when (FileFault.IsOfDisk(fault))
        {
            throw FileFault.Translate(fault);
        }
    }

    /// <summary>Brings the bytes to the disk.</summary>
    /// <exception cref="StorageUnavailableException">The disk is full, or fails.</exception>
    public void Flush()
    {
        try
        {
            _file.Flush(flushToDisk: true);
        }
        catch (Exception fault) when (FileFault.IsOfDisk(fault))
        {
            throw FileFault.Translate(fault);
        }
    }

    /// <summary>Gives the file its name, over one that has it already; returns when bytes and name are on the disk.</summary>
    /// <exception cref="StorageUnavailableException">The disk is full, or fails.</exception>
    public void Publish(string name)
    {
        Flush();
        try
        {
            File.Move(_path, Path.Combine(_folder, name), overwrite: true);
            _published = true;
            DurableDirectory.Flush(_folder);
        }
        catch (Exception fault) when (FileFault.IsOfDisk(fault))
        {
            throw FileFault.Translate(fault);
        }
    }

    public void Dispose()
    {
        try
        {
            // Removed while it is still locked, so that no other process takes it for abandoned in between.
            if (!_published) File.Delete(_path);
        }
        catch (Exception fault) when (FileFault.IsOfDisk(fault))
        {
            // The next start removes it; the fault that led here is the one to report.
        }

        _file.Dispose();
    }

    /// <summary>Removes what processes that are gone left in <paramref name="folder"/>.</summary>
    public static void RemoveAbandoned(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension))
        {
            try
            {
                using var locked = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                File.Delete(path);
            }
            catch (Exception fault) when (FileFault.IsOfDisk(fault))
            {
                // Somebody writes it, or it went away meanwhile; or the disk fails, which the next write reports.
            }
        }
    }
}
