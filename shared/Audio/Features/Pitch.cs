namespace AudioReprompt.Audio.Features;

/// <summary>
/// The most prominent fundamental of each window by subharmonic summation (Hermes 1988, J. Acoust. Soc. Am. 83:257–264: 15 harmonics, each worth
/// 0.84 of the one below), and the median over the piece.
/// </summary>
public static class Pitch
{
    private const int Harmonics = 15;
    private const double HarmonicWeight = 0.84;

    /// <summary>Without at least this share of its loudest harmonic at its own place a fundamental is an octave or a fifth too low.</summary>
    private const double LeastFundamental = 0.1;

    private const int StepsPerSemitone = 4;
    private const double LowestNote = 28;
    private const double HighestNote = 100;
    private const int MostPartials = 40;

    /// <summary>Windows softer than the loudest by more than this do not count, as a power ratio: 30 dB.</summary>
    private const double Soft = 1e-3;

    /// <returns>MIDI note number, fractions allowed: the median over the windows that are not soft, each by its level; null for silence.</returns>
    public static double? Median(Spectrogram spectrogram)
    {
        var windows = new List<(double Note, double Weight)>();
        for (var window = 0; window < spectrogram.Windows; window++)
        {
            var partials = SpectralPeaks.Of(spectrogram[window], spectrogram.BinHz, MostPartials);
            var energy = partials.Sum(partial => partial.Amplitude * partial.Amplitude);
            if (energy > 0) windows.Add((Strongest(partials), energy));
        }

        if (windows.Count == 0) return null;
        var loudest = windows.Max(window => window.Weight);
        var counted = windows.Where(window => window.Weight > loudest * Soft).OrderBy(window => window.Note).ToList();
        var half = counted.Sum(window => Math.Sqrt(window.Weight)) / 2;
        foreach (var (note, weight) in counted)
        {
            half -= Math.Sqrt(weight);
            if (half <= 0) return note;
        }

        return counted[^1].Note;
    }

    /// <returns>MIDI note number.</returns>
    internal static double Strongest(IReadOnlyList<SpectralPartial> partials)
    {
        var notes = partials.Select(partial => (Note: ToNote(partial.Hz), partial.Amplitude)).ToList();
        var (best, bestSum) = (LowestNote, -1.0);
        for (var step = 0; step <= (HighestNote - LowestNote) * StepsPerSemitone; step++)
        {
            var note = LowestNote + ((double)step / StepsPerSemitone);
            var (sum, weight, fundamental, highest) = (0.0, 1.0, 0.0, 0.0);
            for (var harmonic = 1; harmonic <= Harmonics; harmonic++)
            {
                var wanted = note + (12 * Math.Log2(harmonic));
                var loudest = 0.0;
                foreach (var (found, amplitude) in notes)
                {
                    var off = Math.Abs(found - wanted);
                    if (off < 0.5 && amplitude * (1 - off) > loudest) loudest = amplitude * (1 - off);
                }

                if (harmonic == 1) fundamental = loudest;
                highest = Math.Max(highest, loudest);
                sum += weight * loudest;
                weight *= HarmonicWeight;
            }

            if (fundamental >= LeastFundamental * highest && sum > bestSum) (best, bestSum) = (note, sum);
        }

        return best;
    }

    private static double ToNote(double hz) => 69 + (12 * Math.Log2(hz / 440));
}
