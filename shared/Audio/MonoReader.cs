namespace AudioReprompt.Audio;

/// <summary>The mean of another reader's channels.</summary>
/// <param name="source">Disposed with this reader.</param>
public sealed class MonoReader(IAudioReader source) : IAudioReader
{
    private const int BlockFrames = 4_096;

    private readonly float[] _interleaved = new float[source.Channels == 1 ? 0 : BlockFrames * source.Channels];

    public int SampleRate => source.SampleRate;

    public int Channels => 1;

    public int Read(Span<float> samples)
    {
        if (source.Channels == 1) return source.Read(samples);
        var written = 0;
        while (written < samples.Length)
        {
            var frames = source.Read(_interleaved.AsSpan(0, Math.Min(BlockFrames, samples.Length - written) * source.Channels));
            if (frames == 0) break;
            Mix(_interleaved.AsSpan(0, frames * source.Channels), source.Channels, samples.Slice(written, frames));
            written += frames;
        }

        return written;
    }

    public void Dispose() => source.Dispose();

    /// <param name="samples">Interleaved, <c>[frames · channels]</c>.</param>
    /// <param name="mono"><c>[frames]</c>.</param>
    public static void Mix(ReadOnlySpan<float> samples, int channels, Span<float> mono)
    {
        for (var frame = 0; frame < mono.Length; frame++)
        {
            var sum = 0f;
            foreach (var sample in samples.Slice(frame * channels, channels)) sum += sample;
            mono[frame] = sum / channels;
        }
    }
}
