using AudioReprompt.Checkpoints;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.Scoring.Clap;

/// <summary>The half that reads texts: our graph, or the published <c>text_model.onnx</c>, which has the same names.</summary>
internal sealed class TextTower : IDisposable
{
    public const string Ids = "input_ids";
    public const string Embedding = "text_embeds";

    private const string Mask = "attention_mask";

    private readonly OnnxSession _session;
    private readonly OnnxType _type;

    private TextTower(OnnxSession session) => (_session, _type) = (session, FloatTensors.TypeOf(session, Embedding));

    public string Path => _session.Path;

    /// <param name="session">Owned from here on.</param>
    /// <exception cref="CheckpointException">It is another model's.</exception>
    public static TextTower Open(OnnxSession session) => session.Adopt([Ids], [Mask], [Embedding], owned => new TextTower(owned));

    /// <returns>Not of unit length.</returns>
    public float[] Embed(int[] ids)
    {
        using var tokens = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(ids, id => (long)id), [1, ids.Length]);
        using var mask = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, ids.Length).ToArray(), [1, ids.Length]);
        var inputs = new Dictionary<string, OrtValue> { [Ids] = tokens };
        if (_session.Inputs.Contains(Mask)) inputs.Add(Mask, mask);
        return _session.RunForVector(inputs, Embedding, _type);
    }

    public void Dispose() => _session.Dispose();
}
