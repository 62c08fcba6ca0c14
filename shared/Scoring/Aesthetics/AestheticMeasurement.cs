using AudioReprompt.Audio;

namespace AudioReprompt.Scoring.Aesthetics;

/// <summary>Measures <see cref="AestheticScores"/>.</summary>
/// <param name="audiobox">Null where none is configured.</param>
public sealed class AestheticMeasurement(IAudiobox? audiobox)
{
    private const string Silent = "The recording is silent.";

    /// <param name="open">Gives the recording from its start; what it gives is not disposed.</param>
    /// <exception cref="InvalidDataException">The recording is malformed or has no samples; the message says which.</exception>
    public AestheticScores Measure(Func<IAudioReader> open, CancellationToken cancellationToken)
    {
        var levels = SignalLevels.Measure(open(), cancellationToken);
        if (levels.Frames == 0) throw new InvalidDataException("The recording has no samples.");
        var isSilent = levels.SilenceShare >= 1;
        var clarity = isSilent ? new SignalClarity(null, null, null) : SignalClarity.Measure(open(), cancellationToken);
        var reasons = new SortedDictionary<string, string>(StringComparer.Ordinal);
        return new AestheticScores
        {
            LoudnessLufs = Or("loudness_lufs", levels.Loudness.Lufs, "Nothing passes the gate of -70 LUFS, or the recording is shorter than 400 ms, of more than two channels or below 4,001 Hz."),
            TruePeakDbtp = Or("true_peak_dbtp", levels.TruePeak > 0 ? Audio.Loudness.TruePeak.ToDecibels(levels.TruePeak) : null, Silent),
            ClippedShare = levels.ClippedShare,
            SilenceShare = levels.SilenceShare,
            KeyClarity = Or("key_clarity", clarity.Key, "Nothing between 55 and 2,000 Hz has a pitch."),
            BeatClarity = Or("beat_clarity", clarity.Beat, $"Fewer than {SignalClarity.FewestOnsets} notes begin."),
            BandwidthHz = Or("bandwidth_hz", clarity.BandwidthHz, "The mean of the channels is silent."),
            Audiobox = Audiobox(open, isSilent, reasons, cancellationToken),
            Reasons = reasons,
        };

        double? Or(string name, double? value, string reason)
        {
            if (value is null) reasons[name] = isSilent ? Silent : reason;
            return value;
        }
    }

    private AudioboxScores? Audiobox(Func<IAudioReader> open, bool isSilent, SortedDictionary<string, string> reasons, CancellationToken cancellationToken)
    {
        if (audiobox is not null && !isSilent) return audiobox.Score(open(), cancellationToken);
        reasons["audiobox"] = audiobox is null ? "No Audiobox-Aesthetics model is configured (scoring.audiobox_model)." : Silent;
        return null;
    }
}
