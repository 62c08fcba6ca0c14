namespace AudioReprompt.Hub;

/// <summary>
/// The cache folder that the hub's libraries share: <c>models--org--name/{refs,blobs,snapshots}</c>, each content once in <c>blobs</c> under its
/// hash, each commit a folder of relative links to them (huggingface.co/docs/hub/local-cache).
/// </summary>
/// <param name="root">Absolute; need not exist.</param>
public sealed class HubCache(string root)
{
    internal const string Blobs = "blobs";
    internal const string Commits = "snapshots";

    private const string RepositoryPattern = "models--*";

    public string Root { get; } = root;

    /// <summary>Where the cache lies: the setting, else <c>HF_HUB_CACHE</c>, else <c>HF_HOME/hub</c>, else <c>huggingface/hub</c> in the user's cache folder.</summary>
    /// <param name="setting">Absolute; null where it is not set.</param>
    /// <param name="environment">The process' variables; an empty one is not set.</param>
    public static HubCache Open(string? setting, IReadOnlyDictionary<string, string> environment)
    {
        if (setting is not null) return new HubCache(setting);
        if (Folder("HF_HUB_CACHE") is { } cache) return new HubCache(cache);
        var home = Folder("HF_HOME") ?? Path.Combine(Folder("XDG_CACHE_HOME") ?? Path.Combine(UserFolder(), ".cache"), "huggingface");
        return new HubCache(Path.Combine(home, "hub"));

        string? Folder(string variable) => environment.GetValueOrDefault(variable) is { Length: > 0 } path ? Path.GetFullPath(Expand(path)) : null;

        // A shell expands ~ only where it stands unquoted; the hub's own library expands it too.
        string Expand(string path) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal) ? UserFolder() + path[1..] : path;

        string UserFolder() => environment.GetValueOrDefault("HOME") is { Length: > 0 } home
            ? home
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
    }

    public string RepositoryFolder(HubRepository repository) => Path.Combine(Root, repository.FolderName);

    public string SnapshotFolder(HubRepository repository, string commit) => Path.Combine(RepositoryFolder(repository), Commits, commit);

    public string BlobsFolder(HubRepository repository) => Path.Combine(RepositoryFolder(repository), Blobs);

    /// <summary>Where a file's content lies, or will.</summary>
    internal string BlobPath(HubRepository repository, HubFile file) => Path.Combine(BlobsFolder(repository), file.BlobName);

    /// <summary>Where as much of it lies as has been downloaded.</summary>
    internal string PartPath(HubRepository repository, HubFile file) => BlobPath(repository, file) + ".incomplete";

    /// <summary>The lock of whoever downloads it.</summary>
    internal string LockPath(HubRepository repository, HubFile file) => Path.Combine(Root, ".locks", repository.FolderName, file.BlobName + ".lock");

    /// <summary>Whether the whole content is there, by its size.</summary>
    internal bool Has(HubRepository repository, HubFile file) => new FileInfo(BlobPath(repository, file)) is { Exists: true } blob && blob.Length == file.Size;

    /// <summary>Bytes that are still to be downloaded.</summary>
    internal long Missing(HubRepository repository, HubFile file)
    {
        if (Has(repository, file)) return 0;
        var part = new FileInfo(PartPath(repository, file));
        return file.Size - (part.Exists && part.Length <= file.Size ? part.Length : 0);
    }

    /// <summary>Puts a downloaded file into its commit's folder.</summary>
    internal void Link(HubRevision revision, HubFile file)
    {
        var link = Path.Combine(SnapshotFolder(revision.Repository, revision.Commit), Path.Combine(file.Name.Split('/')));
        var target = Path.GetRelativePath(Path.GetDirectoryName(link)!, BlobPath(revision.Repository, file));
        if (new FileInfo(link).LinkTarget == target) return;
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        // Under another name first, so that whoever reads the folder meanwhile finds the old one or the new one.
        var temporary = $"{link}.{Guid.NewGuid():N}";
        try
        {
            File.CreateSymbolicLink(temporary, target);
        }
        catch (Exception exception) when (OperatingSystem.IsWindows() && exception is IOException or UnauthorizedAccessException)
        {
            // No right to make links, which the layout's document answers with copies.
            File.Copy(BlobPath(revision.Repository, file), temporary);
        }

        File.Move(temporary, link, overwrite: true);
    }

    /// <summary>Notes which commit a branch or tag is.</summary>
    internal void WriteReference(HubReference reference, string commit)
    {
        if (reference.IsCommit) return;
        var path = ReferencePath(reference);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}";
        File.WriteAllText(temporary, commit);
        File.Move(temporary, path, overwrite: true);
    }

    /// <returns>The folder of what was downloaded last for the reference; null when nothing was.</returns>
    public string? Find(HubReference reference)
    {
        var commit = reference.IsCommit ? reference.Revision : ReadReference(reference);
        return commit is not null && SnapshotFolder(reference.Repository, commit) is var folder && Directory.Exists(folder) ? folder : null;
    }

    /// <summary>Every model that lies in the cache, each commit of it, by name.</summary>
    public IReadOnlyList<CachedSnapshot> Snapshots()
    {
        if (!Directory.Exists(Root)) return [];
        return [.. from folder in Directory.EnumerateDirectories(Root, RepositoryPattern).Order(StringComparer.Ordinal)
                   let repository = HubRepository.OfFolder(Path.GetFileName(folder))
                   where repository is not null
                   from snapshot in SnapshotsOf(repository)
                   select snapshot];
    }

    private IEnumerable<CachedSnapshot> SnapshotsOf(HubRepository repository)
    {
        var snapshots = Path.Combine(RepositoryFolder(repository), Commits);
        if (!Directory.Exists(snapshots)) return [];
        var references = References(repository).ToLookup(reference => reference.Commit, reference => reference.Name);
        return from folder in Directory.EnumerateDirectories(snapshots).Order(StringComparer.Ordinal)
               let commit = Path.GetFileName(folder)
               where HubHash.IsGitHash(commit)
               select new CachedSnapshot(repository, commit, [.. references[commit]], folder);
    }

    private IEnumerable<(string Name, string Commit)> References(HubRepository repository)
    {
        var refs = Path.Combine(RepositoryFolder(repository), "refs");
        if (!Directory.Exists(refs)) yield break;
        foreach (var path in Directory.EnumerateFiles(refs, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(refs, path).Replace(Path.DirectorySeparatorChar, '/');
            if (HubReference.IsRevision(name) && ReadReference(new HubReference(repository, name)) is { } commit) yield return (name, commit);
        }
    }

    private string? ReadReference(HubReference reference)
    {
        try
        {
            // Somebody else's cache may hold anything; a commit is 40 characters.
            using var file = File.OpenText(ReferencePath(reference));
            var text = new char[64];
            var commit = new string(text, 0, file.ReadBlock(text)).Trim();
            return HubHash.IsGitHash(commit) ? commit : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // Not there; or a folder, where the revision is the beginning of another one's name.
            return null;
        }
    }

    private string ReferencePath(HubReference reference) => Path.Combine(RepositoryFolder(reference.Repository), "refs", Path.Combine(reference.Revision.Split('/')));
}

/// <summary>A commit of a repository in the cache.</summary>
/// <param name="Commit">40 hexadecimal digits.</param>
/// <param name="Revisions">The branches and tags that are known to be this commit.</param>
/// <param name="Folder">Absolute.</param>
public sealed record CachedSnapshot(HubRepository Repository, string Commit, IReadOnlyList<string> Revisions, string Folder);
