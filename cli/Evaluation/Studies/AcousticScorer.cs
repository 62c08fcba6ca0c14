using AudioReprompt.Audio;
using AudioReprompt.Audio.Features;
using AudioReprompt.Audio.Loudness;
using AudioReprompt.Audio.Resampling;
using AudioReprompt.Cli.Evaluation.Composer;
using AudioReprompt.Evaluation.Studies;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>
/// The judge of <c>evaluate composer</c>, made fit for single recordings: the same features and the same published directions, but standardised
/// by fixed figures (<see cref="AcousticNorm"/>) instead of those of the set, so that a score does not depend on the other recordings of a study.
/// No model, nothing trained.
/// </summary>
internal sealed class AcousticScorer : IScorer
{
    /// <summary>All recordings are brought to one rate, or their bandwidth alone would tell sets apart; the composer's own, which is then not touched.</summary>
    private const int SampleRate = 32_000;

    private const double ShortestSeconds = 0.5;

    /// <summary>Longer recordings are heard in windows, whose features are averaged: hours need no more memory than a minute.</summary>
    private const double WholeSeconds = 60;
    private const double WindowSeconds = 30;

    /// <summary>The rest behind the last window counts from here on.</summary>
    private const double ShortestRestSeconds = 10;

    /// <summary>Beyond so many standard deviations more is no more evidence: recordings from elsewhere may be far from all that the composer plays.</summary>
    private const double FarthestZ = 3;

    /// <summary>What the prompts of a study may be labelled with: the tastes, of which each has a published direction.</summary>
    public static IReadOnlyList<string> Tastes { get; } = ["sweet", "sour", "salty", "bitter", "umami", "spicy"];

    public string Name => "acoustic";

    public string Model => "acoustic-1";

    public string ScoreLabel => "probability of the taste";

    public string Meaning =>
        "Ten acoustic features (pitch, sharpness, speed, continuity, roughness, highs, attack, decay, loudness, mode), "
        + "standardised by fixed figures and cut at 3 standard deviations, are held against the "
        + $"published directions of each taste; the score is the share of the labelled taste in a softmax over {string.Join(", ", Tastes)}, so that chance is 1/6 = 0.1667. "
        + "Of a prompt without a label, the taste that the refinement read is the target. The embedding is the ten standardised features, not cut. "
        + "Recordings are heard at 32 kHz, those of more than two channels as their mean, those over 60 s in windows of 30 s. Nothing is trained, and no listener was asked; "
        + "the plans of the refinement follow the same publications, so that a high score says that the music does what they describe, not that people taste it.";

    public Task<float[]> EmbedAsync(IAudioReader recording, CancellationToken cancellationToken) => Task.Run(() => Embed(recording, cancellationToken), cancellationToken);

    public Task<double> ScoreAsync(float[] embedding, ScoreTarget target, CancellationToken cancellationToken) => Task.FromResult(Score(embedding, TasteOf(target)));

    private static string TasteOf(ScoreTarget target)
    {
        if (target.Taste.Length > 0)
        {
            return Tastes.Contains(target.Taste)
                ? target.Taste
                : throw new InvalidDataException($"The taste {target.Taste} is none that the scorer knows: {string.Join(", ", Tastes)}.");
        }

        return Tastes.Contains(target.TasteRead)
            ? target.TasteRead
            : throw new InvalidDataException("The prompt has no label and none of the tastes was read in it, so there is nothing to hold the audio against.");
    }

    private static double Score(float[] embedding, string taste)
    {
        var z = PublishedDirections.Features.Keys.Zip(embedding).ToDictionary(one => one.First, one => Math.Clamp(one.Second, -FarthestZ, FarthestZ));
        var evidence = Tastes.ToDictionary(one => one, one => MachineListener.Score(z, one));
        var highest = evidence.Values.Max();
        return Math.Exp(evidence[taste] - highest) / Tastes.Sum(one => Math.Exp(evidence[one] - highest));
    }

    private static float[] Embed(IAudioReader recording, CancellationToken cancellationToken)
    {
        var fewChannels = recording.Channels <= 2 ? recording : new MonoReader(recording);
        var reader = new ResamplingReader(fewChannels, SampleRate);
        var window = new float[(int)(WholeSeconds * SampleRate) * reader.Channels];
        var frames = reader.Read(window);
        if (frames == 0) throw new InvalidDataException("The recording has no samples.");
        if (frames < ShortestSeconds * SampleRate)
            throw new InvalidDataException(FormattableString.Invariant($"The recording has {(double)frames / SampleRate:0.###} s; the features need {ShortestSeconds} s."));

        var (sum, heard) = (new double[AcousticNorm.Features.Count], 0);
        if (frames * reader.Channels < window.Length)
        {
            Add(window.AsSpan(0, frames * reader.Channels));
        }
        else
        {
            var part = (int)(WindowSeconds * SampleRate) * reader.Channels;
            Add(window.AsSpan(0, part));
            for (var rest = window.AsSpan(part, part); rest.Length >= ShortestRestSeconds * SampleRate * reader.Channels;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Add(rest);
                rest = window.AsSpan(0, part);
                rest = rest[..(reader.Read(rest) * reader.Channels)];
            }
        }

        return heard > 0 ? [.. sum.Select(value => (float)(value / heard))] : throw new InvalidDataException("The recording is silent.");

        void Add(ReadOnlySpan<float> samples)
        {
            // Silence has neither pitch nor onsets; in a part of a longer recording it says nothing of the rest.
            if (!IntegratedLoudness.Measure(samples, reader.Channels, SampleRate).IsMeasurable) return;
            var features = AcousticFeatures.Of(samples, reader.Channels, SampleRate);
            for (var feature = 0; feature < sum.Length; feature++) sum[feature] += AcousticNorm.Features[feature].Standardised(features);
            heard++;
        }
    }
}
