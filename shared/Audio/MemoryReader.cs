namespace AudioReprompt.Audio;

/// <summary>Samples that are in memory already, read as a file is.</summary>
public sealed class MemoryReader : IAudioReader
{
    private readonly ReadOnlyMemory<float> _samples;
    private int _position;

    /// <param name="samples">Interleaved, <c>[frames · channels]</c>.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <exception cref="ArgumentException">The samples are no whole number of frames.</exception>
    public MemoryReader(ReadOnlyMemory<float> samples, int channels, int sampleRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        if (samples.Length % channels != 0)
            throw new ArgumentException($"{samples.Length} samples are no whole number of frames of {channels} channels.", nameof(samples));
        (_samples, Channels, SampleRate) = (samples, channels, sampleRate);
    }

    public int SampleRate { get; }

    public int Channels { get; }

    public int Read(Span<float> samples)
    {
        if (samples.Length < Channels) throw new ArgumentException($"No room for a frame of {Channels} channels.", nameof(samples));
        var count = Math.Min(samples.Length / Channels * Channels, _samples.Length - _position);
        _samples.Span.Slice(_position, count).CopyTo(samples);
        _position += count;
        return count / Channels;
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
