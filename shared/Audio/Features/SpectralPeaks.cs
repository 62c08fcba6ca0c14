namespace AudioReprompt.Audio.Features;

/// <summary>A partial in a window.</summary>
/// <param name="Hz">Between the bins, by a parabola through the logarithms of the peak and its neighbours.</param>
/// <param name="Amplitude">√ of the power at the peak.</param>
public readonly record struct SpectralPartial(double Hz, double Amplitude);

/// <summary>Finds the partials of a spectrum.</summary>
public static class SpectralPeaks
{
    /// <summary>What is softer than the loudest partial by more than this is masked or noise, as an amplitude ratio: 50 dB.</summary>
    private const double Audible = 0.00316;

    private const double LowestHz = 40;

    /// <param name="power">|X|² by bin.</param>
    /// <param name="most">The loudest so many.</param>
    /// <returns>By frequency.</returns>
    public static List<SpectralPartial> Of(ReadOnlySpan<float> power, double binHz, int most)
    {
        var partials = new List<SpectralPartial>();
        for (var bin = Math.Max(2, (int)(LowestHz / binHz)); bin < power.Length - 2; bin++)
        {
            if (power[bin] <= power[bin - 1] || power[bin] < power[bin + 1] || power[bin] <= power[bin - 2] || power[bin] < power[bin + 2]) continue;
            var (below, at, above) = (Math.Log(power[bin - 1] + 1e-30), Math.Log(power[bin] + 1e-30), Math.Log(power[bin + 1] + 1e-30));
            var curve = below - (2 * at) + above;
            var offset = curve < 0 ? 0.5 * (below - above) / curve : 0;
            partials.Add(new SpectralPartial((bin + Math.Clamp(offset, -0.5, 0.5)) * binHz, Math.Sqrt(power[bin])));
        }

        if (partials.Count == 0) return partials;
        var threshold = partials.Max(partial => partial.Amplitude) * Audible;
        return [.. partials
            .Where(partial => partial.Amplitude > threshold)
            .OrderByDescending(partial => partial.Amplitude)
            .Take(most)
            .OrderBy(partial => partial.Hz)];
    }
}
