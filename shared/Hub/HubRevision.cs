using System.Text.Json;
using AudioReprompt.Configuration;

namespace AudioReprompt.Hub;

/// <summary>A file of a repository.</summary>
/// <param name="Name">Its path in the repository, with slashes; never leads out of a folder that it is put below.</param>
/// <param name="Size">Bytes.</param>
/// <param name="BlobName">Its SHA-256 where it is in Git LFS, else its git hash; the name of its blob in a cache.</param>
public sealed record HubFile(string Name, long Size, string BlobName);

/// <summary>A repository at a commit, as the hub lists it.</summary>
/// <param name="Reference">What was asked for.</param>
/// <param name="Commit">40 hexadecimal digits.</param>
public sealed record HubRevision(HubReference Reference, string Commit, IReadOnlyList<HubFile> Files)
{
    /// <summary>Room for the longest path that a file system takes in one name.</summary>
    private const int LongestPart = 255;

    public HubRepository Repository => Reference.Repository;

    public HubFile? Find(string name) => Files.FirstOrDefault(file => file.Name == name);

    /// <summary>Reads the answer of <c>GET /api/models/org/name/revision/REVISION?blobs=true</c>: <c>sha</c> and <c>siblings</c>.</summary>
    /// <exception cref="HubException">It is not that, or a file's name or hash could lead out of the cache.</exception>
    internal static HubRevision Parse(HubReference reference, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var commit = document.RootElement.GetProperty("sha").GetString();
            if (commit is null || !HubHash.IsGitHash(commit)) throw Bad(reference, "it names no commit");
            var files = document.RootElement.GetProperty("siblings").EnumerateArray().Select(sibling => File(reference, sibling)).ToList();
            CheckPaths(reference, files);
            return new HubRevision(reference, commit, files);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // No JSON, or members missing or of another type: a proxy's page, for one.
            throw new HubException(HubFault.BadAnswer, $"The hub's list of files of {reference} cannot be read: {exception.Message}", exception);
        }
    }

    private static HubFile File(HubReference reference, JsonElement sibling)
    {
        var name = sibling.GetProperty("rfilename").GetString();
        if (name is null || !IsSafe(name)) throw Bad(reference, $"it names a file {Shown.Short(name ?? "")}, which is refused: it could be written outside the cache");
        var blob = sibling.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object ? Text(lfs, "sha256") ?? Text(lfs, "oid") : Text(sibling, "blobId");
        if (blob is null || !HubHash.IsBlobName(blob)) throw Bad(reference, $"it gives no hash of {name}");
        var size = sibling.TryGetProperty("size", out var given) ? given.GetInt64() : -1;
        return size >= 0 ? new HubFile(name, size, blob) : throw Bad(reference, $"it gives no size of {name}");
    }

    private static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Refuses what could be absolute, climb, name a drive or a stream, or be obeyed by a terminal.</summary>
    private static bool IsSafe(string name) =>
        name.Split('/').All(part => part is { Length: > 0 and <= LongestPart } and not "." and not ".."
            && !part.Any(character => character is '\\' or ':' || char.IsControl(character)));

    /// <summary>No file twice, and none that is another one's folder.</summary>
    private static void CheckPaths(HubReference reference, List<HubFile> files)
    {
        var names = new HashSet<string>();
        foreach (var file in files)
            if (!names.Add(file.Name)) throw Bad(reference, $"it names {file.Name} twice");
        foreach (var name in names)
        {
            for (var slash = name.IndexOf('/'); slash >= 0; slash = name.IndexOf('/', slash + 1))
                if (names.Contains(name[..slash])) throw Bad(reference, $"{name[..slash]} is both a file and a folder");
        }
    }

    private static HubException Bad(HubReference reference, string why) => new(HubFault.BadAnswer, $"The hub's list of files of {reference} makes no sense: {why}.");
}
