using AudioReprompt.Composing.Performing;
using AudioReprompt.Composing.Scores;
using AudioReprompt.Composing.Synthesis;
using AudioReprompt.Music;

namespace AudioReprompt.Composing;

/// <summary>
/// The embedded engine: composes a score from the musical plan and synthesises it, stereo at 32 kHz. No model, no download, no GPU.
/// It follows the published correspondences between taste and music, so that a taste is audible; it does not read the prompt's text.
/// </summary>
public sealed class ComposerEngine : IMusicEngine, IScoreWriter
{
    /// <summary>Progress is reported in steps no smaller than this.</summary>
    private const double ProgressStep = 0.01;

    /// <summary>As it stands in a job's <c>engine</c>.</summary>
    public const string EngineName = "composer";

    /// <summary>Changes with the sound: the same request under the same model gives the same samples.</summary>
    public const string ModelName = "composer-2";

    public string Name => EngineName;

    public string Model => ModelName;

    /// <exception cref="ArgumentException">The plan names no instrument.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The duration is not 1…300 seconds.</exception>
    /// <inheritdoc/>
    public Task<GeneratedAudio> GenerateAsync(MusicRequest request, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        Check(request);
        return Task.Run(() => Generate(request, progress, cancellationToken), cancellationToken);
    }

    /// <summary>The score of what <see cref="GenerateAsync"/> plays for the same request; takes milliseconds.</summary>
    /// <exception cref="ArgumentException">The plan names no instrument.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The duration is not 1…300 seconds.</exception>
    /// <exception cref="OperationCanceledException">The token was tripped.</exception>
    public static ComposedScore Compose(MusicRequest request, CancellationToken cancellationToken)
    {
        Check(request);
        var score = Composition.Write(request.Plan, request.DurationSeconds, request.Seed, cancellationToken);
        return ComposedScore.Of(score, request.Plan, request.DurationSeconds, Performance.Play(score, request.Plan, request.Seed, cancellationToken));
    }

    /// <inheritdoc/>
    public byte[] WriteScore(MusicRequest request, CancellationToken cancellationToken) => StandardMidiFile.Write(Compose(request, cancellationToken));

    private static void Check(MusicRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Plan.Instruments.Count == 0) throw new ArgumentException("The plan names no instrument.", nameof(request));
        if (request.DurationSeconds is not (>= 1 and <= 300))
        {
            throw new ArgumentOutOfRangeException(nameof(request), request.DurationSeconds, "The duration must be 1…300 seconds.");
        }
    }

    private static GeneratedAudio Generate(MusicRequest request, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var reported = 0.0;
        void Report(double share)
        {
            if (share < reported + ProgressStep || share >= 1) return;
            reported = share;
            progress?.Report(share);
        }

        var frames = (int)Math.Round(request.DurationSeconds * AudioFormat.SampleRate);
        var score = Composition.Write(request.Plan, request.DurationSeconds, request.Seed, cancellationToken);
        var notes = Performance.Play(score, request.Plan, request.Seed, cancellationToken);
        var samples = new Renderer(request.Plan, request.Seed).Render(notes, frames, Report, cancellationToken);
        progress?.Report(1);
        return new GeneratedAudio(samples, AudioFormat.SampleRate, AudioFormat.Channels);
    }
}
