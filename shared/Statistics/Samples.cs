using System.Globalization;

namespace AudioReprompt.Statistics;

/// <summary>What every statistic here demands of its numbers.</summary>
internal static class Samples
{
    /// <summary>One difference has no spread to be measured against.</summary>
    public const int FewestPairs = 2;

    /// <exception cref="SampleException">One of them is NaN or infinite; its index is named.</exception>
    public static void DemandFinite(ReadOnlySpan<double> values, string name)
    {
        for (var index = 0; index < values.Length; index++)
            if (!double.IsFinite(values[index])) throw NotFinite(name, index, values[index]);
    }

    /// <inheritdoc cref="DemandFinite(ReadOnlySpan{double}, string)"/>
    public static void DemandFinite(ReadOnlySpan<float> values, string name)
    {
        for (var index = 0; index < values.Length; index++)
            if (!float.IsFinite(values[index])) throw NotFinite(name, index, values[index]);
    }

    /// <exception cref="SampleException">They are not of one length, fewer than two, or not finite.</exception>
    public static void DemandPairs(ReadOnlySpan<double> before, ReadOnlySpan<double> after)
    {
        if (before.Length != after.Length)
            throw new SampleException($"Pairs need as many values after as before; there are {before.Length} before and {after.Length} after.");
        if (before.Length < FewestPairs)
            throw new SampleException($"A paired test needs at least two pairs; there {(before.Length == 1 ? "is one" : "are none")}.");
        DemandFinite(before, "before");
        DemandFinite(after, "after");
    }

    private static SampleException NotFinite(string name, int index, double value) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}] is {value}; every value must be a finite number."));
}
