namespace AudioReprompt.Audio.Features;

/// <summary>
/// Pitch classes and keys: Krumhansl and Schmuckler's correlation of a chroma with the probe-tone profiles of Krumhansl and Kessler (Krumhansl
/// 1990, Cognitive Foundations of Musical Pitch, p. 30).
/// </summary>
/// <param name="Chroma"><c>[12]</c> from C, summing to 1; zeros for silence.</param>
public sealed record Tonality(IReadOnlyList<double> Chroma)
{
    private const double LowestHz = 55;
    private const double HighestHz = 2_000;
    private const int MostPartials = 40;

    private static readonly double[] Major = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88];
    private static readonly double[] Minor = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17];

    /// <summary>The best major key's correlation less the best minor key's.</summary>
    public double MajorLessMinor => Best(Major) - Best(Minor);

    /// <summary>The best key's correlation.</summary>
    public double Clarity => Math.Max(Best(Major), Best(Minor));

    /// <summary>Pitch classes with at least 3 % of the energy.</summary>
    public int DistinctPitchClasses => Chroma.Count(share => share >= 0.03);

    public static Tonality Of(Spectrogram spectrogram) => Of(spectrogram, 0, spectrogram.Windows);

    /// <summary>Of a run of windows.</summary>
    public static Tonality Of(Spectrogram spectrogram, int from, int to)
    {
        var chroma = new double[12];
        for (var window = from; window < to; window++)
        {
            foreach (var partial in SpectralPeaks.Of(spectrogram[window], spectrogram.BinHz, MostPartials))
            {
                if (partial.Hz is < LowestHz or > HighestHz) continue;
                var note = 69 + (12 * Math.Log2(partial.Hz / 440));
                chroma[(((int)Math.Round(note) % 12) + 12) % 12] += partial.Amplitude;
            }
        }

        var sum = chroma.Sum();
        return new Tonality(sum > 0 ? Array.ConvertAll(chroma, value => value / sum) : chroma);
    }

    /// <summary>Correlation with a key.</summary>
    /// <param name="tonic">0 = C … 11 = B.</param>
    public double Correlation(int tonic, bool minor)
    {
        var profile = minor ? Minor : Major;
        var (meanProfile, meanChroma) = (profile.Average(), Chroma.Average());
        var (both, profiles, chromas) = (0.0, 0.0, 0.0);
        for (var pitchClass = 0; pitchClass < 12; pitchClass++)
        {
            var (p, c) = (profile[(pitchClass - tonic + 12) % 12] - meanProfile, Chroma[pitchClass] - meanChroma);
            both += p * c;
            profiles += p * p;
            chromas += c * c;
        }

        return chromas > 0 ? both / Math.Sqrt(profiles * chromas) : 0;
    }

    private double Best(double[] profile) => Enumerable.Range(0, 12).Max(tonic => Correlation(tonic, ReferenceEquals(profile, Minor)));
}
