using System.Numerics.Tensors;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>Residual vector quantisation: each codebook's nearest entry to what the ones before left over (Défossez et al. 2022, §3.2).</summary>
/// <param name="codebooks">Each <c>[entries · width]</c>.</param>
internal sealed class ResidualQuantizer(IReadOnlyList<float[]> codebooks, int width)
{
    private readonly float[][] _lengths = [.. codebooks.Select(book =>
        Enumerable.Range(0, book.Length / width).Select(entry => TensorPrimitives.SumOfSquares<float>(book.AsSpan(entry * width, width))).ToArray())];

    /// <param name="embeddings"><c>[frames][width]</c>; left as the last remainder.</param>
    /// <returns><c>[codebooks][frames]</c>.</returns>
    public int[][] Quantize(float[][] embeddings)
    {
        var codes = codebooks.Select(_ => new int[embeddings.Length]).ToArray();
        for (var frame = 0; frame < embeddings.Length; frame++)
        {
            var rest = embeddings[frame];
            for (var book = 0; book < codes.Length; book++)
            {
                var entry = Nearest(book, rest);
                codes[book][frame] = entry;
                TensorPrimitives.Subtract(rest, codebooks[book].AsSpan(entry * width, width), rest);
            }
        }

        return codes;
    }

    /// <summary>The entry e that makes <c>‖e‖² − 2 x·e</c> smallest, the first of equals.</summary>
    private int Nearest(int book, float[] rest)
    {
        var (nearest, least) = (0, float.PositiveInfinity);
        for (var entry = 0; entry < _lengths[book].Length; entry++)
        {
            var distance = _lengths[book][entry] - 2 * TensorPrimitives.Dot<float>(rest, codebooks[book].AsSpan(entry * width, width));
            if (distance < least) (nearest, least) = (entry, distance);
        }

        return nearest;
    }
}
