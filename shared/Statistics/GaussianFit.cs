using System.Globalization;

namespace AudioReprompt.Statistics;

/// <summary>
/// A Gaussian fitted to a set of embeddings, in the form in which distances are taken: mean, trace of the covariance Σ and a
/// factor F with FᵀF = Σ. Σ itself (divided by n − 1) is never built: with fewer rows than dimensions it is singular, and its
/// square root would turn rounding of 10⁻¹⁸ into errors of 10⁻⁹ in each of hundreds of dimensions. Fit a reference once and keep it.
/// </summary>
public sealed class GaussianFit
{
    private readonly double[] _mean;

    /// <summary>[min(rows, dimensions), dimensions].</summary>
    private readonly double[] _factor;

    private GaussianFit(int rows, double[] mean, double[] factor)
    {
        Rows = rows;
        _mean = mean;
        _factor = factor;
        Trace = RowKernels.SquareSum(factor);
    }

    /// <summary>Embeddings that were fitted. A distance of small sets is biased upwards: say this number with it, and compare sets of one size.</summary>
    public int Rows { get; }

    public int Dimensions => _mean.Length;

    /// <summary>tr Σ: the total variance.</summary>
    public double Trace { get; }

    internal ReadOnlySpan<double> Mean => _mean;

    internal ReadOnlySpan<double> Factor => _factor;

    /// <param name="embeddings">One row for each clip, all of one length.</param>
    /// <exception cref="SampleException">Fewer than two rows, no columns, rows of different lengths, or a NaN or an infinity, whose place is named.</exception>
    public static GaussianFit Of(IReadOnlyList<float[]> embeddings)
    {
        if (embeddings.Count < Samples.FewestPairs)
            throw new SampleException($"A covariance needs at least two embeddings; there {(embeddings.Count == 1 ? "is one" : "are none")}.");
        var columns = embeddings[0].Length;
        if (columns == 0) throw new SampleException("Embeddings need at least one dimension; these have none.");

        var rows = new double[embeddings.Count * columns];
        var mean = new double[columns];
        for (var row = 0; row < embeddings.Count; row++)
        {
            var embedding = embeddings[row];
            if (embedding.Length != columns)
                throw new SampleException($"embeddings[{row}] has {embedding.Length} dimensions, embeddings[0] has {columns}.");
            Samples.DemandFinite(embedding, string.Create(CultureInfo.InvariantCulture, $"embeddings[{row}]"));
            for (var column = 0; column < columns; column++)
            {
                rows[(row * columns) + column] = embedding[column];
                mean[column] += embedding[column];
            }
        }

        for (var column = 0; column < columns; column++) mean[column] /= embeddings.Count;
        var scale = 1 / Math.Sqrt(embeddings.Count - 1);
        for (var at = 0; at < rows.Length; at++) rows[at] = (rows[at] - mean[at % columns]) * scale;

        // The centred rows are a factor already; of more rows than dimensions the triangular one is the smallest.
        return new GaussianFit(embeddings.Count, mean, embeddings.Count > columns ? TriangularFactor.Of(rows, columns) : rows);
    }
}
