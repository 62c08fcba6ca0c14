using AudioReprompt.Evaluation.Studies;

namespace AudioReprompt.Tests.Evaluation.Studies;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("-cmd", "'-cmd")]
    [InlineData("-0.25", "-0.25")]
    [InlineData("-1E-05", "-1E-05")]
    [InlineData("a=b", "a=b")]
    public void Write_CellThatASpreadsheetWouldRun_IsText(string cell, string written) =>
        Assert.Equal($"h\n{written}\n", CsvText.Write(["h"], [[cell]]));
}
