using AudioReprompt.Audio;
using AudioReprompt.Audio.Mel;
using AudioReprompt.Checkpoints;
using AudioReprompt.Configuration;
using AudioReprompt.Hub;
using AudioReprompt.Tokenizers;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Scoring.Clap;

/// <summary>
/// CLAP (Wu et al., "Large-scale contrastive language–audio pretraining", 2023) on ONNX Runtime, from a checkpoint of Hugging Face's
/// <c>ClapModel</c> without fusion or from its published ONNX files. Up to 10 s a recording is heard as the reference hears it.
/// </summary>
public sealed class ClapModel : IClap, IDisposable
{
    /// <summary>The reference draws anew each time; a score has to be the same each time.</summary>
    private const uint CropSeed = 0;

    /// <summary>With <see cref="ClapSettings.RandomTruncation"/> the whole recording is in memory, because the place that is drawn depends on its length.</summary>
    private const int LongestCroppedSeconds = 3600;

    private readonly ClapPreprocessing _preprocessing;
    private readonly Tokenizer _tokenizer;
    private readonly int _maxTokens;
    private readonly TextTower _text;
    private readonly AudioTower _audio;
    private readonly string _longAudio;
    private ClapFeatureExtractor? _spare;

    internal ClapModel(string name, string device, ClapPreprocessing preprocessing, Tokenizer tokenizer, int maxTokens, TextTower text, AudioTower audio, string longAudio, double logitScale)
    {
        (Model, Device, _preprocessing, _tokenizer, _maxTokens, _text, _audio, _longAudio) = (name, device, preprocessing, tokenizer, maxTokens, text, audio, longAudio);
        LogitScale = logitScale;
    }

    public string Model { get; }

    public double LogitScale { get; }

    /// <summary>Where it runs, and why there.</summary>
    public string Device { get; }

    /// <summary>The cosine of a sine and white noise, which lie far apart in a sound model.</summary>
    public double SineToNoise { get; private set; }

    /// <summary>Loads the model of the configuration.</summary>
    /// <param name="threads">Other than <c>clap.threads</c>: with 1 everything is computed by the thread that asks, at its priority.</param>
    /// <exception cref="ArgumentException"><c>clap.model</c> is empty, or names what is not there; the message says how to get it.</exception>
    /// <exception cref="CheckpointException">Something is missing or broken; the message names file and tensor or key.</exception>
    /// <exception cref="IOException">The cache folder is not writable, or full.</exception>
    public static ClapModel Load(LoadedConfiguration configuration, ILogger logger, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var named = configuration.Options.Clap.Model;
        if (named.Length == 0)
        {
            throw new ArgumentException(
                "clap.model is not set: a folder, org/name or org/name@revision. Get one with: audioreprompt models pull laion/clap-htsat-unfused, and set clap.model to that name.");
        }

        var folder = ModelFolder.Locate(named, HubCache.Open(configuration.ModelCacheFolder, ConfigurationLoader.ProcessEnvironment()));
        // Of a folder its last part: where it lies is nobody else's business.
        var settings = ClapSettings.Of(configuration);
        return Load(folder, Directory.Exists(named) ? new DirectoryInfo(named).Name : named, settings with { Threads = threads ?? settings.Threads }, logger);
    }

    /// <summary>Loads a model, and has it hear a sine and noise. At the first load of a checkpoint its graphs are built, which takes some seconds.</summary>
    /// <param name="folder">A checkpoint, or the published ONNX layout.</param>
    /// <param name="name">Of the model, as scores show it.</param>
    /// <exception cref="CheckpointException">Something is missing or broken; the message names file and tensor or key.</exception>
    /// <exception cref="IOException">The cache folder is not writable, or full.</exception>
    public static ClapModel Load(string folder, string name, ClapSettings settings, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var model = ClapLoading.Load(folder, name, settings);
        try
        {
            model.SineToNoise = ClapSelfTest.Run(model, logger);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    public float[] EmbedText(string text) => UnitVector.Of(_text.Embed(Tokenize(text)), "the text");

    public ClapAudio EmbedAudio(IAudioReader recording, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(recording);
        var extractor = Interlocked.Exchange(ref _spare, null) ?? new ClapFeatureExtractor(_preprocessing);
        try
        {
            // Not disposed of: that would dispose of the recording, which is the caller's.
            var mono = extractor.Prepare(recording);
            var windows = _longAudio == ClapSettings.Windows ? ClapWindows.Read(mono, extractor.WindowSamples) : Crop(mono, extractor.WindowSamples);
            return Mean(windows, extractor, cancellationToken);
        }
        finally
        {
            _spare = extractor;
        }
    }

    public void Dispose()
    {
        _text.Dispose();
        _audio.Dispose();
    }

    internal int[] Tokenize(string text) => _tokenizer.Encode(text, _maxTokens);

    /// <summary>Not of unit length.</summary>
    internal float[] EmbedIds(int[] ids) => _text.Embed(ids);

    /// <summary>Not of unit length.</summary>
    /// <param name="mono">1 to 480,000 samples at 48 kHz.</param>
    internal float[] EmbedWindow(ReadOnlySpan<float> mono, ClapFeatureExtractor extractor)
    {
        var decibels = new float[extractor.Frames * extractor.MelBins];
        extractor.ExtractWindow(mono, decibels);
        return _audio.Embed(decibels);
    }

    internal ClapFeatureExtractor NewExtractor() => new(_preprocessing);

    private ClapAudio Mean(IEnumerable<ReadOnlyMemory<float>> windows, ClapFeatureExtractor extractor, CancellationToken cancellationToken)
    {
        var sum = Array.Empty<double>();
        var (heard, first) = (0, Array.Empty<float>());
        foreach (var window in windows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            FiniteSamples.RequireRead(window.Span, (long)heard * extractor.WindowSamples);
            var unit = UnitVector.Of(EmbedWindow(window.Span, extractor), "the recording");
            if (heard++ == 0) (first, sum) = (unit, new double[unit.Length]);
            for (var i = 0; i < sum.Length; i++) sum[i] += unit[i];
        }

        if (heard == 0) throw new InvalidDataException("The recording has no samples.");
        var embedding = heard == 1 ? first : UnitVector.Of(Array.ConvertAll(sum, value => (float)(value / heard)), "the recording");
        return new ClapAudio(embedding, heard, _longAudio);
    }

    private static IEnumerable<ReadOnlyMemory<float>> Crop(IAudioReader mono, int windowSamples)
    {
        var samples = mono.ReadToEnd((long)LongestCroppedSeconds * mono.SampleRate);
        if (samples.Length == 0) return [];
        if (samples.Length <= windowSamples) return [samples];
        FiniteSamples.RequireRead(samples, offset: 0);
        return [samples.AsMemory(new NumpyRandom(CropSeed).Next(samples.Length - windowSamples + 1), windowSamples)];
    }
}
