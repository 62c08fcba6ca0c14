namespace AudioReprompt.MusicGen.Decoding;

/// <summary>
/// The decoder's position embedding: cosines, then sines, of the position times f_j = exp(−j · ln 10000 / (half − 1)), for any position.
/// Computed in single precision as transformers 4.57 does: at position 1500 a rounding of f_j is visible in the fourth digit.
/// </summary>
internal sealed class SinusoidalPositions
{
    private readonly float[] _frequencies;
    private readonly bool _float16;

    /// <param name="width">Of the decoder; an even number.</param>
    /// <param name="float16">
    /// Whether the values are rounded to float16: the reference casts its table together with the weights, so a checkpoint in float16 was made with,
    /// and answers with, a rounded one. Without it the reference data of musicgen-tiny-stereo differs by 1e-3 in the logits, with it by 2e-5.
    /// </param>
    public SinusoidalPositions(int width, bool float16)
    {
        _float16 = float16;
        var half = width / 2;
        // One frequency would divide by zero; it is 1 whatever the step.
        var step = -(float)(Math.Log(10000) / Math.Max(1, half - 1));
        _frequencies = [.. Enumerable.Range(0, half).Select(j => MathF.Exp(j * step))];
    }

    /// <summary>Some positions in a row.</summary>
    /// <param name="destination"><c>[positions, width]</c>.</param>
    public void Fill(int first, Span<float> destination)
    {
        var half = _frequencies.Length;
        for (var row = 0; row < destination.Length / (2 * half); row++)
        {
            for (var j = 0; j < half; j++)
            {
                var (sine, cosine) = MathF.SinCos((first + row) * _frequencies[j]);
                destination[row * 2 * half + j] = cosine;
                destination[row * 2 * half + half + j] = sine;
            }
        }

        if (!_float16) return;
        foreach (ref var value in destination) value = (float)(Half)value;
    }
}
