using AudioReprompt.Audio;
using AudioReprompt.Audio.Features;

namespace AudioReprompt.Scoring.Aesthetics;

/// <summary>What spectrum and onsets of a recording say, window by window; a window that is silent says nothing.</summary>
/// <param name="Key">Mean over the windows in which something has a pitch; null where none has.</param>
/// <param name="Beat">Mean over the windows with enough notes; null where none has.</param>
/// <param name="BandwidthHz">Null for silence.</param>
internal sealed record SignalClarity(double? Key, double? Beat, double? BandwidthHz)
{
    /// <summary>Fewer notes than this have no tempo.</summary>
    public const int FewestOnsets = 4;

    /// <summary>−60 dBFS as a power.</summary>
    private const float SilentPeak = 1e-3f;

    /// <param name="recording">Read to its end; not disposed.</param>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public static SignalClarity Measure(IAudioReader recording, CancellationToken cancellationToken)
    {
        var reader = new MonoReader(recording);
        List<double> keys = [], beats = [];
        double[] power = [];
        var binHz = 0.0;
        RecordingWindows.Each(reader, Add, cancellationToken);
        return new SignalClarity(
            keys.Count > 0 ? keys.Average() : null,
            beats.Count > 0 ? beats.Average() : null,
            power.Length > 0 ? Brightness.BandwidthHz(power, binHz) : null);

        void Add(ReadOnlySpan<float> mono)
        {
            if (Audio.Loudness.TruePeak.SamplePeak(mono) < SilentPeak) return;
            var spectrogram = AcousticFeatures.SpectrogramOf(mono, reader.SampleRate);
            binHz = spectrogram.BinHz;
            if (power.Length == 0) power = new double[spectrogram.Bins];
            for (var window = 0; window < spectrogram.Windows; window++)
            {
                var bins = spectrogram[window];
                for (var bin = 0; bin < bins.Length; bin++) power[bin] += bins[bin];
            }

            var tonality = Tonality.Of(spectrogram);
            if (tonality.DistinctPitchClasses > 0) keys.Add(tonality.Clarity);
            var onsets = Onsets.Of(mono, reader.SampleRate);
            if (onsets.Times.Count >= FewestOnsets) beats.Add(Audio.Features.Beat.Clearest(onsets));
        }
    }
}
