using System.Buffers.Binary;

namespace AudioReprompt.Audio;

/// <summary>How a WAVE file writes one sample; little endian.</summary>
public enum SampleEncoding
{
    /// <summary>Unsigned around 128.</summary>
    Pcm8,
    Pcm16,
    Pcm24,
    Pcm32,
    IeeeFloat32,
    IeeeFloat64,
}

internal static class SampleEncodings
{
    public static int Bytes(this SampleEncoding encoding) => encoding switch
    {
        SampleEncoding.Pcm8 => 1,
        SampleEncoding.Pcm16 => 2,
        SampleEncoding.Pcm24 => 3,
        SampleEncoding.Pcm32 or SampleEncoding.IeeeFloat32 => 4,
        SampleEncoding.IeeeFloat64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(encoding), encoding, null),
    };

    /// <summary>
    /// Full scale becomes ±1: an integer of n bits is divided by 2^(n−1). Floating point keeps its value, also beyond ±1; a double beyond
    /// the range of a float becomes infinite.
    /// </summary>
    /// <param name="codes"><c>[samples · bytes of one]</c>.</param>
    public static void Decode(this SampleEncoding encoding, ReadOnlySpan<byte> codes, Span<float> samples)
    {
        var bytes = encoding.Bytes();
        if (codes.Length != samples.Length * bytes) throw new ArgumentException($"{codes.Length} bytes are not {samples.Length} samples.", nameof(codes));
        switch (encoding)
        {
            case SampleEncoding.Pcm8:
                for (var index = 0; index < samples.Length; index++) samples[index] = (codes[index] - 128) / 128f;
                break;
            case SampleEncoding.Pcm16:
                for (var index = 0; index < samples.Length; index++) samples[index] = BinaryPrimitives.ReadInt16LittleEndian(codes[(2 * index)..]) / 32768f;
                break;
            case SampleEncoding.Pcm24:
                for (var index = 0; index < samples.Length; index++)
                {
                    var code = codes.Slice(3 * index, 3);
                    samples[index] = (((sbyte)code[2] << 16) | (code[1] << 8) | code[0]) / 8388608f;
                }

                break;
            case SampleEncoding.Pcm32:
                for (var index = 0; index < samples.Length; index++) samples[index] = BinaryPrimitives.ReadInt32LittleEndian(codes[(4 * index)..]) / 2147483648f;
                break;
            case SampleEncoding.IeeeFloat32:
                for (var index = 0; index < samples.Length; index++) samples[index] = BinaryPrimitives.ReadSingleLittleEndian(codes[(4 * index)..]);
                break;
            case SampleEncoding.IeeeFloat64:
                for (var index = 0; index < samples.Length; index++) samples[index] = (float)BinaryPrimitives.ReadDoubleLittleEndian(codes[(8 * index)..]);
                break;
        }
    }
}
