namespace AudioReprompt.MusicGen.Codec;

/// <summary>Decodes a whole channel through a stream, so that a long one takes no more memory than a short one.</summary>
internal static class CodecWindows
{
    /// <param name="codes"><c>[codebooks][frames]</c>, checked.</param>
    /// <param name="windowFrames">Frames at a time.</param>
    public static float[] Decode(ICodec codec, int[][] codes, int windowFrames)
    {
        var frames = codes[0].Length;
        var samples = new float[checked(frames * codec.Config.HopLength)];
        using var stream = codec.OpenStream();
        var written = 0;
        for (var frame = 0; frame < frames; frame += windowFrames)
        {
            var end = Math.Min(frames, frame + windowFrames);
            var chunk = stream.Push([.. codes.Select(row => row[frame..end])], end == frames);
            chunk.CopyTo(samples, written);
            written += chunk.Length;
        }

        return samples;
    }
}
