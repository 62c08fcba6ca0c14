namespace AudioReprompt.Audio.Mel;

/// <summary>
/// Triangles over the bins of a power spectrum, their edges evenly spaced on a mel scale; a bin's weight is the triangle's value at its
/// frequency, linear in Hz. Slaney's are divided by half their width in Hz.
/// </summary>
public sealed class MelFilterBank
{
    private readonly Filter[] _filters;

    /// <param name="scale">Also decides the triangles' height.</param>
    /// <param name="melBins">From 1.</param>
    /// <param name="fftSize">Samples of a window; bin k lies at k · sampleRate / fftSize.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="lowestHz">Where the first triangle begins.</param>
    /// <param name="highestHz">Where the last one ends; half the sample rate at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">The frequencies or the number of bins make no filter bank.</exception>
    public MelFilterBank(MelScale scale, int melBins, int fftSize, int sampleRate, double lowestHz, double highestHz)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(melBins, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(lowestHz);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(highestHz, lowestHz);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(highestHz, sampleRate / 2.0);
        Bins = (fftSize / 2) + 1;
        var (lowest, highest) = (scale.ToMel(lowestHz), scale.ToMel(highestHz));
        var edges = new double[melBins + 2];
        for (var edge = 0; edge < edges.Length; edge++) edges[edge] = scale.ToHertz(lowest + (edge * (highest - lowest) / (melBins + 1)));
        _filters = new Filter[melBins];
        for (var mel = 0; mel < melBins; mel++) _filters[mel] = Triangle(scale, edges.AsSpan(mel, 3), (double)sampleRate / fftSize);
        UsedBins = _filters.Max(filter => filter.First + filter.Weights.Length);
    }

    public int MelBins => _filters.Length;

    /// <summary>Of the spectrum.</summary>
    public int Bins { get; }

    /// <summary>From this bin on all weights are 0.</summary>
    public int UsedBins { get; }

    internal ReadOnlySpan<Filter> Filters => _filters;

    /// <summary>All weights, <c>[Bins, MelBins]</c>, the last axis fastest, as the references keep them.</summary>
    public double[] ToDense()
    {
        var dense = new double[Bins * MelBins];
        for (var mel = 0; mel < MelBins; mel++)
        {
            var filter = _filters[mel];
            for (var index = 0; index < filter.Weights.Length; index++) dense[((filter.First + index) * MelBins) + mel] = filter.Weights[index];
        }

        return dense;
    }

    /// <param name="edges">Hz: where the triangle begins, has its peak, ends.</param>
    private Filter Triangle(MelScale scale, ReadOnlySpan<double> edges, double binHz)
    {
        var height = scale == MelScale.Slaney ? 2 / (edges[2] - edges[0]) : 1;
        var first = (int)Math.Ceiling(edges[0] / binHz);
        var last = Math.Min(Bins - 1, (int)Math.Floor(edges[2] / binHz));
        // A triangle narrower than a bin may lie between two of them and have no weight at all.
        var weights = new double[Math.Max(0, last - first + 1)];
        for (var index = 0; index < weights.Length; index++)
        {
            var hertz = (first + index) * binHz;
            var rising = (hertz - edges[0]) / (edges[1] - edges[0]);
            var falling = (edges[2] - hertz) / (edges[2] - edges[1]);
            weights[index] = height * Math.Max(0, Math.Min(rising, falling));
        }

        return new Filter(first, weights);
    }

    /// <param name="First">The bin of the first weight.</param>
    internal sealed record Filter(int First, double[] Weights);
}
