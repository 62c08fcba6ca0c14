using System.Globalization;
using System.Text.Json;
using AudioReprompt.Statistics;

namespace AudioReprompt.SharedTests.Statistics;

public sealed class HolmCorrectionTests
{
    private static readonly JsonElement Golden = StatisticsFixtures.Read("holm.json");

    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, Golden.GetProperty("cases").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Adjust_GoldenCase_AgreesAndDecidesTheSame(int index)
    {
        var golden = Golden.GetProperty("cases")[index];

        var adjusted = HolmCorrection.Adjust(Values(golden.GetProperty("p")));

        AssertAdjusted(golden.GetProperty("holm"), adjusted);
        Assert.Equal(golden.GetProperty("rejected_at_0.05").EnumerateArray().Select(rejected => rejected.GetBoolean()), adjusted.Select(p => p <= 0.05));
    }

    [Fact]
    public void Adjust_TestWithoutP_StaysOut()
    {
        var golden = Golden.GetProperty("undefined_members");

        AssertAdjusted(golden.GetProperty("holm"), HolmCorrection.Adjust(Values(golden.GetProperty("p"))));
    }

    [Theory]
    [InlineData(-1e-9)]
    [InlineData(1.0000001)]
    [InlineData(double.NaN)]
    public void Adjust_NoProbability_IsRefusedByIndex(double p)
    {
        var refused = Assert.Throws<SampleException>(() => HolmCorrection.Adjust([0.5, null, p]));

        Assert.Contains($"p[2] is {p.ToString(CultureInfo.InvariantCulture)}; allowed are 0 to 1", refused.Message, StringComparison.Ordinal);
    }

    private static double?[] Values(JsonElement values) =>
        [.. values.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? (double?)null : value.GetDouble())];

    private static void AssertAdjusted(JsonElement golden, double?[] adjusted)
    {
        Assert.Equal(golden.GetArrayLength(), adjusted.Length);
        foreach (var (index, expected) in golden.EnumerateArray().Index())
            StatisticsFixtures.AssertClose(expected, adjusted[index], Golden.GetProperty("relative_tolerance").GetDouble(), $"holm[{index}]");
    }
}
