namespace AudioReprompt.Audio;

/// <summary>
/// Samples as they come, a block at a time, so that hours of music need no more memory than seconds. Files, resampling and the mix to one
/// channel are each one of these around another. Belongs to one thread; whoever wraps a reader disposes it.
/// </summary>
public interface IAudioReader : IDisposable
{
    /// <summary>Hz.</summary>
    int SampleRate { get; }

    /// <summary>From 1.</summary>
    int Channels { get; }

    /// <summary>Fills the front of a buffer with the next frames; full scale is ±1, and every sample is finite.</summary>
    /// <param name="samples">Interleaved, <c>[frames · channels]</c>, room for a frame at least. A part of a frame at its end stays as it is.</param>
    /// <returns>How many frames; fewer than there is room for at the end alone, then 0.</returns>
    /// <exception cref="InvalidDataException">What is read turns out to be malformed; the message names what is wrong.</exception>
    int Read(Span<float> samples);
}

public static class AudioReaderExtensions
{
    private const int BlockFrames = 16_384;

    /// <summary>All that is left, in memory.</summary>
    /// <param name="maxFrames">More is refused, so that a long recording cannot take the machine's memory.</param>
    /// <returns>Interleaved, <c>[frames · channels]</c>.</returns>
    /// <exception cref="InvalidDataException">Malformed, or longer than allowed.</exception>
    public static float[] ReadToEnd(this IAudioReader reader, long maxFrames)
    {
        ArgumentNullException.ThrowIfNull(reader);
        // Grows by what has come, never by what was declared.
        var samples = new float[BlockFrames * reader.Channels];
        var count = 0;
        while (true)
        {
            if (samples.Length - count < reader.Channels) Array.Resize(ref samples, checked((int)Math.Min(2L * samples.Length, Array.MaxLength)));
            var frames = reader.Read(samples.AsSpan(count));
            if (frames == 0) break;
            count += frames * reader.Channels;
            if (count / reader.Channels > maxFrames)
                throw new InvalidDataException($"The recording is longer than {(double)maxFrames / reader.SampleRate:0.###} s.");
        }

        return samples.AsSpan(0, count).ToArray();
    }
}
