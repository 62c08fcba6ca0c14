using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AudioReprompt.Checkpoints;
using AudioReprompt.Music;
using AudioReprompt.MusicGen.Codec;
using AudioReprompt.MusicGen.Generation;

namespace AudioReprompt.MusicGen;

/// <summary>
/// MusicGen (Copet et al., "Simple and Controllable Music Generation", 2023): the text encoder reads the prompt, the decoder draws audio codes
/// step by step, the codec makes samples of them. Songs that are asked for at once are decoded together, each the same as it is alone.
/// </summary>
public sealed class MusicGenEngine : IStreamingEngine, IAsyncDisposable
{
    /// <summary>As it stands in a job's <c>engine</c>.</summary>
    public const string EngineName = "musicgen";

    /// <summary>Frames that are made audible together: a second.</summary>
    internal const int ChunkFrames = 50;

    private readonly MusicGenModel _model;
    private readonly DecodingLoop _loop;

    private MusicGenEngine(MusicGenModel model, string name, MusicGenSettings settings)
    {
        _model = model;
        _loop = new DecodingLoop(model.Decoder, model.Config.Codec, settings.MostTogether);
        Model = $"{name} ({model.Precision})";
    }

    public string Name => EngineName;

    public string Model { get; }

    /// <summary>Where it runs, and why there.</summary>
    public string Device => $"{_model.Device.Name}: {_model.Device.Reason}";

    internal MusicGenModel Loaded => _model;

    /// <summary>Loads a model. At the first load of a checkpoint its faster form is built, which takes some seconds.</summary>
    /// <param name="folder">A checkpoint, or the published ONNX layout.</param>
    /// <param name="name">Of the model, as results show it.</param>
    /// <param name="progress">Share of what has to be built, 0…1.</param>
    /// <exception cref="CheckpointException">Something is missing or broken, or does not fit into memory; the message names file and tensor.</exception>
    /// <exception cref="IOException">The cache folder is not writable, or full.</exception>
    public static MusicGenEngine Load(string folder, string name, MusicGenSettings settings, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        new(MusicGenModel.Load(folder, settings, progress, cancellationToken), name, settings);

    public async Task<GeneratedAudio> GenerateAsync(MusicRequest request, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var channels = _model.Config.Channels;
        var samples = new float[SampleCount(request.DurationSeconds) * channels];
        var written = 0;
        await foreach (var chunk in StreamAsync(request, progress, cancellationToken))
        {
            chunk.Samples.CopyTo(samples, written);
            written += chunk.Samples.Length;
        }

        return new GeneratedAudio(samples, _model.Config.Codec.SampleRate, channels);
    }

    public async IAsyncEnumerable<GeneratedAudio> StreamAsync(
        MusicRequest request, IProgress<double>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var frames = (int)Math.Ceiling(request.DurationSeconds * _model.Config.Codec.FrameRate);
        var states = await Task.Run(() => _model.ReadPrompt(request.Prompt), cancellationToken);
        // Whoever stops listening stops the song.
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var sound = new SongSound(_model.Codec, _model.Config.Channels, frames, SampleCount(request.DurationSeconds));
        var chunks = Channel.CreateUnbounded<float[]>(new UnboundedChannelOptions { SingleReader = true });
        var song = _loop.RunAsync(new SongRequest(states, [], frames, request.Sampling, request.Seed), Hear, stopped.Token);
        _ = song.ContinueWith(ended => chunks.Writer.Complete(ended.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (var samples in chunks.Reader.ReadAllAsync(CancellationToken.None))
            {
                yield return new GeneratedAudio(samples, _model.Config.Codec.SampleRate, _model.Config.Channels);
            }

            await song;
        }
        finally
        {
            await stopped.CancelAsync();
            // The loop may still be in its last step with it.
            await ((Task)song).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // On the loop's thread: both have the same cores, and one after the other neither waits for them.
        void Hear(int[][] codes, int complete)
        {
            if (complete < frames && complete - sound.Frames < ChunkFrames) return;
            var samples = sound.Decode(codes, complete);
            if (samples.Length > 0) chunks.Writer.TryWrite(samples);
            progress?.Report((double)complete / frames);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _model.Dispose();
    }

    private int SampleCount(double durationSeconds) => (int)Math.Round(durationSeconds * _model.Config.Codec.SampleRate);
}
