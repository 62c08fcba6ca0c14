using MathNet.Numerics.LinearAlgebra;

namespace AudioReprompt.Statistics;

/// <summary>
/// The squared Fréchet (2-Wasserstein) distance of two Gaussians (Dowson and Landau 1982, <i>J. Multivar. Anal.</i> 12:450–455),
/// as the Fréchet audio distance (Kilgour et al. 2019) and FID report it: |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^½.
/// </summary>
public static class FrechetDistance
{
    /// <summary>
    /// With FᵢᵀFᵢ = Σᵢ the last trace is the sum of the singular values of F₁F₂ᵀ: no square root of a matrix, nothing complex, and
    /// exact where Σ is singular. For 80 clips the matrix is 80 × 80, whatever the dimensions.
    /// </summary>
    /// <returns>0 or more; of two fits of the same set 0 up to rounding. The order of the two does not matter.</returns>
    /// <exception cref="SampleException">They have different numbers of dimensions.</exception>
    public static double Between(GaussianFit one, GaussianFit two)
    {
        if (one.Dimensions != two.Dimensions)
            throw new SampleException($"A Fréchet distance needs sets of equal dimensions; these have {one.Dimensions} and {two.Dimensions}.");

        var meanTerm = 0.0;
        for (var index = 0; index < one.Dimensions; index++)
        {
            var difference = one.Mean[index] - two.Mean[index];
            meanTerm += difference * difference;
        }

        // Rounding may leave −10⁻¹⁶ of two equal sets.
        return Math.Max(0, meanTerm + one.Trace + two.Trace - (2 * SumOfSingularValues(one, two)));
    }

    private static double SumOfSingularValues(GaussianFit one, GaussianFit two)
    {
        // At least as large as the sum (Cauchy and Schwarz). MathNet takes what is below 10⁻¹⁵ for 0, so the sum is brought to about 1.
        var scale = Math.Sqrt(one.Trace) * Math.Sqrt(two.Trace);
        if (scale == 0) return 0;

        var (larger, smaller) = one.Factor.Length >= two.Factor.Length ? (one, two) : (two, one);
        var rows = larger.Factor.Length / larger.Dimensions;
        var columns = smaller.Factor.Length / smaller.Dimensions;
        var product = new double[rows * columns];
        RowKernels.MultiplyTransposed(larger.Factor, smaller.Factor, product, one.Dimensions);

        // A tall matrix has the singular values of its triangular factor, which is smaller.
        if (rows > columns) (product, rows) = (TriangularFactor.Of(product, columns), columns);

        for (var at = 0; at < product.Length; at++) product[at] /= scale;

        // Row by row or column by column: the transposed matrix has the same singular values.
        return scale * Matrix<double>.Build.Dense(columns, rows, product).Svd(computeVectors: false).S.Sum();
    }
}
