namespace AudioReprompt.Statistics;

/// <summary>Mean and standard deviation of a sample.</summary>
/// <param name="Mean">null of an empty sample.</param>
/// <param name="StandardDeviation">The variance divided by n − 1; null of fewer than two values.</param>
public sealed record Moments(int Count, double? Mean, double? StandardDeviation)
{
    /// <exception cref="SampleException">A value is NaN or infinite; its index is named.</exception>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        Samples.DemandFinite(values, "values");
        return values.Length switch
        {
            0 => new Moments(0, null, null),
            1 => new Moments(1, values[0], null),
            _ => new Moments(values.Length, MeanOf(values), StandardDeviationOf(values, MeanOf(values))),
        };
    }

    internal static double MeanOf(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / values.Length;
    }

    /// <summary>In a second pass: Σx² − n·mean² would lose every digit where the mean is much larger than the spread.</summary>
    internal static double StandardDeviationOf(ReadOnlySpan<double> values, double mean)
    {
        var sum = 0.0;
        foreach (var value in values) sum += (value - mean) * (value - mean);
        return Math.Sqrt(sum / (values.Length - 1));
    }
}
