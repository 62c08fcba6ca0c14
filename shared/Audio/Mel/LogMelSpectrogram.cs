using System.Runtime.Intrinsics;

namespace AudioReprompt.Audio.Mel;

/// <summary>
/// 10 · log10 of the mel-weighted power of a centred short-time Fourier transform: periodic Hann windows, half a window reflected at both
/// ends (the edge sample not repeated), powers below 10⁻¹⁰ raised to it, so that silence is −100 everywhere. The powers are in double
/// precision. Ten seconds at 48 kHz in 1,001 frames take a few milliseconds on one core. Belongs to one thread.
/// </summary>
public sealed class LogMelSpectrogram
{
    /// <summary>What a power is at least, and the decibels that come of it.</summary>
    private const double LowestPower = 1e-10;

    private readonly MelFilterBank _filters;
    private readonly int _hop;
    private readonly FourFrameFft _fft;
    private readonly double[] _window;
    private readonly Vector256<double>[] _power;

    /// <summary>The stretch of samples under four frames, where it reaches beyond the recording.</summary>
    private readonly float[] _stretch;

    /// <param name="filters">For windows of <paramref name="fftSize"/>.</param>
    /// <param name="fftSize">Samples of a window, a power of two from 8.</param>
    /// <param name="hopLength">Samples from one frame to the next, from 1.</param>
    public LogMelSpectrogram(MelFilterBank filters, int fftSize, int hopLength)
    {
        ArgumentNullException.ThrowIfNull(filters);
        ArgumentOutOfRangeException.ThrowIfLessThan(hopLength, 1);
        _fft = new FourFrameFft(fftSize);
        if (filters.Bins != (fftSize / 2) + 1) throw new ArgumentException($"The filters are for {filters.Bins} bins.", nameof(filters));
        (_filters, _hop) = (filters, hopLength);
        _window = new double[fftSize];
        for (var index = 0; index < fftSize; index++) _window[index] = 0.5 - (0.5 * Math.Cos(2 * Math.PI * index / fftSize));
        _power = new Vector256<double>[filters.UsedBins];
        _stretch = new float[fftSize + ((FourFrameFft.Frames - 1) * hopLength)];
    }

    public int MelBins => _filters.MelBins;

    /// <summary>Samples that a recording has to have: the reflection must find what it reflects.</summary>
    public int LeastSamples => (_fft.Size / 2) + 1;

    /// <summary>One for each whole hop, and the first.</summary>
    public int Frames(int samples) => (samples / _hop) + 1;

    /// <summary>Allocates nothing.</summary>
    /// <param name="mono">From <see cref="LeastSamples"/>, finite.</param>
    /// <param name="decibels"><c>[Frames, MelBins]</c>, the mel bins fastest.</param>
    /// <exception cref="ArgumentException">Too few samples, or no room for the frames.</exception>
    public void Compute(ReadOnlySpan<float> mono, Span<float> decibels)
    {
        if (mono.Length < LeastSamples) throw new ArgumentException($"{mono.Length} samples are fewer than {LeastSamples}.", nameof(mono));
        var frames = Frames(mono.Length);
        if (decibels.Length != frames * MelBins) throw new ArgumentException($"{frames} frames of {MelBins} values are needed.", nameof(decibels));
        for (var frame = 0; frame < frames; frame += FourFrameFft.Frames)
        {
            _fft.Power(Stretch(mono, (frame * _hop) - (_fft.Size / 2)), _hop, _window, _power);
            Write(decibels[(frame * MelBins)..], Math.Min(FourFrameFft.Frames, frames - frame));
        }
    }

    /// <returns>As many samples as four frames cover.</returns>
    private ReadOnlySpan<float> Stretch(ReadOnlySpan<float> mono, int start)
    {
        if (start >= 0 && start + _stretch.Length <= mono.Length) return mono.Slice(start, _stretch.Length);
        for (var offset = 0; offset < _stretch.Length; offset++)
        {
            var index = Math.Abs(start + offset);
            if (index >= mono.Length) index = (2 * (mono.Length - 1)) - index;
            // Behind the reflection there are lanes of frames that do not exist.
            _stretch[offset] = index >= 0 ? mono[index] : 0;
        }

        return _stretch;
    }

    /// <param name="decibels">From the first frame's first value.</param>
    private void Write(Span<float> decibels, int frames)
    {
        var filters = _filters.Filters;
        for (var mel = 0; mel < filters.Length; mel++)
        {
            var weights = filters[mel].Weights;
            var power = _power.AsSpan(filters[mel].First, weights.Length);
            var sum = Vector256<double>.Zero;
            for (var index = 0; index < weights.Length; index++) sum += power[index] * weights[index];
            var level = Vector256.Log(Vector256.Max(sum, Vector256.Create(LowestPower))) * (10 / Math.Log(10));
            for (var frame = 0; frame < frames; frame++) decibels[(frame * filters.Length) + mel] = (float)level[frame];
        }
    }
}
