using System.Globalization;

namespace AudioReprompt.Statistics;

/// <summary>Holm's step-down correction for several tests (Holm 1979, <i>Scand. J. Stat.</i> 6:65–70).</summary>
public static class HolmCorrection
{
    /// <param name="p">null where a test has none: it does not count among the tests and stays null.</param>
    /// <returns>In the order of <paramref name="p"/>: for the i-th smallest of m the largest of min(1, (m − j + 1)·p(j)) over j ≤ i.</returns>
    /// <exception cref="SampleException">A p is below 0, above 1 or NaN; its index is named.</exception>
    public static double?[] Adjust(IReadOnlyList<double?> p)
    {
        for (var index = 0; index < p.Count; index++)
        {
            // Written so that NaN fails too.
            if (p[index] is { } value && !(value is >= 0 and <= 1))
                throw new SampleException(string.Create(CultureInfo.InvariantCulture, $"p[{index}] is {value}; allowed are 0 to 1."));
        }

        var ascending = Enumerable.Range(0, p.Count).Where(index => p[index] is not null).OrderBy(index => p[index]).ToArray();
        var adjusted = new double?[p.Count];
        var largest = 0.0;
        for (var place = 0; place < ascending.Length; place++)
        {
            largest = Math.Max(largest, Math.Min(1, (ascending.Length - place) * p[ascending[place]]!.Value));
            adjusted[ascending[place]] = largest;
        }

        return adjusted;
    }
}
