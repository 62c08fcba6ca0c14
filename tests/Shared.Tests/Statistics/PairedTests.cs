using System.Text.Json;
using AudioReprompt.Statistics;

namespace AudioReprompt.SharedTests.Statistics;

public sealed class PairedTests
{
    private static readonly JsonElement Golden = StatisticsFixtures.Read("paired.json");

    private static double Tolerance => Golden.GetProperty("relative_tolerance").GetDouble();

    public static TheoryData<string> Cases() => StatisticsFixtures.Names(Golden.GetProperty("cases"));

    public static TheoryData<string> RankedCases() =>
        [.. Golden.GetProperty("cases").EnumerateArray().Where(item => item.GetProperty("wilcoxon").ValueKind != JsonValueKind.Null).Select(item => item.GetProperty("name").GetString()!)];

    public static TheoryData<string> Refused() => StatisticsFixtures.Names(Golden.GetProperty("must_refuse"));

    [Theory]
    [MemberData(nameof(Cases))]
    public void TTest_GoldenPairs_AgreesInEveryNumber(string name)
    {
        var (before, after, golden) = Pairs("cases", name);

        var test = PairedTTest.Of(before, after);

        AssertTTest(golden.GetProperty("t_test"), test, Tolerance);
    }

    [Theory]
    [MemberData(nameof(RankedCases))]
    public void Wilcoxon_GoldenPairs_AgreesInEveryNumber(string name)
    {
        var (before, after, golden) = Pairs("cases", name);

        var test = WilcoxonSignedRank.Of(before, after);

        AssertWilcoxon(golden.GetProperty("wilcoxon"), test, Tolerance);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Tests_PairsThatAllowNone_AreRefusedWithTheReason(string name)
    {
        var (before, after, _) = Pairs("must_refuse", name);
        var reason = name switch
        {
            "nan_in_before" => "before[1] is NaN",
            "infinity" => "after[1] is Infinity",
            "different_lengths" => "2 before and 3 after",
            "n_1" => "at least two pairs; there is one",
            "n_0" => "at least two pairs; there are none",
            _ => throw new ArgumentException($"What is refused of {name}?", nameof(name)),
        };

        Assert.Contains(reason, Assert.Throws<SampleException>(() => PairedTTest.Of(before, after)).Message, StringComparison.Ordinal);
        Assert.Contains(reason, Assert.Throws<SampleException>(() => WilcoxonSignedRank.Of(before, after)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoSidedP_GoldenTails_Agree() => Assert.All(Golden.GetProperty("t_tails").EnumerateArray(), tail =>
        StatisticsFixtures.AssertClose(
            tail.GetProperty("p_two_sided"), StudentDistribution.TwoSidedP(tail.GetProperty("t").GetDouble(), tail.GetProperty("df").GetDouble()), Tolerance, $"{tail}"));

    [Fact]
    public void CriticalValue_GoldenQuantiles_Agree() => Assert.All(Golden.GetProperty("t_quantiles").EnumerateArray(), quantile =>
        StatisticsFixtures.AssertClose(
            quantile.GetProperty("t"),
            StudentDistribution.CriticalValue(quantile.GetProperty("p_two_sided").GetDouble(), quantile.GetProperty("df").GetDouble()),
            Tolerance,
            $"{quantile}"));

    [Fact]
    public void TwoSidedP_NegativeT_IsTheSame() => Assert.Equal(StudentDistribution.TwoSidedP(2.5, 7), StudentDistribution.TwoSidedP(-2.5, 7));

    /// <summary>The closed forms of one and two degrees of freedom, over the seam between the two forms that are computed.</summary>
    [Theory]
    [InlineData(1e-6)]
    [InlineData(0.999)]
    [InlineData(1.0)]
    [InlineData(1.001)]
    [InlineData(1.4142)]
    [InlineData(1.4143)]
    [InlineData(1e6)]
    public void TwoSidedP_OneAndTwoDegrees_IsTheClosedForm(double t)
    {
        Assert.Equal(1, StudentDistribution.TwoSidedP(t, 1) / (2 * Math.Atan(1 / t) / Math.PI), 1e-12);

        // 1 − t / √(2 + t²), without the cancellation.
        var root = Math.Sqrt(2 + (t * t));
        Assert.Equal(1, StudentDistribution.TwoSidedP(t, 2) / (2 / (root * (root + t))), 1e-11);
    }

    internal static void AssertTTest(JsonElement golden, PairedTTest test, double tolerance)
    {
        Assert.Equal(golden.GetProperty("n").GetInt32(), test.Pairs);
        Assert.Equal(golden.GetProperty("df").GetInt32(), test.DegreesOfFreedom);
        Assert.Equal(golden.GetProperty("undefined").GetString(), test.Undefined);
        foreach (var (property, value) in new (string, double?)[]
        {
            ("mean_before", test.MeanBefore),
            ("mean_after", test.MeanAfter),
            ("sd_before", test.StandardDeviationBefore),
            ("sd_after", test.StandardDeviationAfter),
            ("mean_difference", test.MeanDifference),
            ("sd_difference", test.StandardDeviationOfDifferences),
            ("t", test.T),
            ("p", test.P),
            ("cohens_dz", test.CohensDz),
            ("ci95_low", test.Interval.Low),
            ("ci95_high", test.Interval.High),
        })
        {
            StatisticsFixtures.AssertClose(golden.GetProperty(property), value, tolerance, property);
        }

        if (golden.TryGetProperty("t_critical_975", out var critical))
            StatisticsFixtures.AssertClose(critical, StudentDistribution.CriticalValue(PairedTTest.Alpha, test.DegreesOfFreedom), tolerance, "t_critical_975");
    }

    internal static void AssertWilcoxon(JsonElement golden, WilcoxonSignedRank test, double tolerance)
    {
        Assert.Equal(golden.GetProperty("n_nonzero").GetInt32(), test.NonZero);
        Assert.Equal(golden.GetProperty("zeros_dropped").GetInt32(), test.ZerosDropped);
        Assert.Equal(golden.GetProperty("ties").GetBoolean(), test.Ties);
        Assert.Equal(golden.GetProperty("undefined").GetString(), test.Undefined);
        Assert.Equal(
            golden.TryGetProperty("method", out var method) ? method.GetString() : null,
            test.Method switch
            {
                WilcoxonMethod.Exact => "exact",
                WilcoxonMethod.Normal => "normal, ties and continuity corrected",
                _ => null,
            });
        foreach (var (property, value) in new (string, double?)[]
        {
            ("w_plus", test.WPlus),
            ("w_minus", test.WMinus),
            ("statistic", test.Statistic),
            ("p_exact", test.PExact),
            ("p_normal", test.PNormal),
            ("p_normal_continuity", test.PNormalContinuity),
            ("p", test.P),
        })
        {
            StatisticsFixtures.AssertClose(golden.GetProperty(property), value, tolerance, property);
        }
    }

    private static (double[] Before, double[] After, JsonElement Golden) Pairs(string list, string name)
    {
        var golden = StatisticsFixtures.Named(Golden.GetProperty(list), name);
        return (StatisticsFixtures.Doubles(golden.GetProperty("before")), StatisticsFixtures.Doubles(golden.GetProperty("after")), golden);
    }
}
