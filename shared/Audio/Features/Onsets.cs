namespace AudioReprompt.Audio.Features;

/// <summary>
/// Beginnings of notes: half-wave rectified flux of the compressed spectrum log(1 + γ·amplitude), less its local mean (Müller 2015, Fundamentals of
/// Music Processing, section 6.1.2), and the peaks of that curve.
/// </summary>
public sealed class Onsets
{
    /// <summary>Long enough that the beating of a rough tone (20 to 70 Hz) is no series of onsets.</summary>
    private const double WindowSeconds = 0.064;
    private const double HopSeconds = 0.01;

    /// <summary>γ, against the loudest amplitude: changes 40 dB below it still count a little.</summary>
    private const double Compression = 100;

    /// <summary>What changes above this is mostly noise of bows and breath.</summary>
    private const double HighestHz = 5_000;

    /// <summary>A quarter of a second to both sides.</summary>
    private const int MeanReach = 25;

    /// <summary>No two onsets are nearer than this, in hops.</summary>
    private const int PeakReach = 5;

    /// <summary>Of a strong onset, taken as the 95th percentile of the peaks: weaker ones are no notes.</summary>
    private const double LeastShare = 0.2;

    /// <summary>
    /// What a single tone of six harmonics that begins in silence has, about a third: where nothing is stronger, fluctuations of a held sound are
    /// not taken for notes.
    /// </summary>
    private const float StrongAtLeast = 30;

    /// <summary>Across an onset the power does not fall to less than this: what breaks off is no beginning.</summary>
    private const double NotFalling = 0.5;

    /// <summary>Where the power is compared, hops to both sides: just outside the window's reach, and on until a slow attack has risen.</summary>
    private const int Aside = 5;
    private const int AsideAtMost = 10;

    private Onsets(float[] novelty, IReadOnlyList<double> times, double hopSeconds) => (Novelty, Times, Hop) = (novelty, times, hopSeconds);

    /// <summary>How much newly sounds, by hop, from 0; a strong onset is about 1, none is more than 1.</summary>
    public IReadOnlyList<float> Novelty { get; }

    /// <summary>Seconds, ascending.</summary>
    public IReadOnlyList<double> Times { get; }

    /// <summary>Seconds from one value of the novelty to the next.</summary>
    public double Hop { get; }

    /// <param name="mono"><c>[frames]</c>.</param>
    public static Onsets Of(ReadOnlySpan<float> mono, int sampleRate)
    {
        var spectrogram = new Spectrogram(mono, sampleRate, WindowSeconds, HopSeconds);
        var novelty = LessLocalMean(FluxOf(spectrogram));
        var powers = PowersOf(spectrogram);
        var peaks = PeaksOf(novelty);
        peaks.RemoveAll(at => LoudestAfter(powers, at) < NotFalling * powers[Math.Max(0, at - Aside)]);
        if (peaks.Count == 0) return new Onsets(novelty, [], spectrogram.HopSeconds);
        var heights = peaks.ConvertAll(at => novelty[at]);
        heights.Sort();
        var strong = Math.Max(StrongAtLeast, heights[(int)(0.95 * (heights.Count - 1))]);
        var times = peaks.Where(at => novelty[at] >= LeastShare * strong).Select(at => at * spectrogram.HopSeconds).ToList();
        for (var at = 0; at < novelty.Length; at++) novelty[at] = Math.Min(1, novelty[at] / strong);
        return new Onsets(novelty, times, spectrogram.HopSeconds);
    }

    private static double LoudestAfter(double[] powers, int at)
    {
        var loudest = powers[^1];
        for (var after = at + Aside; after <= Math.Min(powers.Length - 1, at + AsideAtMost); after++)
            loudest = after == at + Aside ? powers[after] : Math.Max(loudest, powers[after]);
        return loudest;
    }

    private static double[] PowersOf(Spectrogram spectrogram)
    {
        var powers = new double[spectrogram.Windows];
        for (var window = 0; window < powers.Length; window++)
        {
            foreach (var power in spectrogram[window]) powers[window] += power;
        }

        return powers;
    }

    private static float[] FluxOf(Spectrogram spectrogram)
    {
        var bins = Math.Min(spectrogram.Bins, (int)(HighestHz / spectrogram.BinHz));
        var loudest = 0f;
        for (var window = 0; window < spectrogram.Windows; window++)
        {
            foreach (var power in spectrogram[window]) loudest = Math.Max(loudest, power);
        }

        var flux = new float[spectrogram.Windows];
        if (loudest <= 0) return flux;
        var scale = (float)(Compression / Math.Sqrt(loudest));
        var before = new float[bins];
        for (var window = 0; window < flux.Length; window++)
        {
            var power = spectrogram[window];
            for (var bin = 1; bin < bins; bin++)
            {
                var now = MathF.Log(1 + (scale * MathF.Sqrt(power[bin])));
                flux[window] += Math.Max(0, now - before[bin]);
                before[bin] = now;
            }
        }

        return flux;
    }

    private static float[] LessLocalMean(float[] flux)
    {
        var novelty = new float[flux.Length];
        for (var at = 0; at < flux.Length; at++)
        {
            var surroundings = flux.AsSpan(Math.Max(0, at - MeanReach)..Math.Min(flux.Length, at + MeanReach + 1));
            var mean = 0f;
            foreach (var value in surroundings) mean += value / surroundings.Length;
            novelty[at] = Math.Max(0, flux[at] - mean);
        }

        return novelty;
    }

    private static List<int> PeaksOf(float[] novelty)
    {
        var peaks = new List<int>();
        for (var at = 0; at < novelty.Length; at++)
        {
            if (novelty[at] <= 0) continue;
            var isPeak = true;
            for (var near = Math.Max(0, at - PeakReach); near <= Math.Min(novelty.Length - 1, at + PeakReach); near++)
                isPeak &= novelty[near] < novelty[at] || near == at || (near > at && novelty[near] == novelty[at]);
            if (isPeak) peaks.Add(at);
        }

        return peaks;
    }
}
