namespace AudioReprompt.Statistics;

/// <summary>What a box plot shows of a sample (Tukey 1977, <i>Exploratory Data Analysis</i>, chapter 2).</summary>
/// <param name="LowWhisker">The smallest value that is at most 1.5 times the interquartile range below the box.</param>
/// <param name="HighWhisker">The largest value that is at most 1.5 times the interquartile range above it.</param>
/// <param name="Outliers">Beyond the whiskers, ascending.</param>
public sealed record BoxSummary(
    double LowWhisker, double LowerQuartile, double Median, double UpperQuartile, double HighWhisker, double Mean, IReadOnlyList<double> Outliers)
{
    private const double WhiskerReach = 1.5;

    /// <exception cref="SampleException">No value, or one that is NaN or infinite; its index is named.</exception>
    public static BoxSummary Of(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty) throw new SampleException("A box plot needs at least one value; there are none.");
        Samples.DemandFinite(values, "values");

        var sorted = values.ToArray();
        Array.Sort(sorted);
        var (lower, upper) = (Quantile(sorted, 0.25), Quantile(sorted, 0.75));
        var reach = WhiskerReach * (upper - lower);

        // A quartile may lie between two values; its whisker then ends at the box, never inside.
        var low = Math.Min(lower, sorted.First(value => value >= lower - reach));
        var high = Math.Max(upper, sorted.Last(value => value <= upper + reach));
        return new BoxSummary(
            low, lower, Quantile(sorted, 0.5), upper, high, Moments.MeanOf(sorted), [.. sorted.Where(value => value < lower - reach || value > upper + reach)]);
    }

    /// <summary>Linear between the order statistics: type 7 of Hyndman and Fan 1996, the default of R and NumPy.</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    /// <param name="part">0 to 1.</param>
    internal static double Quantile(ReadOnlySpan<double> sorted, double part)
    {
        var place = part * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + ((place - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
