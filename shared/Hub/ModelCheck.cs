using System.Runtime.CompilerServices;

namespace AudioReprompt.Hub;

/// <summary>How a file stood the check.</summary>
/// <param name="Name">Its path in the folder; for a content that no commit names, its blob's name.</param>
/// <param name="Path">Of the content, in a cache its blob; null where there is none.</param>
/// <param name="IsHashed">Its hash was compared; otherwise only its size could be.</param>
/// <param name="Problem">null when it is sound.</param>
public sealed record CheckedFile(string Name, string? Path, long Bytes, bool IsHashed, string? Problem);

/// <summary>
/// Checks that a model's files are what the hub promised: each content in a cache against the hash in its name. A file elsewhere has no such
/// name; of that, safetensors are checked for their length.
/// </summary>
public static class ModelCheck
{
    /// <param name="folder">Of a commit in a cache, or any other.</param>
    /// <param name="report">Is told how many bytes have been read, of how many.</param>
    public static async IAsyncEnumerable<CheckedFile> RunAsync(
        ModelFolder folder, Action<long, long> report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var files = folder.Files.Concat(OtherBlobs(folder)).ToList();
        var size = files.Sum(file => file.Bytes);
        var done = 0L;
        var checkedContents = new Dictionary<string, CheckedFile>();
        foreach (var file in files)
        {
            var before = done;
            // One content may have several names.
            if (!checkedContents.TryGetValue(file.Path, out var result))
                result = checkedContents[file.Path] = await CheckAsync(file, bytes => report(before + bytes, size), cancellationToken);
            yield return result with { Name = file.Name };
            report(done += file.Bytes, size);
        }

        // An index that names a shard which is not there: no file of its own is broken, and the model is.
        if (folder.Files.FirstOrDefault(file => file is { Name: ModelFiles.Index, IsMissing: false }) is not { } index) yield break;
        foreach (var missing in Missing(folder, index)) yield return missing;
    }

    /// <summary>Where the folder is a commit in a cache: the contents that other commits of the repository have.</summary>
    private static IEnumerable<ModelFile> OtherBlobs(ModelFolder folder)
    {
        if (Path.GetFileName(Path.GetDirectoryName(folder.Path)) != HubCache.Commits) return [];
        var blobs = Path.GetFullPath(Path.Combine(folder.Path, "..", "..", HubCache.Blobs));
        if (!Directory.Exists(blobs)) return [];
        var seen = folder.Files.Select(file => file.Path).ToHashSet();
        return from path in Directory.EnumerateFiles(blobs).Order(StringComparer.Ordinal)
               where HubHash.IsBlobName(Path.GetFileName(path)) && !seen.Contains(path)
               select new ModelFile($"{HubCache.Blobs}/{Path.GetFileName(path)}", path, new FileInfo(path).Length, IsMissing: false);
    }

    private static async Task<CheckedFile> CheckAsync(ModelFile file, Action<long> report, CancellationToken cancellationToken)
    {
        if (file.IsMissing) return new CheckedFile(file.Name, null, 0, false, "is a link to nothing");
        if (file.HashName is not { } expected) return new CheckedFile(file.Name, file.Path, file.Bytes, false, ProblemOfLength(file));
        try
        {
            var found = await HubHash.OfFileAsync(file.Path, expected, report, cancellationToken);
            return new CheckedFile(file.Name, file.Path, file.Bytes, true, found == expected ? null : $"has the hash {found}, and should have {expected}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The disk fails at this file; the others are still wanted.
            return new CheckedFile(file.Name, file.Path, file.Bytes, false, $"cannot be read: {exception.Message}");
        }
    }

    private static string? ProblemOfLength(ModelFile file)
    {
        if (file.Bytes == 0) return "is empty";
        if (!file.IsSafetensors) return null;
        try
        {
            var needed = SafetensorsSummary.Read(file.Path).Bytes;
            return needed == file.Bytes ? null : $"has {file.Bytes} bytes, and its header speaks of {needed}";
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // Broken, or not readable; both are for the one who asked.
            return exception is InvalidDataException ? exception.Message : $"cannot be read: {exception.Message}";
        }
    }

    private static IEnumerable<CheckedFile> Missing(ModelFolder folder, ModelFile index)
    {
        try
        {
            var names = folder.Files.Select(file => file.Name).ToHashSet();
            return [.. ModelFiles.Shards(index.Path).Where(shard => !names.Contains(shard)).Select(shard => new CheckedFile(shard, null, 0, false, "is missing; the index names it"))];
        }
        catch (HubException exception)
        {
            return [new CheckedFile(index.Name, index.Path, index.Bytes, false, exception.Message)];
        }
    }
}
