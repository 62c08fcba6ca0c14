namespace AudioReprompt.Audio.Features;

/// <summary>Power spectrum of real samples by a radix-2 transform of Cooley and Tukey; tables are made once for a size. Belongs to one thread.</summary>
internal sealed class RealFft
{
    private readonly int _half;
    private readonly int[] _reversed;
    private readonly float[] _cosines;
    private readonly float[] _sines;
    private readonly float[] _real;
    private readonly float[] _imaginary;

    /// <param name="size">A power of two from 8.</param>
    public RealFft(int size)
    {
        if (size < 8 || !int.IsPow2(size)) throw new ArgumentOutOfRangeException(nameof(size), size, "The size must be a power of two from 8.");
        Size = size;
        _half = size / 2;
        (_real, _imaginary) = (new float[_half], new float[_half]);
        (_cosines, _sines) = (new float[_half], new float[_half]);
        for (var k = 0; k < _half; k++)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * k / size);
            (_cosines[k], _sines[k]) = ((float)cosine, (float)sine);
        }

        _reversed = new int[_half];
        for (var index = 1; index < _half; index++) _reversed[index] = (_reversed[index >> 1] >> 1) | ((index & 1) * (_half >> 1));
    }

    public int Size { get; }

    /// <param name="samples"><c>[size]</c>.</param>
    /// <param name="power"><c>[size / 2 + 1]</c>: |X|² of each bin from 0 Hz to half the sample rate.</param>
    public void Power(ReadOnlySpan<float> samples, Span<float> power)
    {
        // Even samples as real, odd ones as imaginary parts: one complex transform of half the size.
        for (var index = 0; index < _half; index++)
        {
            var to = _reversed[index];
            _real[to] = samples[2 * index];
            _imaginary[to] = samples[(2 * index) + 1];
        }

        Transform();
        Split(power);
    }

    private void Transform()
    {
        for (var length = 2; length <= _half; length *= 2)
        {
            var stride = Size / length;
            for (var start = 0; start < _half; start += length)
            {
                for (int k = 0, twiddle = 0; k < length / 2; k++, twiddle += stride)
                {
                    var (even, odd) = (start + k, start + k + (length / 2));
                    var (cosine, sine) = (_cosines[twiddle], _sines[twiddle]);
                    var real = (_real[odd] * cosine) + (_imaginary[odd] * sine);
                    var imaginary = (_imaginary[odd] * cosine) - (_real[odd] * sine);
                    (_real[odd], _imaginary[odd]) = (_real[even] - real, _imaginary[even] - imaginary);
                    (_real[even], _imaginary[even]) = (_real[even] + real, _imaginary[even] + imaginary);
                }
            }
        }
    }

    /// <summary>The transform of the real samples out of that of the pairs.</summary>
    private void Split(Span<float> power)
    {
        power[0] = Square(_real[0] + _imaginary[0]);
        power[_half] = Square(_real[0] - _imaginary[0]);
        for (var k = 1; k < _half; k++)
        {
            var mirror = _half - k;
            var (evenReal, evenImaginary) = (0.5f * (_real[k] + _real[mirror]), 0.5f * (_imaginary[k] - _imaginary[mirror]));
            var (oddReal, oddImaginary) = (0.5f * (_imaginary[k] + _imaginary[mirror]), -0.5f * (_real[k] - _real[mirror]));
            var real = evenReal + (oddReal * _cosines[k]) + (oddImaginary * _sines[k]);
            var imaginary = evenImaginary + (oddImaginary * _cosines[k]) - (oddReal * _sines[k]);
            power[k] = Square(real) + Square(imaginary);
        }
    }

    private static float Square(float value) => value * value;
}
