using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AudioReprompt.Audio.Resampling;

/// <summary>
/// Another reader at another sample rate: band-limited, without delay, of unchanged level, any two rates from 1,000 Hz to 768,000 Hz.
/// Output frame n stands where input n · in / out stands; before and after the recording there is silence. What comes out does not depend
/// on how it is asked for. Ten seconds of stereo from 32 to 48 kHz take some milliseconds.
/// </summary>
/// <remarks>
/// The reference for the quality is the signal's own formula (fixtures/audio): more than 100 dB for what lies below nine tenths of the
/// lower Nyquist frequency. A sample that is not finite is refused, because the filter would spread it over its neighbours.
/// </remarks>
public sealed class ResamplingReader : IAudioReader
{
    public const int LowestRate = 1_000;
    public const int HighestRate = 768_000;

    private const int BlockFrames = 4_096;

    private readonly IAudioReader _source;
    private readonly int _up;
    private readonly int _down;
    private readonly KaiserSinc? _filter;

    /// <summary>Per channel the input around the next output, <c>[channels][capacity]</c>: under the taps, a block, the silence at the end.</summary>
    private readonly float[][] _inputs = [];
    private readonly float[] _interleaved = [];
    private readonly float[] _phase = [];

    /// <summary>The input frame that stands first in <see cref="_inputs"/>; before frame 0 there is silence.</summary>
    private long _first;
    private int _held;
    private long _readFrames;
    private bool _ended;
    private long _nextOutput;

    /// <param name="source">Disposed with this reader.</param>
    /// <param name="sampleRate">Hz wanted.</param>
    /// <exception cref="InvalidDataException">One of the rates is out of range.</exception>
    public ResamplingReader(IAudioReader source, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(source);
        (_source, SampleRate) = (source, sampleRate);
        var divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(source.SampleRate, sampleRate);
        (_up, _down) = (sampleRate / divisor, source.SampleRate / divisor);
        if (_up == _down) return;
        Require(source.SampleRate);
        Require(sampleRate);
        _filter = new KaiserSinc(_up, _down);
        _phase = new float[_filter.Taps];
        _interleaved = new float[BlockFrames * Channels];
        _inputs = new float[Channels][];
        for (var channel = 0; channel < Channels; channel++) _inputs[channel] = new float[BlockFrames + (2 * _filter.Taps)];
        // The silence before the recording.
        _first = -_filter.Reach;
        _held = _filter.Reach;
    }

    public int SampleRate { get; }

    public int Channels => _source.Channels;

    /// <summary>How many frames come out: frames · out / in, rounded, halves up.</summary>
    public static long FramesOut(long frames, int rateIn, int rateOut) => checked((long)(((Int128)frames * 2 * rateOut + rateIn) / (2 * (Int128)rateIn)));

    /// <summary>A whole recording at once.</summary>
    /// <param name="samples">Interleaved, <c>[frames · channels]</c>, finite.</param>
    /// <returns>Interleaved, <c>[FramesOut(frames) · channels]</c>.</returns>
    /// <exception cref="ArgumentException">A sample is not finite, or the samples are no whole number of frames.</exception>
    /// <exception cref="InvalidDataException">One of the rates is out of range.</exception>
    public static float[] Resample(ReadOnlyMemory<float> samples, int channels, int rateIn, int rateOut)
    {
        FiniteSamples.Require(samples.Span, nameof(samples));
        using var reader = new ResamplingReader(new MemoryReader(samples, channels, rateIn), rateOut);
        var output = new float[checked(FramesOut(samples.Length / channels, rateIn, rateOut) * channels)];
        if (output.Length > 0) reader.Read(output);
        return output;
    }

    public int Read(Span<float> samples)
    {
        if (_filter is null) return _source.Read(samples);
        if (samples.Length < Channels) throw new ArgumentException($"No room for a frame of {Channels} channels.", nameof(samples));
        var wanted = samples.Length / Channels;
        var written = 0;
        while (written < wanted)
        {
            var frames = (int)Math.Min(wanted - written, Ready(_filter));
            if (frames > 0)
            {
                for (var channel = 0; channel < Channels; channel++)
                    Filter(_filter, _inputs[channel], samples[((written * Channels) + channel)..], frames);
                written += frames;
                _nextOutput += frames;
            }
            else if (_ended)
            {
                break;
            }
            else
            {
                Fill(_filter);
            }
        }

        return written;
    }

