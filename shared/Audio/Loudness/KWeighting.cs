using System.Runtime.Intrinsics;

namespace AudioReprompt.Audio.Loudness;

/// <summary>
/// The K-weighting of ITU-R BS.1770-4: a shelf for the head, then a high pass, for any sample rate. The standard prints coefficients
/// for 48 kHz only; these are the analogue prototypes behind them through the bilinear transform (constants: B. De Man,
/// "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018), the same table at 48 kHz to 2·10⁻¹².
/// </summary>
/// <remarks>
/// Only +, −, ·, / and no fused multiply-add, so that the same samples give the same bits on every machine. Left and right go through
/// as the two lanes of a vector.
/// </remarks>
internal struct KWeighting
{
    private const double ShelfHz = 1681.974450955533;
    private const double ShelfQ = 0.7071752369554196;

    /// <summary>10^(3.999843853973347 / 20).</summary>
    private const double ShelfGain = 1.5848647011308556;

    /// <summary><see cref="ShelfGain"/>^0.4996667741545416.</summary>
    private const double ShelfBandGain = 1.2587209302325617;

    private const double HighPassHz = 38.13547087602444;
    private const double HighPassQ = 0.5003270373238773;

    /// <summary>Below this a filter's memory is inaudible (−600 dB) and on its way to slow denormal numbers.</summary>
    private const double Vanished = 1e-30;

    private readonly Vector128<double> _shelfB0;
    private readonly Vector128<double> _shelfB1;
    private readonly Vector128<double> _shelfB2;
    private readonly Vector128<double> _shelfA1;
    private readonly Vector128<double> _shelfA2;
    private readonly Vector128<double> _highPassA1;
    private readonly Vector128<double> _highPassA2;

    // Transposed direct form II: two delays each.
    private Vector128<double> _shelf1;
    private Vector128<double> _shelf2;
    private Vector128<double> _highPass1;
    private Vector128<double> _highPass2;

    /// <param name="sampleRate">Hz, above 4,000: the shelf must lie below half of it.</param>
    public KWeighting(int sampleRate)
    {
        var k = Tangent(Math.PI * ShelfHz / sampleRate);
        var a0 = 1 + (k / ShelfQ) + (k * k);
        _shelfB0 = Vector128.Create((ShelfGain + (ShelfBandGain * k / ShelfQ) + (k * k)) / a0);
        _shelfB1 = Vector128.Create(2 * ((k * k) - ShelfGain) / a0);
        _shelfB2 = Vector128.Create((ShelfGain - (ShelfBandGain * k / ShelfQ) + (k * k)) / a0);
        _shelfA1 = Vector128.Create(2 * ((k * k) - 1) / a0);
        _shelfA2 = Vector128.Create((1 - (k / ShelfQ) + (k * k)) / a0);

        k = Tangent(Math.PI * HighPassHz / sampleRate);
        a0 = 1 + (k / HighPassQ) + (k * k);
        _highPassA1 = Vector128.Create(2 * ((k * k) - 1) / a0);
        _highPassA2 = Vector128.Create((1 - (k / HighPassQ) + (k * k)) / a0);
    }

    /// <summary>Filters some frames, going on from those before, and adds up the squares.</summary>
    /// <param name="left">A frame every <paramref name="stride"/> floats, from the first.</param>
    /// <param name="right">The same for the right channel; for mono give the left one and look at lane 0 alone.</param>
    /// <param name="frames">How many; both spans hold them.</param>
    /// <returns>Σ y², lane 0 left, lane 1 right.</returns>
    public Vector128<double> Energy(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int stride, int frames)
    {
        // In locals, or they would go through memory for every frame.
        var (b0, b1, b2, a1, a2) = (_shelfB0, _shelfB1, _shelfB2, _shelfA1, _shelfA2);
        var (c1, c2) = (_highPassA1, _highPassA2);
        var (s1, s2, h1, h2) = (_shelf1, _shelf2, _highPass1, _highPass2);
        var energy = Vector128<double>.Zero;
        for (int frame = 0, index = 0; frame < frames; frame++, index += stride)
        {
            var x = Vector128.Create((double)left[index], right[index]);
            var shelved = (b0 * x) + s1;
            s1 = ((b1 * x) + s2) - (a1 * shelved);
            s2 = (b2 * x) - (a2 * shelved);

            // The high pass has b = 1, −2, 1, as printed, not divided by a0.
            var y = shelved + h1;
            h1 = (h2 - (shelved + shelved)) - (c1 * y);
            h2 = shelved - (c2 * y);
            energy += y * y;
        }

        (_shelf1, _shelf2, _highPass1, _highPass2) = (Audible(s1), Audible(s2), Audible(h1), Audible(h2));
        return energy;
    }

    /// <summary>b0, b1, b2, a1, a2 of the shelf, then a1, a2 of the high pass.</summary>
    internal readonly double[] Coefficients() =>
        [.. new[] { _shelfB0, _shelfB1, _shelfB2, _shelfA1, _shelfA2, _highPassA1, _highPassA2 }.Select(lanes => lanes[0])];

    private static Vector128<double> Audible(Vector128<double> memory) =>
        Vector128.ConditionalSelect(Vector128.LessThan(Vector128.Abs(memory), Vector128.Create(Vanished)), Vector128<double>.Zero, memory);

    /// <summary>Lambert's continued fraction; exact to the last place or two below π/2 and, unlike the platform's tangent, the same everywhere.</summary>
    private static double Tangent(double x)
    {
        const int deepest = 41;
        var fraction = (double)deepest;
        for (var level = deepest - 2; level >= 1; level -= 2) fraction = level - (x * x / fraction);
        return x / fraction;
    }
}
