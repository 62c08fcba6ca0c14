using AudioReprompt.Statistics;

namespace AudioReprompt.SharedTests.Statistics;

public sealed class PrintedNumberTests
{
    /// <summary>Checked against C's printf: halves that a double holds exactly go to the even digit, all others to the nearer one.</summary>
    [Theory]
    [InlineData(0.125, 2, "0.12")]
    [InlineData(0.375, 2, "0.38")]
    [InlineData(-0.125, 2, "-0.12")]
    [InlineData(-0.375, 2, "-0.38")]
    [InlineData(2.5, 0, "2")]
    [InlineData(3.5, 0, "4")]
    [InlineData(0.5, 0, "0")]
    [InlineData(2.675, 2, "2.67")]
    [InlineData(1.005, 2, "1.00")]
    [InlineData(0.03125, 4, "0.0312")]
    [InlineData(0.09375, 4, "0.0938")]
    [InlineData(9.96875, 4, "9.9688")]
    [InlineData(1234567.0625, 3, "1234567.062")]
    [InlineData(1e15, 1, "1000000000000000.0")]
    public void Fixed_AnyValue_IsRoundedAsPrintfDoes(double value, int decimals, string expected) =>
        Assert.Equal(expected, PrintedNumber.Fixed(value, decimals));

    [Theory]
    [InlineData(-0.00004, "0.0000")]
    [InlineData(-0.0, "0.0000")]
    [InlineData(-0.00006, "-0.0001")]
    public void Fixed_RoundsToZero_HasNoSign(double value, string expected) => Assert.Equal(expected, PrintedNumber.Fixed(value, 4));

    [Theory]
    [InlineData(2.2, "+2.2")]
    [InlineData(-2.2, "-2.2")]
    [InlineData(-0.01, "+0.0")]
    [InlineData(null, "–")]
    public void WithSign_AnyValue_ShowsItsSign(double? value, string expected) => Assert.Equal(expected, PrintedNumber.WithSign(value, 1));

    [Theory]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00009999, "< 0.0001")]
    [InlineData(1.0, "1.0000")]
    [InlineData(0.0, "< 0.0001")]
    [InlineData(null, "–")]
    public void P_AnyValue_IsNeverPrintedAsZero(double? p, string expected) => Assert.Equal(expected, PrintedNumber.P(p));
}
