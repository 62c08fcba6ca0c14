using MathNet.Numerics;

namespace AudioReprompt.Statistics;

/// <summary>Where a Wilcoxon p comes from.</summary>
public enum WilcoxonMethod
{
    /// <summary>All 2ⁿ assignments of signs, counted.</summary>
    Exact,

    /// <summary>The normal approximation, its variance corrected for ties and its distance for continuity.</summary>
    Normal,
}

/// <summary>Wilcoxon's signed-rank test, two-sided, of the differences after − before (Wilcoxon 1945; zeros are dropped, ties get mid-ranks).</summary>
/// <param name="NonZero">Pairs that differ.</param>
/// <param name="WPlus">Sum of the ranks of the positive differences.</param>
/// <param name="WMinus">Sum of the ranks of the negative ones.</param>
/// <param name="Ties">Some differences are of the same size; they are compared as doubles.</param>
/// <param name="PExact">For at most <see cref="MostExact"/> differing pairs without ties; else null.</param>
/// <param name="PNormal">Corrected for ties; null where every difference is zero.</param>
/// <param name="PNormalContinuity">Corrected for ties and continuity; null where every difference is zero.</param>
/// <param name="Undefined">Why there is no p; null where there is one.</param>
public sealed record WilcoxonSignedRank(
    int NonZero,
    int ZerosDropped,
    double WPlus,
    double WMinus,
    bool Ties,
    double? PExact,
    double? PNormal,
    double? PNormalContinuity,
    string? Undefined)
{
    /// <summary>Up to here the counts are listed; beyond, the approximation is good to more digits than are printed.</summary>
    public const int MostExact = 25;

    private const double ContinuityCorrection = 0.5;

    /// <summary>The smaller of the two rank sums.</summary>
    public double Statistic => Math.Min(WPlus, WMinus);

    /// <summary>The one to report: exact where there is one.</summary>
    public double? P => PExact ?? PNormalContinuity;

    /// <summary>How <see cref="P"/> was found; null where there is none.</summary>
    public WilcoxonMethod? Method => P is null ? null : PExact is null ? WilcoxonMethod.Normal : WilcoxonMethod.Exact;

    /// <param name="before">[n].</param>
    /// <param name="after">[n], in the same order.</param>
    /// <exception cref="SampleException">Different lengths, fewer than two pairs, or a NaN or an infinity, whose index is named.</exception>
    public static WilcoxonSignedRank Of(ReadOnlySpan<double> before, ReadOnlySpan<double> after)
    {
        Samples.DemandPairs(before, after);

        var differences = new List<double>(before.Length);
        for (var pair = 0; pair < before.Length; pair++)
            if (after[pair] != before[pair]) differences.Add(after[pair] - before[pair]);

        var zeros = before.Length - differences.Count;
        if (differences.Count == 0) return new WilcoxonSignedRank(0, zeros, 0, 0, false, null, null, null, "every difference is zero");

        var (plus, minus, tieTerm) = RankSums(differences);
        var n = differences.Count;
        var ties = tieTerm > 0;
        return new WilcoxonSignedRank(
            n,
            zeros,
            plus,
            minus,
            ties,
            n <= MostExact && !ties ? ExactP(n, (int)Math.Min(plus, minus)) : null,
            NormalP(n, plus, tieTerm, 0),
            NormalP(n, plus, tieTerm, ContinuityCorrection),
            null);
    }

    /// <returns>The two rank sums, and Σ(t³ − t) over the groups of t equal sizes.</returns>
    private static (double Plus, double Minus, double TieTerm) RankSums(List<double> differences)
    {
        differences.Sort((one, two) => Math.Abs(one).CompareTo(Math.Abs(two)));
        var (plus, minus, tieTerm) = (0.0, 0.0, 0.0);
        for (int first = 0, next; first < differences.Count; first = next)
        {
            next = first + 1;
            while (next < differences.Count && Math.Abs(differences[next]) == Math.Abs(differences[first])) next++;

            // Ranks count from 1: the mean of first + 1 … next.
            var rank = (first + 1 + next) / 2.0;
            foreach (var difference in differences[first..next])
            {
                if (difference > 0) plus += rank;
                else minus += rank;
            }

            double equal = next - first;
            tieTerm += (equal * equal * equal) - equal;
        }

        return (plus, minus, tieTerm);
    }

    /// <summary>Twice the part of all sign assignments whose rank sum is at most the statistic.</summary>
    private static double ExactP(int n, int statistic)
    {
        // ways[s]: subsets of the ranks so far with sum s; at most 2²⁵ in all.
        var ways = new long[(n * (n + 1) / 2) + 1];
        ways[0] = 1;
        for (var rank = 1; rank <= n; rank++)
            for (var sum = ways.Length - 1; sum >= rank; sum--)
                ways[sum] += ways[sum - rank];
        return Math.Min(1, 2.0 * ways.Take(statistic + 1).Sum() / (1L << n));
    }

    private static double NormalP(int n, double plus, double tieTerm, double continuity)
    {
        var mean = n * (n + 1.0) / 4;
        var variance = (n * (n + 1.0) * ((2.0 * n) + 1) / 24) - (tieTerm / 48);
        var z = Math.Max(0, Math.Abs(plus - mean) - continuity) / Math.Sqrt(variance);

        // P(|Z| ≥ z), from the complementary error function so that it keeps its digits where it is tiny.
        return SpecialFunctions.Erfc(z / Math.Sqrt(2));
    }
}
