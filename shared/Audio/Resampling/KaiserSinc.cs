namespace AudioReprompt.Audio.Resampling;

/// <summary>
/// The low-pass filter of the resampler, in phases: a sinc under a Kaiser window of 64 zero crossings a side at the lower of the two
/// rates, β = 10, its edge at 0.95 of the lower Nyquist frequency. It is flat to 0.0001 dB up to nine tenths of that frequency, and
/// 100 dB down from it on (Kaiser 1974: attenuation = 2.285 · 0.1π · 128 + 7.95 dB for 128 taps and a transition of a tenth of the band).
/// </summary>
internal sealed class KaiserSinc
{
    private const int ZeroCrossings = 64;
    private const double Beta = 10;
    private const double Edge = 0.95;

    /// <summary>
    /// From so many phases between two samples of the lower rate on, those between are interpolated linearly: the error,
    /// (π · frequency / phases)² / 8 of the tap's own size, is then at most −118 dB.
    /// </summary>
    private const int PhasesPerZeroCrossing = 1_024;

    private static readonly double PeakOfWindow = BesselI0(Beta);

    private readonly float[] _taps;
    private readonly bool _interpolated;

    /// <param name="up">Output rate over their greatest common divisor.</param>
    /// <param name="down">Input rate over it.</param>
    public KaiserSinc(int up, int down)
    {
        Up = up;
        var scale = Math.Min(1, (double)up / down);
        var half = (int)Math.Ceiling(ZeroCrossings / scale);
        // Vectors of eight taps; the window is 0 in those that are too many.
        Taps = (2 * half + 7) & ~7;
        var enough = Math.Max(1, (int)Math.Ceiling(PhasesPerZeroCrossing * scale));
        _interpolated = up > enough;
        Phases = _interpolated ? enough : up;
        _taps = new float[(Phases + 1) * Taps];
        for (var index = 0; index <= Phases; index++) Design((double)index / Phases, scale, _taps.AsSpan(index * Taps, Taps));
    }

    /// <summary>Taps of a phase, a multiple of eight; the output lies between the two in the middle, at the first of them for phase 0.</summary>
    public int Taps { get; }

    /// <summary>Inputs before the output's place that the first tap reaches back.</summary>
    public int Reach => (Taps / 2) - 1;

    private int Up { get; }

    private int Phases { get; }

    /// <param name="place">0 … up − 1: how far the output lies behind the input under the middle tap, in up-ths of an input.</param>
    /// <param name="interpolated"><c>[Taps]</c>, room for a phase that no table holds.</param>
    /// <returns><c>[Taps]</c>.</returns>
    public ReadOnlySpan<float> Phase(int place, Span<float> interpolated)
    {
        if (!_interpolated) return _taps.AsSpan(place * Taps, Taps);
        var exact = (double)place * Phases / Up;
        var below = (int)exact;
        var share = (float)(exact - below);
        var first = _taps.AsSpan(below * Taps, Taps);
        var second = _taps.AsSpan((below + 1) * Taps, Taps);
        for (var tap = 0; tap < Taps; tap++) interpolated[tap] = first[tap] + (share * (second[tap] - first[tap]));
        return interpolated;
    }

    private void Design(double fraction, double scale, Span<float> taps)
    {
        for (var tap = 0; tap < Taps; tap++)
        {
            // In zero crossings of the lower rate's sinc from the output's place.
            var distance = (tap - Reach - fraction) * scale;
            taps[tap] = (float)(Edge * scale * Sinc(Edge * distance) * Window(distance / ZeroCrossings));
        }
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-9 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Window(double position) =>
        Math.Abs(position) >= 1 ? 0 : BesselI0(Beta * Math.Sqrt(1 - (position * position))) / PeakOfWindow;

    /// <summary>Modified Bessel function of the first kind, order 0, by its power series.</summary>
    private static double BesselI0(double x)
    {
        var (sum, term, square) = (1.0, 1.0, x * x / 4);
        for (var k = 1; term > 1e-17 * sum; k++)
        {
            term *= square / (k * k);
            sum += term;
        }

        return sum;
    }
}
