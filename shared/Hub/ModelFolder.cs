using AudioReprompt.Configuration;

namespace AudioReprompt.Hub;

/// <summary>A file of a model's folder.</summary>
/// <param name="Name">Its path in the folder, with slashes.</param>
/// <param name="Path">Of the content: where a link leads to.</param>
/// <param name="Bytes">0 where the content is missing.</param>
/// <param name="IsMissing">It is a link to nothing.</param>
public sealed record ModelFile(string Name, string Path, long Bytes, bool IsMissing)
{
    /// <summary>The hash that the content's name promises, as in a cache's <c>blobs</c>; null where it promises none.</summary>
    internal string? HashName =>
        System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path)) == HubCache.Blobs && HubHash.IsBlobName(System.IO.Path.GetFileName(Path))
            ? System.IO.Path.GetFileName(Path)
            : null;

    public bool IsSafetensors => Name.EndsWith(".safetensors", StringComparison.Ordinal);

    public bool IsOnnx => Name.EndsWith(".onnx", StringComparison.Ordinal) || Name.Contains(".onnx_data", StringComparison.Ordinal);
}

/// <summary>A folder with a model's files: a commit in the cache, or any other in the same layout.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Type"><c>model_type</c> of its configuration, such as musicgen; null where it does not say.</param>
/// <param name="Licence">As its card says; null where it does not.</param>
public sealed record ModelFolder(string Path, string? Type, string? Licence, IReadOnlyList<ModelFile> Files)
{
    /// <summary>No model's folder is deeper; somebody's home may be.</summary>
    private const int Depth = 3;

    /// <summary>Of all files; the same content under two names counts twice.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);

    public static ModelFolder Read(string path)
    {
        var folder = System.IO.Path.GetFullPath(path);
        var everything = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Depth, AttributesToSkip = FileAttributes.None };
        var files = Directory.EnumerateFiles(folder, "*", everything)
            .Select(file => FileAt(folder, file))
            .OrderBy(file => file.Name, StringComparer.Ordinal);
        return new ModelFolder(
            folder,
            ModelKinds.TypeOf(System.IO.Path.Combine(folder, ModelFiles.Config)),
            ModelCard.LicenceOf(System.IO.Path.Combine(folder, ModelFiles.Card)),
            [.. files]);
    }

    /// <summary>A folder by its path, or a model of the cache by its name.</summary>
    /// <param name="named"><c>FOLDER</c> or <c>org/name[@revision]</c>; an existing folder goes before a name.</param>
    /// <exception cref="ArgumentException">There is neither; the message says how to get it.</exception>
    public static string Locate(string named, HubCache cache)
    {
        if (Directory.Exists(named)) return System.IO.Path.GetFullPath(named);
        if (HubRepository.TryParse(named.Split('@')[0]) is null)
            throw new ArgumentException($"{Shown.Short(named)} is no folder, and no model of the hub; allowed: a folder, org/name or org/name@revision.");
        var reference = HubReference.Parse(named);
        return cache.Find(reference)
            ?? throw new ArgumentException($"{reference} is not in {cache.Root}; get it with: audioreprompt models pull {reference}");
    }

    /// <summary>The numbers in the safetensors files, by their type such as F32; empty without such files.</summary>
    /// <exception cref="InvalidDataException">One is none; the message names it.</exception>
    public IReadOnlyDictionary<string, long> CountParameters()
    {
        var sum = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var file in Files.Where(file => file.IsSafetensors && !file.IsMissing))
        {
            foreach (var (type, count) in Summary(file).Parameters) sum[type] = sum.GetValueOrDefault(type) + count;
        }

        return sum;
    }

    private static SafetensorsSummary Summary(ModelFile file)
    {
        try
        {
            return SafetensorsSummary.Read(file.Path);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{file.Name} {exception.Message}.", exception);
        }
    }

    private static ModelFile FileAt(string folder, string path)
    {
        var name = System.IO.Path.GetRelativePath(folder, path).Replace(System.IO.Path.DirectorySeparatorChar, '/');
        var target = new FileInfo(path) is { LinkTarget: not null } link ? (FileInfo)link.ResolveLinkTarget(returnFinalTarget: true)! : new FileInfo(path);
        return new ModelFile(name, target.FullName, target.Exists ? target.Length : 0, !target.Exists);
    }
}
