using System.Runtime.InteropServices;
using System.Text.Json;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>The weights of a TensorFlow.js graph model: <c>model.json</c> names them in the order in which the shards hold them.</summary>
internal sealed class EncoderWeights
{
    /// <summary>The file that names the weights.</summary>
    public const string Manifest = "model.json";

    private readonly Dictionary<string, (int Start, int Length)> _places = new(StringComparer.Ordinal);
    private readonly float[] _values;

    private EncoderWeights(JsonElement group, string folder)
    {
        var length = 0;
        foreach (var weight in group.GetProperty("weights").EnumerateArray())
        {
            if (weight.GetProperty("dtype").GetString() is not ("float32" or "int32"))
                throw new InvalidDataException($"{Manifest} in {folder} has weights that are neither float32 nor int32.");
            var count = 1;
            foreach (var size in weight.GetProperty("shape").EnumerateArray()) count = checked(count * size.GetInt32());
            _places.Add(weight.GetProperty("name").GetString()!, (length, count));
            length = checked(length + count);
        }

        _values = new float[length];
        Fill(MemoryMarshal.AsBytes(_values.AsSpan()), group.GetProperty("paths"), folder);
    }

    /// <param name="folder">The folder with <c>model.json</c> and the shards that it names.</param>
    /// <exception cref="InvalidDataException">A file is missing, cut short or something else; the message names it.</exception>
    public static EncoderWeights Load(string folder)
    {
        using var document = ParseManifest(folder);
        try
        {
            return new EncoderWeights(document.RootElement.GetProperty("weightsManifest")[0], folder);
        }
        catch (Exception cause) when (cause is KeyNotFoundException or InvalidOperationException or OverflowException
            or IndexOutOfRangeException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"{Manifest} in {folder} does not describe weights: {cause.Message}", cause);
        }
    }

    /// <param name="name">As in <c>model.json</c>.</param>
    /// <param name="length">How many values it must have.</param>
    public ReadOnlyMemory<float> Of(string name, int length)
    {
        if (!_places.TryGetValue(name, out var place)) throw new InvalidDataException($"{Manifest} lacks the weight {name}.");
        return place.Length == length
            ? _values.AsMemory(place.Start, place.Length)
            : throw new InvalidDataException($"{Manifest} has {place.Length} values for {name}; needed are {length}.");
    }

    /// <summary>A whole file.</summary>
    /// <exception cref="InvalidDataException">It cannot be read; the message names it.</exception>
    public static byte[] ReadFile(string folder, string file)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, file));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file} cannot be read from {folder}: {cause.Message}", cause);
        }
    }

    private static JsonDocument ParseManifest(string folder)
    {
        try
        {
            return JsonDocument.Parse(ReadFile(folder, Manifest));
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException($"{Manifest} in {folder} is not JSON: {cause.Message}", cause);
        }
    }

    private static void Fill(Span<byte> bytes, JsonElement paths, string folder)
    {
        var shard = "";
        foreach (var path in paths.EnumerateArray())
        {
            // A name only: a manifest must not lead out of its folder.
            shard = Path.GetFileName(path.GetString()!);
            bytes = bytes[ReadShard(folder, shard, bytes)..];
        }

        if (bytes.Length > 0)
            throw new InvalidDataException($"{bytes.Length} bytes of weights are missing in {folder}; the last file is {shard}: a shard is cut short.");
    }

    /// <summary>Straight to its place: a copy on the way would leave as much garbage as there are weights.</summary>
    /// <returns>How many bytes there were.</returns>
    private static int ReadShard(string folder, string shard, Span<byte> bytes)
    {
        try
        {
            using var file = File.OpenHandle(Path.Combine(folder, shard), options: FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(file);
            if (length > bytes.Length)
                throw new InvalidDataException($"{shard} in {folder} has {length - bytes.Length} bytes more than {Manifest} names.");
            var read = 0;
            while (read < length && RandomAccess.Read(file, bytes[read..(int)length], read) is > 0 and var more) read += more;
            return read;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{shard} cannot be read from {folder}: {cause.Message}", cause);
        }
    }
}
