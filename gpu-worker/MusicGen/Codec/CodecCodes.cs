namespace AudioReprompt.MusicGen.Codec;

/// <summary>What a codec is given.</summary>
internal static class CodecCodes
{
    /// <summary>Checks codes before anything is looked up by them.</summary>
    /// <param name="codes"><c>[codebooks][frames]</c>.</param>
    /// <param name="codebooks">How many the codec has; fewer may be given.</param>
    /// <returns>Frames.</returns>
    /// <exception cref="ArgumentException">There are none or too many codebooks, rows of different length, or a code out of range.</exception>
    public static int Check(int[][] codes, int codebooks, int codebookSize)
    {
        if (codes.Length < 1 || codes.Length > codebooks)
        {
            throw new ArgumentException($"There are codes of {codes.Length} codebooks; the codec has {codebooks}.", nameof(codes));
        }

        foreach (var row in codes)
        {
            if (row.Length != codes[0].Length) throw new ArgumentException($"One codebook has {row.Length} frames, another {codes[0].Length}.", nameof(codes));
            foreach (var code in row)
            {
                if ((uint)code >= (uint)codebookSize) throw new ArgumentException($"The code {code} is not from 0 to {codebookSize - 1}.", nameof(codes));
            }
        }

        return codes[0].Length;
    }
}
