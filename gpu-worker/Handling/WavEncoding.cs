using System.Buffers.Binary;
using AudioReprompt.Music;

namespace AudioReprompt.Worker.Handling;

/// <summary>Writes a WAV file in memory.</summary>
internal static class WavEncoding
{
    private const int HeaderBytes = 44;
    private const int BytesPerSample = 2;

    /// <summary>PCM16 behind the plain 44-byte header; samples beyond ±1 are clipped, halves are rounded to even.</summary>
    /// <exception cref="ArgumentException">A sample is not finite.</exception>
    public static byte[] Pcm16(GeneratedAudio audio)
    {
        var dataBytes = checked(audio.Samples.Length * BytesPerSample);
        var file = new byte[HeaderBytes + dataBytes];
        "RIFF"u8.CopyTo(file);
        WriteInt32(4, file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        WriteInt32(16, 16);
        WriteInt16(20, 1);
        WriteInt16(22, audio.Channels);
        WriteInt32(24, audio.SampleRate);
        WriteInt32(28, audio.SampleRate * audio.Channels * BytesPerSample);
        WriteInt16(32, audio.Channels * BytesPerSample);
        WriteInt16(34, 8 * BytesPerSample);
        "data"u8.CopyTo(file.AsSpan(36));
        WriteInt32(40, dataBytes);
        for (var index = 0; index < audio.Samples.Length; index++)
        {
            var sample = audio.Samples[index];
            if (!float.IsFinite(sample)) throw new ArgumentException($"Sample {index} is not finite.", nameof(audio));
            WriteInt16(HeaderBytes + index * BytesPerSample, (int)Math.Clamp(MathF.Round(sample * 32768f), short.MinValue, short.MaxValue));
        }

        return file;

        void WriteInt32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        void WriteInt16(int at, int value) => BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(at), (short)value);
    }
}
