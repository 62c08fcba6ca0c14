namespace AudioReprompt.MusicGen.Codec;

/// <summary>A song's codes as they become audible: one stream of the codec for each channel, interleaved and cut to the wanted length.</summary>
/// <param name="frames">Of the whole song.</param>
/// <param name="samples">Of each channel, at most what the frames give.</param>
internal sealed class SongSound(ICodec codec, int channels, int frames, int samples) : IDisposable
{
    private readonly ICodecStream[] _streams = [.. Enumerable.Range(0, channels).Select(_ => codec.OpenStream())];
    private int _written;

    /// <summary>Frames taken so far.</summary>
    public int Frames { get; private set; }

    /// <summary>Takes further frames.</summary>
    /// <param name="codes">All codes, <c>[codebooks][frames]</c>; in stereo the channels alternate.</param>
    /// <param name="complete">Frames that are complete; more than before.</param>
    /// <returns>Interleaved samples that no later frame can change; may be empty.</returns>
    public float[] Decode(int[][] codes, int complete)
    {
        var last = complete == frames;
        var parts = new float[channels][];
        for (var channel = 0; channel < channels; channel++)
        {
            int[][] own = [.. codes.Where((_, book) => book % channels == channel).Select(book => book[Frames..complete])];
            parts[channel] = _streams[channel].Push(own, last);
        }

        Frames = complete;
        var count = Math.Min(parts[0].Length, samples - _written);
        _written += count;
        if (channels == 1) return count == parts[0].Length ? parts[0] : parts[0][..count];
        var interleaved = new float[count * channels];
        for (var channel = 0; channel < channels; channel++)
        {
            for (var i = 0; i < count; i++) interleaved[i * channels + channel] = parts[channel][i];
        }

        return interleaved;
    }

    public void Dispose()
    {
        foreach (var stream in _streams) stream.Dispose();
    }
}
