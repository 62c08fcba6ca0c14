using AudioReprompt.Checkpoints;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.Scoring.Clap;

/// <summary>The half that hears mel spectrograms: our graph, or the published <c>audio_model.onnx</c>, which has the same names.</summary>
internal sealed class AudioTower : IDisposable
{
    public const string Features = "input_features";
    public const string Embedding = "audio_embeds";

    /// <summary>Some exports have it; without fusion nothing depends on it.</summary>
    private const string IsLonger = "is_longer";

    private readonly OnnxSession _session;
    private readonly OnnxType _inputType;
    private readonly OnnxType _type;

    private AudioTower(OnnxSession session) =>
        (_session, _inputType, _type) = (session, FloatTensors.TypeOf(session, Features), FloatTensors.TypeOf(session, Embedding));

    public string Path => _session.Path;

    /// <param name="session">Owned from here on.</param>
    /// <param name="frames">That it will be given.</param>
    /// <exception cref="CheckpointException">It is another model's, or one for other features.</exception>
    public static AudioTower Open(OnnxSession session, int frames) => session.Adopt([Features], [IsLonger], [Embedding], owned =>
    {
        FloatTensors.RequireSize(owned, Features, 1, HtsatConfig.MelBins, "audio_config.num_mel_bins");
        FloatTensors.RequireSize(owned, Features, 2, frames, "the number of frames");
        FloatTensors.RequireSize(owned, Features, 3, 1, "the number of planes without fusion");
        return new AudioTower(owned);
    });

    /// <param name="decibels"><c>[frames, mel bins]</c>.</param>
    /// <returns>Not of unit length.</returns>
    public float[] Embed(ReadOnlySpan<float> decibels)
    {
        using var features = FloatTensors.Create(decibels, _inputType, 1, 1, decibels.Length / HtsatConfig.MelBins, HtsatConfig.MelBins);
        using var isLonger = OrtValue.CreateTensorValueFromMemory(new bool[1], [1, 1]);
        var inputs = new Dictionary<string, OrtValue> { [Features] = features };
        if (_session.Inputs.Contains(IsLonger)) inputs.Add(IsLonger, isLonger);
        return _session.RunForVector(inputs, Embedding, _type);
    }

    public void Dispose() => _session.Dispose();
}
