using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.MusicGen.Text;

/// <summary>The text encoder of a published ONNX export: <c>onnx/text_encoder.onnx</c>, and its <c>_fp16</c> and <c>_quantized</c> forms.</summary>
internal sealed class PublishedTextEncoder : ITextEncoder
{
    private const string Ids = "input_ids";
    private const string Mask = "attention_mask";
    private const string States = "last_hidden_state";

    private readonly T5Config _config;
    private readonly OnnxSession _session;
    private readonly OnnxType _type;

    private PublishedTextEncoder(T5Config config, OnnxSession session) => (_config, _session, _type) = (config, session, FloatTensors.TypeOf(session, States));

    /// <exception cref="CheckpointException">The file is missing, or that of another model.</exception>
    public static PublishedTextEncoder Load(string path, T5Config config, OnnxSettings settings)
    {
        // It runs once for a song: see T5TextEncoder.
        var session = OnnxSession.Load(path, settings with { Packing = WeightPacking.Never, Arena = false });
        try
        {
            session.Require([Ids], [States]);
            FloatTensors.RequireSize(session, States, 1, config.Width, "text_encoder.d_model");
            return new PublishedTextEncoder(config, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public float[] Encode(IReadOnlyList<int> ids)
    {
        using var tokens = TextIds.ToTensor(ids, _config);
        using var mask = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, ids.Count).ToArray(), [1, ids.Count]);
        var inputs = new Dictionary<string, OrtValue> { [Ids] = tokens };
        if (_session.Inputs.Contains(Mask)) inputs.Add(Mask, mask);
        using var results = _session.Run(inputs, [States]);
        var states = new float[ids.Count * _config.Width];
        FloatTensors.Read(results[0], _type, 0, states);
        return states;
    }

    public void Dispose() => _session.Dispose();
}
