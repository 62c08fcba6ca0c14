using AudioReprompt.Statistics;

namespace AudioReprompt.SharedTests.Statistics;

public sealed class BoxSummaryTests
{
    /// <summary>Quartiles as numpy.quantile gives them.</summary>
    [Theory]
    [InlineData(new[] { 4.0, 1, 3, 2 }, 1.75, 2.5, 3.25)]
    [InlineData(new[] { 5.0, 1, 2, 3, 4 }, 2, 3, 4)]
    [InlineData(new[] { 7.0 }, 7, 7, 7)]
    [InlineData(new[] { 1.0, 2 }, 1.25, 1.5, 1.75)]
    public void Of_Values_HasTheirQuartiles(double[] values, double lower, double median, double upper)
    {
        var box = BoxSummary.Of(values);

        Assert.Equal((lower, median, upper), (box.LowerQuartile, box.Median, box.UpperQuartile));
        Assert.Equal((values.Min(), values.Max()), (box.LowWhisker, box.HighWhisker));
        Assert.Empty(box.Outliers);
    }

    [Fact]
    public void Of_ValuesFarOut_EndsTheWhiskersBeforeThem()
    {
        // Quartiles 3 and 7, so that the whiskers reach from −3 to 13 at most.
        var box = BoxSummary.Of([1, 2, 3, 4, 5, 6, 7, 13, 13.1]);

        Assert.Equal((3, 7), (box.LowerQuartile, box.UpperQuartile));
        Assert.Equal((1, 13), (box.LowWhisker, box.HighWhisker));
        Assert.Equal([13.1], box.Outliers);
    }

    [Fact]
    public void Of_NothingOrNoNumber_IsRefused()
    {
        Assert.Throws<SampleException>(() => BoxSummary.Of([]));
        Assert.Contains("values[1] is NaN", Assert.Throws<SampleException>(() => BoxSummary.Of([1, double.NaN])).Message, StringComparison.Ordinal);
    }
}
