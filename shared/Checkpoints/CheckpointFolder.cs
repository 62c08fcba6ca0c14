using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AudioReprompt.Checkpoints;

/// <summary>The weights of a folder: one <c>model.safetensors</c>, or shards with <c>model.safetensors.index.json</c>.</summary>
public sealed class CheckpointFolder : IDisposable
{
    public const string SingleFile = "model.safetensors";
    public const string IndexFile = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, CheckpointTensor> _tensors = new(StringComparer.Ordinal);

    private CheckpointFolder(string folder) => Folder = folder;

    public string Folder { get; }

    public IReadOnlyDictionary<string, CheckpointTensor> Tensors => _tensors;

    /// <summary>What tells these weights from others without reading them: each file's name, length and time of writing.</summary>
    public string Fingerprint => string.Join(';', _files.Select(file => file.Path).Order(StringComparer.Ordinal).Select(path =>
    {
        // The hub's cache holds links to its files.
        var info = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
        return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)} {info.Length} {info.LastWriteTimeUtc.Ticks}");
    }));

    /// <summary>Of <see cref="Fingerprint"/>, fit for a folder's name: where things that were built from these weights are kept.</summary>
    public string ShortFingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Fingerprint)))[..16];

    /// <summary>Whether the folder has weights of this kind at all.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, SingleFile)) || File.Exists(Path.Combine(folder, IndexFile));

    /// <exception cref="CheckpointException">A file is missing or broken, or the index names what no file has.</exception>
    public static CheckpointFolder Open(string folder)
    {
        var opened = new CheckpointFolder(folder);
        try
        {
            if (File.Exists(Path.Combine(folder, SingleFile))) opened.Add(SafetensorsFile.Open(Path.Combine(folder, SingleFile)), null);
            else opened.AddShards(Path.Combine(folder, IndexFile));
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>A tensor that must be there, of a given shape.</summary>
    /// <param name="shape">Sizes; −1 for any.</param>
    /// <exception cref="CheckpointException">It is missing, or has another shape.</exception>
    public CheckpointTensor Get(string name, params ReadOnlySpan<long> shape)
    {
        if (!_tensors.TryGetValue(name, out var tensor)) throw new CheckpointException($"{Folder}: the weights lack {name}.");
        var fits = tensor.Shape.Count == shape.Length;
        for (var i = 0; fits && i < shape.Length; i++) fits = shape[i] < 0 || shape[i] == tensor.Shape[i];
        if (!fits)
        {
            throw new CheckpointException(
                $"{tensor.Path}: {name} has the shape [{string.Join(", ", tensor.Shape)}]; config.json asks for [{string.Join(", ", shape.ToArray())}].");
        }

        return tensor;
    }

    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
        _files.Clear();
    }

    private void AddShards(string indexPath)
    {
        if (!File.Exists(indexPath)) throw new CheckpointException($"{Folder} has neither {SingleFile} nor {IndexFile}.");
        Dictionary<string, string> places;
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(indexPath));
            places = index.RootElement.GetProperty("weight_map").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? "", StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or IOException)
        {
            throw new CheckpointException($"{indexPath}: no index with a weight_map from tensors to files: {exception.Message}", exception);
        }

        foreach (var shard in places.GroupBy(place => place.Value, StringComparer.Ordinal))
        {
            if (shard.Key.Length == 0 || Path.GetFileName(shard.Key) != shard.Key) throw new CheckpointException($"{indexPath}: \"{shard.Key}\" is no file beside it.");
            Add(SafetensorsFile.Open(Path.Combine(Folder, shard.Key)), shard.Select(place => place.Key));
        }
    }

    private void Add(SafetensorsFile file, IEnumerable<string>? names)
    {
        _files.Add(file);
        foreach (var name in names ?? file.Tensors.Keys)
        {
            if (!file.Tensors.TryGetValue(name, out var tensor)) throw new CheckpointException($"{file.Path} lacks {name}, which {IndexFile} places there.");
            _tensors[name] = tensor;
        }
    }
}
