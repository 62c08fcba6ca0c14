namespace AudioReprompt.Audio.Features;

/// <summary>Where the energy lies over the spectrum.</summary>
public static class Brightness
{
    private const double HighHz = 4_000;

    /// <summary>60 dB as a ratio of powers.</summary>
    private const double WithinBand = 1e-6;

    /// <returns>Centre of gravity of the amplitudes, Hz, mean over the windows by their level; 0 for silence.</returns>
    public static double CentroidHz(Spectrogram spectrogram)
    {
        var (weighted, total) = (0.0, 0.0);
        for (var window = 0; window < spectrogram.Windows; window++)
        {
            var power = spectrogram[window];
            for (var bin = 1; bin < power.Length; bin++)
            {
                var amplitude = Math.Sqrt(power[bin]);
                weighted += amplitude * bin;
                total += amplitude;
            }
        }

        return total > 0 ? weighted / total * spectrogram.BinHz : 0;
    }

    /// <returns>Up to where the mean spectrum is within 60 dB of its strongest bin, Hz; 0 for silence.</returns>
    public static double BandwidthHz(IReadOnlyList<double> meanPower, double binHz)
    {
        var least = meanPower.Max() * WithinBand;
        if (least <= 0) return 0;
        var highest = meanPower.Count - 1;
        while (meanPower[highest] < least) highest--;
        return highest * binHz;
    }

    /// <returns>Energy above 4 kHz against all of it, decibels; −120 at least.</returns>
    public static double HighDecibels(Spectrogram spectrogram)
    {
        var (high, total) = (0.0, 0.0);
        var from = (int)(HighHz / spectrogram.BinHz);
        for (var window = 0; window < spectrogram.Windows; window++)
        {
            var power = spectrogram[window];
            for (var bin = 1; bin < power.Length; bin++)
            {
                total += power[bin];
                if (bin >= from) high += power[bin];
            }
        }

        return total > 0 ? Math.Max(-120, 10 * Math.Log10((high / total) + 1e-30)) : -120;
    }
}
