using AudioReprompt.Audio;
using AudioReprompt.Audio.Features;
using AudioReprompt.Audio.Loudness;
using AudioReprompt.Audio.Resampling;

namespace AudioReprompt.Scoring.Acoustic;

/// <summary>
/// Which tastes a recording carries by what has been published: ten features, standardised by fixed figures (<see cref="AcousticNorm"/>), held
/// against <see cref="PublishedDirections"/>. No model, nothing trained; a score depends on the recording alone.
/// </summary>
public static class AcousticJudge
{
    /// <summary>Changes whenever a score would.</summary>
    public const string Model = "acoustic-1";

    /// <summary>All recordings are brought to one rate, or their bandwidth alone would tell them apart; the composer's own, which is then not touched.</summary>
    private const int SampleRate = 32_000;

    private const double ShortestSeconds = 0.5;

    /// <summary>Beyond so many standard deviations more is no more evidence: recordings from elsewhere may be far from all that the composer plays.</summary>
    private const double FarthestZ = 3;

    /// <summary>Those with a published direction.</summary>
    public static IReadOnlyList<string> Tastes { get; } = ["sweet", "sour", "salty", "bitter", "umami", "spicy"];

    /// <summary>Hears a recording.</summary>
    /// <param name="recording">Of any rate, length and number of channels; not disposed.</param>
    /// <returns>The features of <see cref="AcousticNorm"/>, standardised, not cut; the mean of the windows that are not silent.</returns>
    /// <exception cref="InvalidDataException">It is malformed, shorter than half a second or silent; the message says which.</exception>
    public static AcousticHearing Hear(IAudioReader recording, CancellationToken cancellationToken)
    {
        var fewChannels = recording.Channels <= 2 ? recording : new MonoReader(recording);
        var reader = new ResamplingReader(fewChannels, SampleRate);
        var (sum, heard) = (new double[AcousticNorm.Features.Count], 0);
        var frames = RecordingWindows.Each(reader, Add, cancellationToken);
        if (frames == 0) throw new InvalidDataException("The recording has no samples.");
        if (frames < ShortestSeconds * SampleRate)
            throw new InvalidDataException(FormattableString.Invariant($"The recording has {(double)frames / SampleRate:0.###} s; the features need {ShortestSeconds} s."));
        return heard > 0
            ? new AcousticHearing([.. sum.Select(value => (float)(value / heard))], heard)
            : throw new InvalidDataException("The recording is silent.");

        void Add(ReadOnlySpan<float> samples)
        {
            if (samples.Length < ShortestSeconds * SampleRate * reader.Channels) return;
            // Silence has neither pitch nor onsets; in a part of a longer recording it says nothing of the rest.
            if (!IntegratedLoudness.Measure(samples, reader.Channels, SampleRate).IsMeasurable) return;
            var features = AcousticFeatures.Of(samples, reader.Channels, SampleRate);
            for (var feature = 0; feature < sum.Length; feature++) sum[feature] += AcousticNorm.Features[feature].Standardised(features);
            heard++;
        }
    }

    /// <summary>The evidence for each taste: the logits of a softmax over <see cref="Tastes"/>.</summary>
    /// <param name="features">As <see cref="Hear"/> gives them.</param>
    /// <returns>By taste, in the order of <see cref="Tastes"/>.</returns>
    public static IReadOnlyDictionary<string, double> Evidence(ReadOnlySpan<float> features)
    {
        var z = new Dictionary<string, double>(StringComparer.Ordinal);
        var index = 0;
        foreach (var name in PublishedDirections.Features.Keys) z[name] = Math.Clamp(features[index++], -FarthestZ, FarthestZ);
        return new OrderedDictionary<string, double>(Tastes.Select(taste => KeyValuePair.Create(taste, MachineListener.Score(z, taste))));
    }
}

/// <summary>A recording as the judge hears it.</summary>
/// <param name="Features">Standardised, in the order of <see cref="PublishedDirections.Features"/>.</param>
/// <param name="Windows">How many windows went into their mean.</param>
public sealed record AcousticHearing(float[] Features, int Windows);