    public void Dispose() => _source.Dispose();

    private static void Require(int sampleRate)
    {
        if (sampleRate is < LowestRate or > HighestRate)
            throw new InvalidDataException($"A sample rate of {sampleRate} Hz cannot be converted, only {LowestRate} to {HighestRate} Hz.");
    }

    /// <summary>Outputs that the held input suffices for.</summary>
    private long Ready(KaiserSinc filter)
    {
        if (_ended) return FramesOut(_readFrames, _source.SampleRate, SampleRate) - _nextOutput;
        // The last tap of output n is input floor(n · down / up) + Taps / 2.
        var lastCentre = _first + _held - 1 - (filter.Taps / 2);
        return lastCentre < 0 ? 0 : ((((lastCentre + 1) * _up) - 1) / _down) + 1 - _nextOutput;
    }

    /// <summary>Drops what no output needs any more and reads a block behind the rest; silence behind the recording's end.</summary>
    private void Fill(KaiserSinc filter)
    {
        var needed = (_nextOutput * _down / _up) - filter.Reach;
        var dropped = (int)Math.Min(needed - _first, _held);
        foreach (var input in _inputs) input.AsSpan(dropped, _held - dropped).CopyTo(input);
        (_first, _held) = (_first + dropped, _held - dropped);
        var frames = _source.Read(_interleaved.AsSpan(0, Math.Min(BlockFrames, _inputs[0].Length - _held) * Channels));
        FiniteSamples.RequireRead(_interleaved.AsSpan(0, frames * Channels), _readFrames * Channels);
        for (var channel = 0; channel < Channels; channel++)
        {
            var input = _inputs[channel].AsSpan(_held);
            for (var frame = 0; frame < frames; frame++) input[frame] = _interleaved[(frame * Channels) + channel];
            if (frames == 0) input.Clear();
        }

        _readFrames += frames;
        _held += frames;
        _ended = frames == 0;
    }

    /// <param name="output">From the channel's first sample; one in <see cref="Channels"/> is written.</param>
    private void Filter(KaiserSinc filter, float[] input, Span<float> output, int frames)
    {
        var centre = _nextOutput * _down / _up;
        var place = (int)((_nextOutput * _down) - (centre * _up));
        var start = (int)(centre - filter.Reach - _first);
        var (step, rest) = (_down / _up, _down % _up);
        for (var frame = 0; frame < frames; frame++)
        {
            output[frame * Channels] = Dot(filter.Phase(place, _phase), input.AsSpan(start, filter.Taps));
            start += step;
            place += rest;
            if (place < _up) continue;
            place -= _up;
            start++;
        }
    }

    /// <summary>Four sums side by side, so that one addition need not wait for the last. Lengths are a multiple of eight.</summary>
    private static float Dot(ReadOnlySpan<float> taps, ReadOnlySpan<float> input)
    {
        ref var tap = ref MemoryMarshal.GetReference(taps);
        ref var sample = ref MemoryMarshal.GetReference(input[..taps.Length]);
        var (a, b, c, d) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var offset = 0u;
        var length = (uint)taps.Length;
        for (; offset + 32 <= length; offset += 32)
        {
            a = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref tap, offset), Vector256.LoadUnsafe(ref sample, offset), a);
            b = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref tap, offset + 8), Vector256.LoadUnsafe(ref sample, offset + 8), b);
            c = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref tap, offset + 16), Vector256.LoadUnsafe(ref sample, offset + 16), c);
            d = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref tap, offset + 24), Vector256.LoadUnsafe(ref sample, offset + 24), d);
        }

        for (; offset < length; offset += 8) a = Vector256.MultiplyAddEstimate(Vector256.LoadUnsafe(ref tap, offset), Vector256.LoadUnsafe(ref sample, offset), a);
        return Vector256.Sum(a + b + (c + d));
    }
}
