using System.Globalization;

namespace AudioReprompt.Hub;

/// <summary>How far a download has come.</summary>
/// <param name="File">The file that is on its way.</param>
/// <param name="FileBytes">Of it, so far.</param>
/// <param name="Bytes">Of all files, so far, those that were there before included.</param>
/// <param name="Size">Of all files.</param>
/// <param name="IsWaiting">Another process downloads this file, and this one waits for it.</param>
public sealed record HubProgress(HubFile File, long FileBytes, long Bytes, long Size, bool IsWaiting = false);

/// <summary>Brings files of a repository into a cache. Several processes may do so at once; each content is downloaded by one of them.</summary>
/// <param name="freeBytes">How much room there is below a folder that exists.</param>
public sealed class HubDownload(HubClient client, HubCache cache, TimeProvider time, Func<string, long> freeBytes)
{
    public HubDownload(HubClient client, HubCache cache, TimeProvider time) : this(client, cache, time, folder => new DriveInfo(folder).AvailableFreeSpace)
    {
    }

    /// <summary>Downloads what is missing, one file after the other, and puts all of it into the commit's folder.</summary>
    /// <param name="report">Called from one thread at a time, often.</param>
    /// <returns>The commit's folder.</returns>
    /// <exception cref="HubException">What was downloaded so far is kept, and the next run goes on from there.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public async Task<string> RunAsync(HubRevision revision, IReadOnlyList<HubFile> files, Action<HubProgress> report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(cache.BlobsFolder(revision.Repository));
        EnsureRoom(revision, files);
        var size = files.Sum(file => file.Size);
        var before = 0L;
        foreach (var file in files)
        {
            await FetchAsync(revision, file, (bytes, isWaiting) => report(new HubProgress(file, bytes, before + bytes, size, isWaiting)), cancellationToken);
            cache.Link(revision, file);
            before += file.Size;
            report(new HubProgress(file, file.Size, before, size));
        }

        // Last, so that a branch never names a commit that lacks what was asked for.
        cache.WriteReference(revision.Reference, revision.Commit);
        return cache.SnapshotFolder(revision.Repository, revision.Commit);
    }

    /// <summary>A size for people, in decimal units as the hub's pages have them.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.00} GB"),
    };

    private void EnsureRoom(HubRevision revision, IReadOnlyList<HubFile> files)
    {
        var needed = files.DistinctBy(file => file.BlobName).Sum(file => cache.Missing(revision.Repository, file));
        if (needed == 0) return;
        var free = freeBytes(cache.Root);
        if (needed <= free) return;
        throw new HubException(
            HubFault.NoSpace,
            $"{revision.Reference} needs {Bytes(needed)} more, and {cache.Root} has room for {Bytes(free)}. Free space, or name another folder with --cache or models.cache.");
    }

    private async Task FetchAsync(HubRevision revision, HubFile file, Action<long, bool> report, CancellationToken cancellationToken)
    {
        if (cache.Has(revision.Repository, file)) return;
        using var held = await BlobLock.TakeAsync(cache.LockPath(revision.Repository, file), () => report(0, true), time, cancellationToken);
        // Whoever held the lock may have brought it.
        if (cache.Has(revision.Repository, file)) return;

        var path = cache.PartPath(revision.Repository, file);
        await using (var part = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous))
        {
            using var download = new BlobDownload(client, revision, file, part, bytes => report(bytes, false));
            try
            {
                await download.RunAsync(cancellationToken);
            }
            catch (HubException exception) when (exception.Fault == HubFault.WrongContent)
            {
                File.Delete(path);
                throw;
            }
        }

        File.Move(path, cache.BlobPath(revision.Repository, file), overwrite: true);
    }
}
