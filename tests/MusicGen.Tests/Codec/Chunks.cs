using AudioReprompt.MusicGen.Codec;

namespace AudioReprompt.MusicGen.Tests.Codec;

/// <summary>Decodes a channel piece by piece.</summary>
internal static class Chunks
{
    /// <param name="sizes">Frames of the chunks, over and over; 0 is an empty one.</param>
    public static float[] Decode(ICodec codec, int[][] codes, int[] sizes)
    {
        using var stream = codec.OpenStream();
        var samples = new List<float>();
        var (frame, turn) = (0, 0);
        while (frame < codes[0].Length)
        {
            var end = Math.Min(codes[0].Length, frame + sizes[turn++ % sizes.Length]);
            samples.AddRange(stream.Push(Slice(codes, frame, end), end == codes[0].Length));
            frame = end;
        }

        return [.. samples];
    }

    public static int[][] Slice(int[][] codes, int from, int to) => [.. codes.Select(row => row[from..to])];
}
