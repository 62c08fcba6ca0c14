using System.Buffers.Binary;

namespace AudioReprompt.Audio;

/// <summary>
/// Writes PCM16 RIFF/WAVE: the 44-byte header (<c>RIFF</c>, <c>WAVE</c>, a <c>fmt </c> chunk of 16 bytes, <c>data</c>), then the samples.
/// A sample is <c>clamp(round_half_to_even(x · 32768), −32768, 32767)</c>, read back as <c>code / 32768</c>; every 16-bit code survives
/// write → read → write.
/// </summary>
public static class WavFile
{
    /// <summary>Bytes before the first sample.</summary>
    public const int HeaderBytes = 44;

    private const int BytesPerSample = 2;
    private const float FullScale = 32768f;

    /// <summary>The whole file in memory, in one allocation of its exact size.</summary>
    /// <inheritdoc cref="WritePcm16" path="/param|/exception"/>
    public static byte[] EncodePcm16(ReadOnlySpan<float> samples, int sampleRate, int channels)
    {
        Validate(samples, sampleRate, channels);
        var file = new byte[checked(HeaderBytes + samples.Length * BytesPerSample)];
        WriteHeader(file, samples.Length, sampleRate, channels);
        ToPcm16(samples, file.AsSpan(HeaderBytes));
        return file;
    }

    /// <summary>The header of a file whose samples follow later.</summary>
    /// <param name="frames">Samples of each channel.</param>
    /// <exception cref="OverflowException">The file would be longer than the format allows, 4 GiB.</exception>
    public static byte[] Header(long frames, int sampleRate, int channels)
    {
        var header = new byte[HeaderBytes];
        WriteHeader(header, checked((int)(frames * channels)), sampleRate, channels);
        return header;
    }

    /// <summary>
    /// Writes the whole file to a stream, at its position, through a small buffer. Writes nothing when an argument is refused.
    /// </summary>
    /// <param name="output">Left open, standing behind the last sample.</param>
    /// <param name="samples">Interleaved, <c>[frames · channels]</c>; beyond ±1 they are clipped.</param>
    /// <param name="sampleRate">Hz, from 1.</param>
    /// <param name="channels">1…32767.</param>
    /// <exception cref="ArgumentException">
    /// A sample is not finite (the message gives its index), or the samples are no whole number of frames.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the number of channels cannot stand in a header.</exception>
    public static void WritePcm16(Stream output, ReadOnlySpan<float> samples, int sampleRate, int channels)
    {
        ArgumentNullException.ThrowIfNull(output);
        Validate(samples, sampleRate, channels);
        Span<byte> buffer = stackalloc byte[4096];
        WriteHeader(buffer, samples.Length, sampleRate, channels);
        output.Write(buffer[..HeaderBytes]);
        while (!samples.IsEmpty)
        {
            var part = samples[..Math.Min(samples.Length, buffer.Length / BytesPerSample)];
            ToPcm16(part, buffer);
            output.Write(buffer[..(part.Length * BytesPerSample)]);
            samples = samples[part.Length..];
        }
    }

    private static void Validate(ReadOnlySpan<float> samples, int sampleRate, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, short.MaxValue);
        if (samples.Length % channels != 0)
        {
            throw new ArgumentException($"{samples.Length} samples are no whole number of frames of {channels} channels.", nameof(samples));
        }

        FiniteSamples.Require(samples, nameof(samples));
    }

    private static void WriteHeader(Span<byte> header, int sampleCount, int sampleRate, int channels)
    {
        var dataBytes = (uint)sampleCount * BytesPerSample;
        var blockAlign = channels * BytesPerSample;
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], checked(HeaderBytes - 8 + dataBytes));
        "WAVE"u8.CopyTo(header[8..]);
        "fmt "u8.CopyTo(header[12..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], checked((uint)sampleRate * (uint)blockAlign));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)blockAlign);
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], 8 * BytesPerSample);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], dataBytes);
    }

    private static void ToPcm16(ReadOnlySpan<float> samples, Span<byte> codes)
    {
        for (var index = 0; index < samples.Length; index++)
        {
            // x · 32768 only moves the exponent, so it is exact; a product that overflows to infinity clamps like any other.
            var code = Math.Clamp(MathF.Round(samples[index] * FullScale, MidpointRounding.ToEven), short.MinValue, short.MaxValue);
            BinaryPrimitives.WriteInt16LittleEndian(codes[(index * BytesPerSample)..], (short)code);
        }
    }
}
