using AudioReprompt.Audio.Loudness;

namespace AudioReprompt.Audio.Features;

/// <summary>What can be heard in a recording, without knowing how it was made.</summary>
/// <param name="MedianPitch">MIDI note number; see <see cref="Pitch"/>.</param>
/// <param name="CentroidOctaves">Spectral centroid, octaves above 100 Hz.</param>
/// <param name="HighDecibels">Energy above 4 kHz against all of it.</param>
/// <param name="OnsetsPerSecond">Beginnings of notes.</param>
/// <param name="Sounding">Share of the time between onsets that sounds, 0 staccato … 1 legato.</param>
/// <param name="Roughness">Sensory dissonance of Plomp and Levelt.</param>
/// <param name="AttackSeconds">Median rise of a note.</param>
/// <param name="DecayDecibelsPerSecond">Median fall of a note; small is reverberant or held.</param>
/// <param name="Lufs">Integrated loudness; −70 for silence.</param>
/// <param name="MajorLessMinor">Above 0 major, below minor.</param>
/// <param name="KeyClarity">Correlation with the best key, −1…1.</param>
public sealed record AcousticFeatures(
    double MedianPitch,
    double CentroidOctaves,
    double HighDecibels,
    double OnsetsPerSecond,
    double Sounding,
    double Roughness,
    double AttackSeconds,
    double DecayDecibelsPerSecond,
    double Lufs,
    double MajorLessMinor,
    double KeyClarity)
{
    private const double SpectrumWindowSeconds = 0.128;
    private const double SpectrumHopSeconds = 0.064;

    /// <param name="samples">Interleaved, <c>[frames · channels]</c>, finite, half a second at least.</param>
    /// <param name="channels">1 or 2.</param>
    /// <param name="sampleRate">Hz.</param>
    public static AcousticFeatures Of(ReadOnlySpan<float> samples, int channels, int sampleRate)
    {
        var mono = Spectrogram.Mono(samples, channels);
        return Of(samples, channels, sampleRate, mono, new Spectrogram(mono, sampleRate, SpectrumWindowSeconds, SpectrumHopSeconds), Onsets.Of(mono, sampleRate));
    }

    /// <summary>The same, where spectrogram and onsets are at hand.</summary>
    public static AcousticFeatures Of(
        ReadOnlySpan<float> samples, int channels, int sampleRate, ReadOnlySpan<float> mono, Spectrogram spectrogram, Onsets onsets)
    {
        var envelope = Envelope.Of(mono, sampleRate, onsets.Times);
        var tonality = Tonality.Of(spectrogram);
        return new AcousticFeatures(
            Pitch.Median(spectrogram) ?? 0,
            Math.Log2(Math.Max(1, Brightness.CentroidHz(spectrogram)) / 100),
            Brightness.HighDecibels(spectrogram),
            onsets.Times.Count / ((double)mono.Length / sampleRate),
            envelope.Sounding,
            Features.Roughness.Of(spectrogram),
            envelope.AttackSeconds,
            envelope.DecayDecibelsPerSecond,
            IntegratedLoudness.Measure(samples, channels, sampleRate).Lufs ?? -70,
            tonality.MajorLessMinor,
            tonality.Clarity);
    }

    /// <summary>The spectrogram that the features are taken from.</summary>
    public static Spectrogram SpectrogramOf(ReadOnlySpan<float> mono, int sampleRate) => new(mono, sampleRate, SpectrumWindowSeconds, SpectrumHopSeconds);
}
