using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using AudioReprompt.Checkpoints;
using AudioReprompt.Scoring.Clap;
using AudioReprompt.SharedTests.Audio.Mel;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Scoring.Clap;

/// <summary>A copy of clap-tiny that a test changes in one place, with a cache of its own.</summary>
internal sealed class EditedClap : IDisposable
{
    private const int LengthBytes = 8;

    private static readonly string[] Texts = ["config.json", "preprocessor_config.json", "tokenizer.json"];

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _cache = new();

    /// <param name="weights">Files with slashes; by default the checkpoint's one.</param>
    public EditedClap(params string[] weights)
    {
        Directory.CreateDirectory(_folder.Combine("onnx"));
        foreach (var file in Texts.Concat(weights.Length > 0 ? weights : [CheckpointFolder.SingleFile]))
        {
            File.Copy(Path.Combine(ClapFixtures.Folder, file), _folder.Combine(file));
            File.SetAttributes(_folder.Combine(file), FileAttributes.Normal);
        }
    }

    public string Folder => _folder.Path;

    public string CacheFolder => _cache.Path;

    public string PathOf(string file) => _folder.Combine(file);

    public ClapSettings Settings => new(CacheFolder, Device: "cpu");

    public ClapModel Load() => ClapLoading.Load(Folder, "tiny", Settings);

    /// <summary>Sets a key of a JSON file.</summary>
    /// <param name="keys">With dots between.</param>
    public EditedClap With(string file, string keys, JsonNode? value)
    {
        var root = JsonNode.Parse(File.ReadAllText(PathOf(file)))!;
        var names = keys.Split('.');
        var section = names[..^1].Aggregate(root, (at, name) => at[name]!);
        section[names[^1]] = value;
        File.WriteAllText(PathOf(file), root.ToJsonString());
        return this;
    }

    /// <summary>Writes the weights anew.</summary>
    /// <param name="edit">Changes name, shape or values of each tensor; null leaves it out.</param>
    /// <param name="type">Of all of them.</param>
    /// <param name="shards">More than one: with an index.</param>
    public EditedClap WithWeights(Func<Weight, Weight?> edit, TensorType type = TensorType.Float32, int shards = 1)
    {
        List<Weight> weights;
        using (var checkpoint = CheckpointFolder.Open(ClapFixtures.Folder))
        {
            weights = [.. checkpoint.Tensors.Values
                .Where(tensor => tensor.Type == TensorType.Float32)
                .Select(tensor => edit(new Weight(tensor.Name, [.. tensor.Shape], tensor.ToFloats())))
                .OfType<Weight>()];
        }

        File.Delete(PathOf(CheckpointFolder.SingleFile));
        if (shards == 1)
        {
            Write(PathOf(CheckpointFolder.SingleFile), weights, type);
            return this;
        }

        var places = new JsonObject();
        for (var shard = 0; shard < shards; shard++)
        {
            var name = $"model-{shard + 1:00000}-of-{shards:00000}.safetensors";
            var part = weights.Where((_, index) => index % shards == shard).ToList();
            Write(PathOf(name), part, type);
            foreach (var weight in part) places[weight.Name] = name;
        }

        File.WriteAllText(PathOf(CheckpointFolder.IndexFile), new JsonObject { ["weight_map"] = places }.ToJsonString());
        return this;
    }

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }

    private static void Write(string path, List<Weight> weights, TensorType type)
    {
        var header = new JsonObject();
        using var data = new MemoryStream();
        foreach (var weight in weights)
        {
            var from = data.Length;
            data.Write(BytesOf(weight.Values, type));
            header[weight.Name] = new JsonObject
            {
                ["dtype"] = CheckpointTensor.NameOf(type),
                ["shape"] = new JsonArray([.. weight.Shape.Select(size => JsonValue.Create(size))]),
                ["data_offsets"] = new JsonArray(from, data.Length),
            };
        }

        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        var length = new byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        File.WriteAllBytes(path, [.. length, .. text, .. data.ToArray()]);
    }

    private static byte[] BytesOf(float[] values, TensorType type) => type switch
    {
        TensorType.Float16 => MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, value => (Half)value)).ToArray(),
        TensorType.BFloat16 => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(values, value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))).ToArray(),
        _ => MemoryMarshal.AsBytes<float>(values).ToArray(),
    };
}

/// <summary>A tensor of a checkpoint.</summary>
internal sealed record Weight(string Name, long[] Shape, float[] Values);
