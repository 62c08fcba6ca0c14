using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AudioReprompt.Audio.Mel;

/// <summary>
/// Power spectra of four frames of real samples at a time, in double precision, each in a lane of its own of a vector: the transform is
/// plain scalar code that happens to do four. Even samples are taken as real and odd ones as imaginary parts, so that one complex transform
/// of half the size does (radix 4, decimation in time, in place; one pass of radix 2 where the size asks for it). Belongs to one thread.
/// </summary>
/// <remarks>In single precision the quietest bins would be off by up to half a decibel.</remarks>
internal sealed class FourFrameFft
{
    /// <summary>Frames transformed at a time.</summary>
    public const int Frames = 4;

    private readonly int _half;

    /// <summary>Where input n of the complex transform goes: its digits reversed.</summary>
    private readonly int[] _place;

    /// <summary>e^(−2πik / size) for k in 0 … size − 1: cosine, and the negative of the sine.</summary>
    private readonly double[] _cosines;
    private readonly double[] _sines;
    private readonly Vector256<double>[] _real;
    private readonly Vector256<double>[] _imaginary;

    /// <param name="size">A power of two from 8.</param>
    public FourFrameFft(int size)
    {
        if (size < 8 || !int.IsPow2(size)) throw new ArgumentOutOfRangeException(nameof(size), size, "The size must be a power of two from 8.");
        Size = size;
        _half = size / 2;
        (_real, _imaginary) = (new Vector256<double>[_half], new Vector256<double>[_half]);
        (_cosines, _sines) = (new double[size], new double[size]);
        for (var k = 0; k < size; k++)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * k / size);
            (_cosines[k], _sines[k]) = (cosine, -sine);
        }

        _place = new int[_half];
        Reverse(input: 0, stride: 1, first: 0, length: _half);
    }

    public int Size { get; }

    /// <param name="samples">Frame f is <c>samples[f · hop … f · hop + Size)</c>.</param>
    /// <param name="window"><c>[Size]</c>, multiplied to each frame.</param>
    /// <param name="power">Up to <c>[Size / 2 + 1]</c>: |X|² of the lowest bins, frame f in lane f.</param>
    public void Power(ReadOnlySpan<float> samples, int hop, ReadOnlySpan<double> window, Span<Vector256<double>> power)
    {
        Load(samples, hop, window[..Size]);
        var length = int.Log2(_half) % 2 == 0 ? 1 : 2;
        if (length == 2) CombinePairs();
        for (; length < _half; length *= 4) Combine(length);
        Split(power);
    }

    private void Reverse(int input, int stride, int first, int length)
    {
        if (length == 1)
        {
            _place[input] = first;
            return;
        }

        var radix = length == 2 ? 2 : 4;
        for (var part = 0; part < radix; part++) Reverse(input + (part * stride), stride * radix, first + (part * length / radix), length / radix);
    }

    private void Load(ReadOnlySpan<float> samples, int hop, ReadOnlySpan<double> window)
    {
        var first = samples[..Size];
        var second = samples.Slice(hop, Size);
        var third = samples.Slice(2 * hop, Size);
        var fourth = samples.Slice(3 * hop, Size);
        for (int input = 0, even = 0; input < _place.Length; input++, even += 2)
        {
            var (place, odd) = (_place[input], even + 1);
            _real[place] = window[even] * Vector256.Create(first[even], second[even], third[even], (double)fourth[even]);
            _imaginary[place] = window[odd] * Vector256.Create(first[odd], second[odd], third[odd], (double)fourth[odd]);
        }
    }

    private void CombinePairs()
    {
        for (var even = 0; even < _half; even += 2)
        {
            var odd = even + 1;
            (_real[even], _real[odd]) = (_real[even] + _real[odd], _real[even] - _real[odd]);
            (_imaginary[even], _imaginary[odd]) = (_imaginary[even] + _imaginary[odd], _imaginary[even] - _imaginary[odd]);
        }
    }

    /// <summary>Each four transforms of <paramref name="length"/> that stand side by side into one of four times that.</summary>
    private void Combine(int length)
    {
        ref var real = ref MemoryMarshal.GetArrayDataReference(_real);
        ref var imaginary = ref MemoryMarshal.GetArrayDataReference(_imaginary);
        var stride = Size / (4 * length);
        for (var k = 0; k < length; k++)
        {
            var (cosine1, sine1) = (Vector256.Create(_cosines[k * stride]), Vector256.Create(_sines[k * stride]));
            var (cosine2, sine2) = (Vector256.Create(_cosines[2 * k * stride]), Vector256.Create(_sines[2 * k * stride]));
            var (cosine3, sine3) = (Vector256.Create(_cosines[3 * k * stride]), Vector256.Create(_sines[3 * k * stride]));
            for (var at = k; at < _half; at += 4 * length)
            {
                // Within the arrays: at + 3 · length < half, for the blocks of 4 · length fill them.
                ref var real0 = ref Unsafe.Add(ref real, at);
                ref var real1 = ref Unsafe.Add(ref real, at + length);
                ref var real2 = ref Unsafe.Add(ref real, at + (2 * length));
                ref var real3 = ref Unsafe.Add(ref real, at + (3 * length));
                ref var imaginary0 = ref Unsafe.Add(ref imaginary, at);
                ref var imaginary1 = ref Unsafe.Add(ref imaginary, at + length);
                ref var imaginary2 = ref Unsafe.Add(ref imaginary, at + (2 * length));
                ref var imaginary3 = ref Unsafe.Add(ref imaginary, at + (3 * length));
                var (r1, i1) = ((real1 * cosine1) - (imaginary1 * sine1), (real1 * sine1) + (imaginary1 * cosine1));
                var (r2, i2) = ((real2 * cosine2) - (imaginary2 * sine2), (real2 * sine2) + (imaginary2 * cosine2));
                var (r3, i3) = ((real3 * cosine3) - (imaginary3 * sine3), (real3 * sine3) + (imaginary3 * cosine3));
                var (sumReal, sumImaginary) = (real0 + r2, imaginary0 + i2);
                var (differenceReal, differenceImaginary) = (real0 - r2, imaginary0 - i2);
                var (oddReal, oddImaginary) = (r1 + r3, i1 + i3);
                var (turnedReal, turnedImaginary) = (i1 - i3, r3 - r1);
                (real0, imaginary0) = (sumReal + oddReal, sumImaginary + oddImaginary);
                (real1, imaginary1) = (differenceReal + turnedReal, differenceImaginary + turnedImaginary);
                (real2, imaginary2) = (sumReal - oddReal, sumImaginary - oddImaginary);
                (real3, imaginary3) = (differenceReal - turnedReal, differenceImaginary - turnedImaginary);
            }
        }
    }

    /// <summary>The transform of the real samples out of that of the pairs.</summary>
    private void Split(Span<Vector256<double>> power)
    {
        for (var k = 0; k < power.Length; k++)
        {
            var (at, mirror) = (k & (_half - 1), (_half - k) & (_half - 1));
            var (evenReal, evenImaginary) = (0.5 * (_real[at] + _real[mirror]), 0.5 * (_imaginary[at] - _imaginary[mirror]));
            var (oddReal, oddImaginary) = (0.5 * (_imaginary[at] + _imaginary[mirror]), 0.5 * (_real[mirror] - _real[at]));
            var (cosine, sine) = (Vector256.Create(_cosines[k]), Vector256.Create(_sines[k]));
            var real = evenReal + (oddReal * cosine) - (oddImaginary * sine);
            var imaginary = evenImaginary + (oddReal * sine) + (oddImaginary * cosine);
            power[k] = (real * real) + (imaginary * imaginary);
        }
    }
}
