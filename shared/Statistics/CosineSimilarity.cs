namespace AudioReprompt.Statistics;

/// <summary>The cosine of the angle between two embeddings.</summary>
public static class CosineSimilarity
{
    /// <summary>Summed in double: the squares of floats below 10⁻¹⁹ or above 10¹⁹ leave float's range.</summary>
    /// <returns>−1 to 1.</returns>
    /// <exception cref="SampleException">Different lengths, a zero vector, or a NaN or an infinity, whose index is named.</exception>
    public static double Between(ReadOnlySpan<float> one, ReadOnlySpan<float> two)
    {
        if (one.Length != two.Length) throw new SampleException($"A cosine needs two vectors of one length; they have {one.Length} and {two.Length}.");
        Samples.DemandFinite(one, "one");
        Samples.DemandFinite(two, "two");

        var (product, squareOne, squareTwo) = (0.0, 0.0, 0.0);
        for (var index = 0; index < one.Length; index++)
        {
            double x = one[index], y = two[index];
            product += x * y;
            squareOne += x * x;
            squareTwo += y * y;
        }

        if (squareOne == 0 || squareTwo == 0)
            throw new SampleException($"{(squareOne == 0 ? "one" : "two")} is a zero vector, which has no direction.");

        // Two roots: the product of two sums of squares may leave double's range.
        return Math.Clamp(product / (Math.Sqrt(squareOne) * Math.Sqrt(squareTwo)), -1, 1);
    }
}
