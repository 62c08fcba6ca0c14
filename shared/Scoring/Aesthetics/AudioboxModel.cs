using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.Audio.Resampling;
using AudioReprompt.Checkpoints;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.Scoring.Aesthetics;

/// <summary>
/// Audiobox-Aesthetics (Tjandra et al. 2025, "Meta Audiobox Aesthetics", arXiv:2502.05139), as an ONNX graph of the network published at
/// github.com/facebookresearch/audiobox-aesthetics (<c>model/aes_wavlm.py</c>; windows and weights: <c>infer.py</c>): the recording at 16 kHz, the mean
/// of its channels, in windows of 10 s side by side, the last one filled up with zeros under a mask; per axis the mean over the windows, each by the share
/// of it that is filled.
/// </summary>
/// <remarks>
/// The folder holds <c>config.json</c> as published at huggingface.co/facebook/audiobox-aesthetics (<c>sample_rate</c> 16000, and <c>target_transform</c>
/// with <c>mean</c> and <c>std</c> of each of <c>CE, CU, PC, PQ</c>, which bring the network's outputs to the raters' scale), and <c>model.onnx</c>:
/// inputs <c>wav</c> float32 and <c>mask</c> bool, both <c>[batch, 1, 160000]</c>; outputs <c>CE, CU, PC, PQ</c> float32 <c>[batch]</c>.
/// </remarks>
public sealed class AudioboxModel : IAudiobox, IDisposable
{
    private const int SampleRate = 16_000;
    private const int WindowFrames = 10 * SampleRate;
    private const string Wav = "wav";
    private const string Mask = "mask";
    private const string ConfigName = "config.json";

    /// <summary>Content enjoyment, content usefulness, production complexity, production quality.</summary>
    private static readonly string[] Axes = ["CE", "CU", "PC", "PQ"];

    private readonly OnnxSession _session;
    private readonly string _name;
    private readonly Dictionary<string, (double Mean, double Deviation)> _scales;

    private AudioboxModel(OnnxSession session, string name, Dictionary<string, (double, double)> scales) => (_session, _name, _scales) = (session, name, scales);

    /// <param name="folder">Absolute.</param>
    /// <exception cref="CheckpointException">The folder does not hold what it should; the message names the file, and what is wrong in it.</exception>
    public static AudioboxModel Load(string folder, OnnxSettings settings)
    {
        if (!Directory.Exists(folder)) throw new CheckpointException($"{folder} is no folder.");
        var scales = ReadScales(Path.Combine(folder, ConfigName));
        var session = OnnxSession.Load(Path.Combine(folder, "model.onnx"), settings);
        try
        {
            session.Require([Wav, Mask], Axes);
            RequireInput(session, Wav, typeof(float));
            RequireInput(session, Mask, typeof(bool));
            foreach (var axis in Axes) RequireOutput(session, axis);
            return new AudioboxModel(session, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), scales);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public AudioboxScores Score(IAudioReader recording, CancellationToken cancellationToken)
    {
        var reader = new ResamplingReader(new MonoReader(recording), SampleRate);
        var sums = new double[Axes.Length];
        var (weights, windows) = (0.0, 0);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wav = new float[WindowFrames];
            var frames = reader.Read(wav);
            if (frames == 0) break;
            var weight = (double)frames / WindowFrames;
            var outputs = Run(wav, frames);
            for (var axis = 0; axis < Axes.Length; axis++)
            {
                var (mean, deviation) = _scales[Axes[axis]];
                sums[axis] += weight * ((outputs[axis] * deviation) + mean);
            }

            weights += weight;
            windows++;
        }

        if (windows == 0) throw new InvalidDataException("The recording has no samples.");
        return new AudioboxScores
        {
            ContentEnjoyment = sums[0] / weights,
            ContentUsefulness = sums[1] / weights,
            ProductionComplexity = sums[2] / weights,
            ProductionQuality = sums[3] / weights,
            Model = _name,
            Windows = windows,
        };
    }

    public void Dispose() => _session.Dispose();

    /// <returns>By <see cref="Axes"/>.</returns>
    private float[] Run(float[] wav, int frames)
    {
        var mask = new bool[WindowFrames];
        mask.AsSpan(0, frames).Fill(true);
        long[] shape = [1, 1, WindowFrames];
        using var wavTensor = OrtValue.CreateTensorValueFromMemory(wav, shape);
        using var maskTensor = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var results = _session.Run(new Dictionary<string, OrtValue> { [Wav] = wavTensor, [Mask] = maskTensor }, Axes);
        var outputs = new float[Axes.Length];
        for (var axis = 0; axis < outputs.Length; axis++)
        {
            outputs[axis] = results[axis].GetTensorDataAsSpan<float>()[0];
            if (!float.IsFinite(outputs[axis])) throw new InvalidDataException($"The Audiobox-Aesthetics model gives {outputs[axis]} for {Axes[axis]}.");
        }

        return outputs;
    }

    private static void RequireInput(OnnxSession session, string name, Type type)
    {
        var metadata = session.Raw.InputMetadata[name];
        int[] wanted = [1, 1, WindowFrames];
        var fits = metadata.ElementType == type && metadata.Dimensions.Length == wanted.Length
            && metadata.Dimensions.Zip(wanted).All(size => size.First < 0 || size.First == size.Second);
        if (!fits)
        {
            throw new CheckpointException(
                $"{session.Path}: {name} is {metadata.ElementType} [{string.Join(", ", metadata.Dimensions)}]; it must take {type} [1, 1, {WindowFrames}].");
        }
    }

    private static void RequireOutput(OnnxSession session, string name)
    {
        var metadata = session.Raw.OutputMetadata[name];
        if (metadata.ElementType != typeof(float) || metadata.Dimensions.Length != 1)
            throw new CheckpointException($"{session.Path}: {name} is {metadata.ElementType} [{string.Join(", ", metadata.Dimensions)}]; it must be {typeof(float)} [batch].");
    }

    private static Dictionary<string, (double, double)> ReadScales(string path)
    {
        if (!File.Exists(path)) throw new CheckpointException($"{path} does not exist.");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            if (root.TryGetProperty("sample_rate", out var rate) && rate.GetInt32() != SampleRate)
                throw new CheckpointException($"{path}: sample_rate is {rate}; {SampleRate} is known.");
            var transform = root.GetProperty("target_transform");
            return Axes.ToDictionary(axis => axis, axis =>
            {
                var scale = transform.GetProperty(axis);
                return (scale.GetProperty("mean").GetDouble(), scale.GetProperty("std").GetDouble());
            });
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CheckpointException($"{path} must hold target_transform with mean and std of {string.Join(", ", Axes)}: {exception.Message}", exception);
        }
    }
}
