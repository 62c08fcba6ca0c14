namespace AudioReprompt.Statistics;

/// <summary>A range that holds the true value with a stated confidence.</summary>
public sealed record ConfidenceInterval(double Low, double High);

/// <summary>Student's paired t test, two-sided, of the differences after − before.</summary>
/// <param name="Pairs">n, at least 2.</param>
/// <param name="StandardDeviationOfDifferences">Divided by n − 1, as the others.</param>
/// <param name="T">null where <paramref name="Undefined"/> says why.</param>
/// <param name="P">null where <paramref name="Undefined"/> says why; two-sided.</param>
/// <param name="CohensDz">Mean over standard deviation of the differences (Cohen 1988, section 2.3.5); null where <paramref name="Undefined"/> says why.</param>
/// <param name="Interval">Of the mean difference, 95 %.</param>
/// <param name="Undefined">Why there is no t, p and d_z; null where they are.</param>
public sealed record PairedTTest(
    int Pairs,
    double MeanBefore,
    double MeanAfter,
    double StandardDeviationBefore,
    double StandardDeviationAfter,
    double MeanDifference,
    double StandardDeviationOfDifferences,
    double? T,
    double? P,
    double? CohensDz,
    ConfidenceInterval Interval,
    string? Undefined)
{
    /// <summary>1 − the confidence of <see cref="Interval"/>.</summary>
    public const double Alpha = 0.05;

    /// <summary>
    /// Below this part of the largest value, a spread of differences is rounding: 0.2 − 0.1 and 0.3 − 0.2 differ in the last bit,
    /// and t would be 10¹⁵.
    /// </summary>
    private const double RoundingOfDifferences = 1e-12;

    public const string ZeroVariance = "zero variance of the differences";

    public int DegreesOfFreedom => Pairs - 1;

    /// <param name="before">[n].</param>
    /// <param name="after">[n], in the same order.</param>
    /// <exception cref="SampleException">Different lengths, fewer than two pairs, or a NaN or an infinity, whose index is named.</exception>
    public static PairedTTest Of(ReadOnlySpan<double> before, ReadOnlySpan<double> after)
    {
        Samples.DemandPairs(before, after);
        var pairs = before.Length;

        var differences = new double[pairs];
        var largest = double.Epsilon;
        for (var pair = 0; pair < pairs; pair++)
        {
            differences[pair] = after[pair] - before[pair];
            largest = Math.Max(largest, Math.Max(Math.Abs(before[pair]), Math.Abs(after[pair])));
        }

        var (meanBefore, meanAfter, mean) = (Moments.MeanOf(before), Moments.MeanOf(after), Moments.MeanOf(differences));
        var deviation = Moments.StandardDeviationOf(differences, mean);
        var common = new PairedTTest(
            pairs,
            meanBefore,
            meanAfter,
            Moments.StandardDeviationOf(before, meanBefore),
            Moments.StandardDeviationOf(after, meanAfter),
            mean,
            0,
            null,
            null,
            null,
            new ConfidenceInterval(mean, mean),
            ZeroVariance);
        return deviation <= RoundingOfDifferences * largest ? common : common.WithSpread(deviation);
    }

    private PairedTTest WithSpread(double deviation)
    {
        var standardError = deviation / Math.Sqrt(Pairs);
        var half = StudentDistribution.CriticalValue(Alpha, DegreesOfFreedom) * standardError;
        var t = MeanDifference / standardError;
        return this with
        {
            StandardDeviationOfDifferences = deviation,
            T = t,
            P = StudentDistribution.TwoSidedP(t, DegreesOfFreedom),
            CohensDz = MeanDifference / deviation,
            Interval = new ConfidenceInterval(MeanDifference - half, MeanDifference + half),
            Undefined = null,
        };
    }
}
