using AudioReprompt.Composing.Performing;
using AudioReprompt.Composing.Synthesis;
using AudioReprompt.Music;

namespace AudioReprompt.Composing;

/// <summary>
/// The embedded engine: composes a score from the musical plan and synthesises it, stereo at 32 kHz. No model, no download, no GPU.
/// It follows the published correspondences between taste and music, so that a taste is audible; it does not read the prompt's text.
/// </summary>
public sealed class ComposerEngine : IMusicEngine
{
    /// <summary>Progress is reported in steps no smaller than this.</summary>
    private const double ProgressStep = 0.01;

    public string Name => "composer";

    public string Model => "composer-1";

    /// <exception cref="ArgumentException">The plan names no instrument.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The duration is not 1…300 seconds.</exception>
    /// <inheritdoc/>
    public Task<GeneratedAudio> GenerateAsync(MusicRequest request, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Plan.Instruments.Count == 0) throw new ArgumentException("The plan names no instrument.", nameof(request));
        if (request.DurationSeconds is not (>= 1 and <= 300))
        {
            throw new ArgumentOutOfRangeException(nameof(request), request.DurationSeconds, "The duration must be 1…300 seconds.");
        }

        return Task.Run(() => Generate(request, progress, cancellationToken), cancellationToken);
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
        var score = Composition.Write(request.Plan, request.DurationSeconds, request.Seed);
        cancellationToken.ThrowIfCancellationRequested();
        var notes = Performance.Play(score, request.Plan, request.Seed);
        var samples = new Renderer(request.Plan, request.Seed).Render(notes, frames, Report, cancellationToken);
        progress?.Report(1);
        return new GeneratedAudio(samples, AudioFormat.SampleRate, AudioFormat.Channels);
    }
}
