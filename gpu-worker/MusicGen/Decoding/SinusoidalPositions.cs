namespace AudioReprompt.MusicGen.Decoding;

/// <summary>
/// MusicGen's position embedding: for half of the width w the cosines of t·exp(−j·ln(10000) / (w/2 − 1)), then the sines. Computed in single
/// precision, operation by operation as the reference does: at position 1,500 the angles differ in the fourth decimal otherwise.
/// </summary>
internal static class SinusoidalPositions
{
    public static void Write(int position, Span<float> embedding)
    {
        var half = embedding.Length / 2;
        var step = (float)(Math.Log(10_000) / (half - 1));
        for (var j = 0; j < half; j++)
        {
            var angle = position * MathF.Exp(j * -step);
            embedding[j] = MathF.Cos(angle);
            embedding[half + j] = MathF.Sin(angle);
        }

        if (embedding.Length % 2 == 1) embedding[^1] = 0;
    }
}
