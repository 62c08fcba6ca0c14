namespace AudioReprompt.Statistics;

/// <summary>
/// The triangular factor R of A = QR: RᵀR = AᵀA, found without squaring anything. MathNet's QR builds Q too, as large as A and
/// of no use here.
/// </summary>
internal static class TriangularFactor
{
    /// <summary>Rows that are folded in together: 64 rows of 512 doubles stay in a core's second-level cache.</summary>
    private const int RowsAtOnce = 64;

    /// <param name="matrix">[rows, columns], row by row; is overwritten.</param>
    /// <returns>[columns, columns], row by row, zero below the diagonal.</returns>
    public static double[] Of(Span<double> matrix, int columns)
    {
        var factor = new double[columns * columns];
        var reflector = new double[RowsAtOnce];
        var projection = new double[columns];
        for (var at = 0; at < matrix.Length; at += RowsAtOnce * columns)
            Fold(factor, matrix.Slice(at, Math.Min(RowsAtOnce * columns, matrix.Length - at)), reflector, projection);
        return factor;
    }

    /// <summary>
    /// Householder reflections (Golub and Van Loan, <i>Matrix Computations</i>, 4th ed., section 5.1 and algorithm 5.2.1) that
    /// turn the rows to zero; of the factor each one touches a single row, because the rest of its column is zero already.
    /// </summary>
    private static void Fold(double[] factor, Span<double> rows, double[] reflector, double[] projection)
    {
        var columns = projection.Length;
        var count = rows.Length / columns;
        for (var column = 0; column < columns; column++)
        {
            var below = 0.0;
            for (var row = 0; row < count; row++)
            {
                reflector[row] = rows[(row * columns) + column];
                below += reflector[row] * reflector[row];
            }

            if (below == 0) continue;
            ref var diagonal = ref factor[(column * columns) + column];
            var norm = Math.Sqrt((diagonal * diagonal) + below);

            // Away from the diagonal's sign: the sum then never cancels. v is scaled so that its first element is 1.
            var head = diagonal + (diagonal < 0 ? -norm : norm);
            var tau = 2 / (1 + (below / (head * head)));
            diagonal = diagonal < 0 ? norm : -norm;

            var rest = factor.AsSpan((column * columns) + column + 1, columns - column - 1);
            var along = projection.AsSpan(column + 1);
            rest.CopyTo(along);
            for (var row = 0; row < count; row++)
                RowKernels.AddScaled(along, rows.Slice((row * columns) + column + 1, along.Length), reflector[row] /= head);
            RowKernels.AddScaled(rest, along, -tau);
            for (var row = 0; row < count; row++)
                RowKernels.AddScaled(rows.Slice((row * columns) + column + 1, along.Length), along, -tau * reflector[row]);
        }
    }
}
