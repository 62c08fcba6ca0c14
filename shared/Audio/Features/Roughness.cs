namespace AudioReprompt.Audio.Features;

/// <summary>
/// Sensory dissonance of partials that beat within a critical band: the curve of Plomp and Levelt (1965) in the parametrisation of Sethares
/// (1993, J. Acoust. Soc. Am. 94:1218–1228), summed over all pairs.
/// </summary>
public static class Roughness
{
    /// <summary>Partials of a window that count.</summary>
    private const int MostPartials = 40;

    // Sethares 1993: exponents of the curve, and the point of the greatest dissonance with its change over the register.
    private const double Rise = 3.5;
    private const double Fall = 5.75;
    private const double GreatestAt = 0.24;
    private const double Slope = 0.0207;
    private const double Intercept = 18.96;

    /// <returns>Mean over the windows, weighted by their energy; 0 for pure tones, free of the level.</returns>
    public static double Of(Spectrogram spectrogram)
    {
        var (sum, weights) = (0.0, 0.0);
        for (var window = 0; window < spectrogram.Windows; window++)
        {
            var partials = SpectralPeaks.Of(spectrogram[window], spectrogram.BinHz, MostPartials);
            var energy = partials.Sum(partial => partial.Amplitude * partial.Amplitude);
            if (energy <= 0) continue;
            sum += energy * Of(partials);
            weights += energy;
        }

        return weights > 0 ? sum / weights : 0;
    }

    /// <param name="partials">By frequency.</param>
    /// <returns>Relative to the sum of the amplitudes.</returns>
    public static double Of(IReadOnlyList<SpectralPartial> partials)
    {
        var (rough, total) = (0.0, 0.0);
        for (var low = 0; low < partials.Count; low++)
        {
            total += partials[low].Amplitude;
            var scale = GreatestAt / ((Slope * partials[low].Hz) + Intercept);
            for (var high = low + 1; high < partials.Count; high++)
            {
                var distance = scale * (partials[high].Hz - partials[low].Hz);
                if (distance > 3) break;
                rough += Math.Min(partials[low].Amplitude, partials[high].Amplitude) * (Math.Exp(-Rise * distance) - Math.Exp(-Fall * distance));
            }
        }

        return total > 0 ? rough / total : 0;
    }
}
