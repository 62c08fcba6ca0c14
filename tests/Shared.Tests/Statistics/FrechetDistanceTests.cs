using System.Text.Json;
using AudioReprompt.Statistics;

namespace AudioReprompt.SharedTests.Statistics;

public sealed class FrechetDistanceTests
{
    private static readonly JsonElement Golden = StatisticsFixtures.Read("frechet.json");

    public static TheoryData<string> Cases() => StatisticsFixtures.Names(Golden.GetProperty("cases"));

    /// <summary>To the tighter of the two tolerances: the one of the route by singular values.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Between_GoldenSets_AgreesInEveryOrder(string name)
    {
        var golden = StatisticsFixtures.Named(Golden.GetProperty("cases"), name);
        var one = GaussianFit.Of(StatisticsFixtures.Rows(golden.GetProperty("a").GetString()!));
        var two = GaussianFit.Of(StatisticsFixtures.Rows(golden.GetProperty("b").GetString()!));
        var tolerance = golden.GetProperty("tolerance_nuclear_route").GetDouble();

        Assert.Equal(golden.GetProperty("dims").GetInt32(), one.Dimensions);
        Assert.Equal((golden.GetProperty("n1").GetInt32(), golden.GetProperty("n2").GetInt32()), (one.Rows, two.Rows));
        Assert.Equal(golden.GetProperty("trace_sigma1").GetDouble(), one.Trace, tolerance);
        Assert.Equal(golden.GetProperty("trace_sigma2").GetDouble(), two.Trace, tolerance);
        Assert.Equal(golden.GetProperty("distance").GetDouble(), FrechetDistance.Between(one, two), tolerance);
        Assert.Equal(golden.GetProperty("distance").GetDouble(), FrechetDistance.Between(two, one), tolerance);
        Assert.True(FrechetDistance.Between(one, one) is >= 0 and var same && same <= tolerance, "A set differs from itself.");
    }

    /// <summary>Diagonal covariances commute, and the distance is (μ₁ − μ₂)² + (σ₁ − σ₂)² summed over the dimensions.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(100)]
    public void Between_DiagonalCovariances_IsTheClosedForm(int dimensions)
    {
        // ±s in one dimension at a time: 2·dimensions rows with variance 2s²/(2·dimensions − 1) in each.
        float[][] Set(Func<int, double> spread, double shift) => [.. Enumerable.Range(0, 2 * dimensions).Select(row =>
            Enumerable.Range(0, dimensions)
                .Select(column => (float)(shift + (column == row / 2 ? (row % 2 == 0 ? 1 : -1) * spread(column) : 0)))
                .ToArray())];
        double One(int column) => 1 + (column % 4);
        double Two(int column) => 0.5 * (column % 3);
        var expected = Enumerable.Range(0, dimensions)
            .Sum(column => 0.25 + (2 * Math.Pow(One(column) - Two(column), 2) / ((2 * dimensions) - 1)));

        var distance = FrechetDistance.Between(GaussianFit.Of(Set(One, 0)), GaussianFit.Of(Set(Two, 0.5)));

        Assert.Equal(expected, distance, 1e-11 * expected);
    }

    /// <summary>Rows given twice have the same mean and, but for n − 1, the same covariance, however the factor was found.</summary>
    [Theory]
    [InlineData(10, 33)]
    [InlineData(33, 33)]
    [InlineData(70, 33)]
    [InlineData(200, 7)]
    public void Between_SetAndItsScaledSelf_IsTheClosedForm(int rows, int columns)
    {
        var random = new Random(11);
        var set = Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => (float)random.NextDouble()).ToArray()).ToArray();
        var fit = GaussianFit.Of(set);
        var twice = GaussianFit.Of([.. set, .. set]);

        // Σ₂ = c²Σ₁ gives (1 − c)² tr Σ₁; c² = 2(n − 1)/(2n − 1).
        var ratio = 1 - Math.Sqrt(2.0 * (rows - 1) / ((2 * rows) - 1));
        Assert.Equal(ratio * ratio * fit.Trace, FrechetDistance.Between(fit, twice), 1e-12 * fit.Trace);
    }

    /// <summary>Powers of two scale without rounding; c times the embeddings is c² times the distance.</summary>
    [Theory]
    [InlineData(-50)]
    [InlineData(50)]
    public void Between_OtherUnits_IsTheSameDistanceInThem(int power)
    {
        var random = new Random(17);
        float[][] Set(int rows) => [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, 20).Select(_ => (float)random.NextDouble()).ToArray())];
        float[][] Scaled(float[][] set) => [.. set.Select(row => row.Select(value => MathF.ScaleB(value, power)).ToArray())];
        var (one, two) = (Set(30), Set(15));
        var expected = FrechetDistance.Between(GaussianFit.Of(one), GaussianFit.Of(two));

        var distance = FrechetDistance.Between(GaussianFit.Of(Scaled(one)), GaussianFit.Of(Scaled(two)));

        Assert.Equal(expected, Math.ScaleB(distance, -2 * power), 1e-12 * expected);
    }

    [Fact]
    public void Between_ConstantSets_IsTheDistanceOfTheMeans() =>
        Assert.Equal(25, FrechetDistance.Between(GaussianFit.Of([[1, 2], [1, 2]]), GaussianFit.Of([[4, 6], [4, 6], [4, 6]])), 1e-14);

    [Fact]
    public void Between_DifferentDimensions_IsRefused() => Assert.Contains(
        "these have 2 and 3",
        Assert.Throws<SampleException>(() => FrechetDistance.Between(GaussianFit.Of([[1, 2], [2, 1]]), GaussianFit.Of([[1, 2, 3], [3, 2, 1]]))).Message,
        StringComparison.Ordinal);

    public static TheoryData<float[][], string> Refused() => new()
    {
        { [], "at least two embeddings; there are none" },
        { [[1, 2]], "at least two embeddings; there is one" },
        { [[], []], "at least one dimension" },
        { [[1, 2], [1, 2, 3]], "embeddings[1] has 3 dimensions, embeddings[0] has 2" },
        { [[1, 2], [1, float.NaN]], "embeddings[1][1] is NaN" },
        { [[float.PositiveInfinity, 2], [1, 2]], "embeddings[0][0] is Infinity" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Of_SetWithoutACovariance_IsRefusedWithTheReason(float[][] set, string reason) =>
        Assert.Contains(reason, Assert.Throws<SampleException>(() => GaussianFit.Of(set)).Message, StringComparison.Ordinal);
}
