using System.Buffers;

namespace AudioReprompt.Audio.Loudness;

/// <summary>
/// Integrated (programme) loudness by ITU-R BS.1770-4: K-weighted blocks of 400 ms, one every 100 ms, only whole ones; those at or below
/// −70 LUFS do not count, and then those not above 10 LU below the rest's mean. Half a minute of stereo at 32 kHz takes a few milliseconds.
/// </summary>
/// <remarks>
/// The gates compare powers, so the whole measurement but <see cref="Lufs"/> does without logarithms and is the same bit by bit on
/// every machine. Loudness is proportional to the samples' gain as long as no block crosses the absolute gate.
/// </remarks>
/// <param name="Power">Σ over channels of the K-weighted mean square of the blocks kept; 0 where none is.</param>
/// <param name="Blocks">Whole blocks of 400 ms; 0 where the signal is shorter.</param>
/// <param name="KeptBlocks">Blocks that passed both gates.</param>
public readonly record struct IntegratedLoudness(double Power, int Blocks, int KeptBlocks)
{
    /// <summary>Hops of 100 ms in a second.</summary>
    internal const int HopsPerSecond = 10;

    private const int HopsPerBlock = 4;

    /// <summary>So that a sine of 997 Hz, 0 dBFS, in one channel reads −3.01 LUFS.</summary>
    private const double OffsetDecibels = -0.691;

    /// <summary>−70 LUFS as a power: 10^((−70 + 0.691) / 10).</summary>
    private const double AbsoluteGate = 1.1724653045822981e-7;

    /// <summary>−10 LU as a ratio of powers.</summary>
    private const double RelativeGate = 0.1;

    internal const int LowestSampleRate = 4_001;
    private const int LargestStackHops = 1_024;

    /// <summary>Whether any block passed the gates. Silence and signals under 400 ms have no loudness.</summary>
    public bool IsMeasurable => KeptBlocks > 0;

    /// <summary>LUFS; null where nothing could be measured.</summary>
    public double? Lufs => IsMeasurable ? OffsetDecibels + (10 * Math.Log10(Power)) : null;

    /// <param name="samples">Interleaved, <c>[frames · channels]</c>, finite.</param>
    /// <param name="channels">1 or 2; both channels weigh 1.</param>
    /// <param name="sampleRate">Hz, above 4,000.</param>
    /// <exception cref="ArgumentException">A sample is not finite, or the samples are no whole number of frames.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of channels or the rate.</exception>
    public static IntegratedLoudness Measure(ReadOnlySpan<float> samples, int channels, int sampleRate)
    {
        if (channels is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(channels), channels, "Only mono and stereo are measured.");
        if (samples.Length % channels != 0) throw new ArgumentException($"{samples.Length} samples are no whole number of frames.", nameof(samples));
        return Measure(samples, channels == 1 || samples.IsEmpty ? samples : samples[1..], channels, samples.Length / channels, channels, sampleRate);
    }

    /// <summary>As <see cref="Measure(ReadOnlySpan{float}, int, int)"/>, for stereo whose channels stand apart.</summary>
    /// <param name="left"><c>[frames]</c>.</param>
    /// <param name="right">As many.</param>
    /// <exception cref="ArgumentException">A sample is not finite, or the channels are not equally long.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate.</exception>
    public static IntegratedLoudness MeasurePlanar(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int sampleRate)
    {
        if (left.Length != right.Length) throw new ArgumentException("The channels are not equally long.", nameof(right));
        return Measure(left, right, stride: 1, left.Length, channels: 2, sampleRate);
    }

    /// <summary>From K-weighted energies that a caller has measured himself, or changed since: what a gain would make of them.</summary>
    /// <param name="hopEnergies">Σ over frames and channels of each whole 100 ms.</param>
    /// <param name="sampleRate">Hz.</param>
    internal static IntegratedLoudness OfHops(ReadOnlySpan<double> hopEnergies, int sampleRate) =>
        hopEnergies.Length < HopsPerBlock ? default : Gate(hopEnergies, sampleRate);

    private static IntegratedLoudness Measure(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, int stride, int frames, int channels, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, LowestSampleRate);
        var hops = (int)((long)frames * HopsPerSecond / sampleRate);
        var blocks = Math.Max(0, hops - HopsPerBlock + 1);
        if (blocks == 0) return default;

        double[]? rented = null;
        var energies = hops <= LargestStackHops ? stackalloc double[hops] : (rented = ArrayPool<double>.Shared.Rent(hops)).AsSpan(0, hops);
        HopEnergies(left, right, stride, channels, sampleRate, energies);
        var measured = Gate(energies, sampleRate);
        if (rented is not null) ArrayPool<double>.Shared.Return(rented);
        return measured;
    }

    private static void HopEnergies(
        ReadOnlySpan<float> left, ReadOnlySpan<float> right, int stride, int channels, int sampleRate, Span<double> energies)
    {
        var weighting = new KWeighting(sampleRate);
        for (var hop = 0; hop < energies.Length; hop++)
        {
            var start = StartOf(hop, sampleRate);
            var energy = weighting.Energy(left[(start * stride)..], right[(start * stride)..], stride, StartOf(hop + 1, sampleRate) - start);
            energies[hop] = channels == 1 ? energy[0] : energy[0] + energy[1];
        }

        // The filters never forget a sample that is not finite.
        if (!double.IsFinite(energies[^1])) throw new ArgumentException("A sample is not finite.", nameof(left));
    }

    private static IntegratedLoudness Gate(ReadOnlySpan<double> energies, int sampleRate)
    {
        var blocks = energies.Length - HopsPerBlock + 1;
        var loud = MeanAbove(AbsoluteGate, energies, sampleRate);
        if (loud.Count == 0) return new IntegratedLoudness(0, blocks, 0);
        var kept = MeanAbove(Math.Max(AbsoluteGate, RelativeGate * loud.Mean), energies, sampleRate);
        return new IntegratedLoudness(kept.Mean, blocks, kept.Count);
    }

    private static (double Mean, int Count) MeanAbove(double gate, ReadOnlySpan<double> energies, int sampleRate)
    {
        var (sum, count) = (0.0, 0);
        for (var block = 0; block <= energies.Length - HopsPerBlock; block++)
        {
            var energy = 0.0;
            for (var hop = block; hop < block + HopsPerBlock; hop++) energy += energies[hop];
            var power = energy / (StartOf(block + HopsPerBlock, sampleRate) - StartOf(block, sampleRate));
            if (power <= gate) continue;
            sum += power;
            count++;
        }

        return (count == 0 ? 0 : sum / count, count);
    }

    /// <summary>First frame of a hop; exact also where 100 ms are no whole number of frames.</summary>
    internal static int StartOf(int hop, int sampleRate) => (int)((long)hop * sampleRate / HopsPerSecond);
}
