using AudioReprompt.Evaluation.Report;

namespace AudioReprompt.SharedTests.Evaluation.Report;

public sealed class ValueAxisTests
{
    [Theory]
    [InlineData(0, 1, 5, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-0.103, 0.424, 6, "−0.2 −0.1 0.0 0.1 0.2 0.3 0.4 0.5")]
    [InlineData(0, 37, 6, "0 10 20 30 40")]
    [InlineData(950, 1210, 6, "950 1000 1050 1100 1150 1200 1250")]
    [InlineData(-0.00021, 0.00033, 4, "−0.0004 −0.0002 0.0000 0.0002 0.0004")]
    [InlineData(3, 3, 4, "1 2 3 4 5")]
    [InlineData(0, 0, 2, "−1 0 1")]
    [InlineData(-2, -2, 2, "−3 −2 −1")]
    public void Covering_AnyRange_HasNiceTicks(double low, double high, int most, string labels)
    {
        var axis = ValueAxis.Covering(low, high, most);

        Assert.Equal(labels, string.Join(' ', axis.Ticks.Select(axis.Label)));
    }

    [Fact]
    public void Covering_RandomRanges_HoldTheValuesWithFewTicks()
    {
        var random = new Random(5);
        for (var round = 0; round < 2000; round++)
        {
            var low = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 7));
            var high = low + (random.NextDouble() * Math.Pow(10, random.Next(-6, 7)));

            var axis = ValueAxis.Covering(low, high, 7);

            Assert.InRange(axis.Ticks.Count, 2, 9);
            Assert.True(axis.Low <= low + (1e-8 * axis.Step) && axis.High >= high - (1e-8 * axis.Step), $"{low} to {high} on {axis.Low} to {axis.High}");
            Assert.Equal(axis.Ticks.Count, axis.Ticks.Select(axis.Label).Distinct().Count());
        }
    }

    [Theory]
    [InlineData(0.079, 0.1, 0.05)]
    [InlineData(0.05, 0.05, 0.05)]
    [InlineData(3, 5, 2)]
    [InlineData(1.5, 2, 1)]
    [InlineData(100, 100, 100)]
    public void NiceStep_AnyStep_IsTheNeighbourAboveOrBelow(double step, double above, double below)
    {
        Assert.Equal(above, ValueAxis.NiceStep(step), 1e-12);
        Assert.Equal(below, ValueAxis.NiceStepWithin(step), 1e-12);
    }

    [Fact]
    public void Covering_Counts_HasNoFractions() =>
        Assert.Equal("0 1 2", string.Join(' ', ValueAxis.Covering(0, 2, 6, smallestStep: 1) is var axis ? axis.Ticks.Select(axis.Label) : []));

    [Fact]
    public void Place_EndsAndMiddle_AreWhereTheyBelong()
    {
        var axis = ValueAxis.Covering(0, 10, 5);

        Assert.Equal((300, 100, 200), (axis.Place(0, 300, 100), axis.Place(10, 300, 100), axis.Place(5, 300, 100)));
    }
}
