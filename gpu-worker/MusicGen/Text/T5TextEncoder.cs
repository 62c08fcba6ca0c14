using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.MusicGen.Text;

/// <summary>
/// The text encoder of a checkpoint. It runs once for a song, so its weights are not packed: the session loads at once, the mapped file is the
/// only copy of the weights, and all of its memory goes back when it is disposed of.
/// </summary>
internal sealed class T5TextEncoder : ITextEncoder
{
    private readonly T5Config _config;
    private readonly OnnxSession _session;

    /// <summary><c>[buckets, heads]</c>.</summary>
    private readonly float[] _biasTable;

    private T5TextEncoder(T5Config config, OnnxSession session, float[] biasTable) => (_config, _session, _biasTable) = (config, session, biasTable);

    /// <param name="weights">Float, or float16 for CUDA.</param>
    /// <param name="cache">Keeps the graph for the next load.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape.</exception>
    /// <exception cref="IOException">The graph cannot be written to the cache.</exception>
    public static T5TextEncoder Load(CheckpointFolder checkpoint, T5Config config, OnnxType weights, GraphCache cache, OnnxSettings settings)
    {
        var graph = T5Graph.Build(checkpoint, config, weights);
        var table = checkpoint.Get(T5Graph.BiasTable, config.Buckets, config.Heads).ToFloats();
        var name = weights == OnnxType.Float ? "text_encoder" : "text_encoder_fp16";
        var session = cache.Load(name, graph, checkpoint.Fingerprint, settings with { Packing = WeightPacking.Never, Arena = false });
        return new T5TextEncoder(config, session, table);
    }

    public float[] Encode(IReadOnlyList<int> ids)
    {
        using var tokens = TextIds.ToTensor(ids, _config);
        using var bias = OrtValue.CreateTensorValueFromMemory(
            RelativePositions.Bias(_config, _biasTable, ids.Count), [1, _config.Heads, ids.Count, ids.Count]);
        using var results = _session.Run(new Dictionary<string, OrtValue> { [T5Graph.Ids] = tokens, [T5Graph.Bias] = bias }, [T5Graph.States]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose() => _session.Dispose();
}
