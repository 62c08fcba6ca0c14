using AudioReprompt.Evaluation;
using AudioReprompt.Evaluation.Studies;

namespace AudioReprompt.SharedTests.Evaluation.Studies;

public sealed class ClipNamesTests
{
    [Theory]
    [InlineData("sweet-1", "sweet-1")]
    [InlineData("P007", "P007")]
    [InlineData("7", "7")]
    [InlineData("../../etc/passwd", "_line2")]
    [InlineData("a/b", "_line2")]
    [InlineData("a b", "_line2")]
    [InlineData("ñ", "_line2")]
    [InlineData(".hidden", "_line2")]
    [InlineData("_line3", "_line2")]
    [InlineData("C:\\x", "_line2")]
    public void Of_AnyId_IsANameOnEverySystem(string id, string stem)
    {
        var row = new PromptRow(2, id, "", "");
        var names = new ClipNames([row]);

        Assert.Equal($"{stem}-3-refined.wav", names.Of(row, 3, Condition.Refined));
        Assert.Equal((id, 3, Condition.Refined), names.Read(names.Of(row, 3, Condition.Refined)));
    }

    [Fact]
    public void Of_IdsThatDifferInCaseAlone_GetFilesOfTheirOwn()
    {
        PromptRow[] rows = [new(2, "a", "", ""), new(3, "A", "", ""), new(4, "b", "", "")];
        var names = new ClipNames(rows);

        Assert.Equal(["_line2-1-raw.wav", "_line3-1-raw.wav", "b-1-raw.wav"], rows.Select(row => names.Of(row, 1, Condition.Raw)));
    }

    [Fact]
    public void Read_NamesFromElsewhere()
    {
        var names = new ClipNames([new(2, "p", "", ""), new(3, "cake-2", "", "")]);

        Assert.Equal(("p", 1, Condition.Raw), names.Read("p-raw.wav"));
        Assert.Equal(("p", 12, Condition.Refined), names.Read("takes/P-12-REFINED.WAV"));
        Assert.Equal(("cake-2", 1, Condition.Raw), names.Read("cake-2-raw.wav"));
        Assert.Equal(("cake-2", 4, Condition.Raw), names.Read("cake-2-4-raw.wav"));
        Assert.All(new[] { "p.wav", "q-raw.wav", "p-0-raw.wav", "p--1-raw.wav", "p-x-raw.wav", "-raw.wav", "praw.wav" }, file => Assert.Null(names.Read(file)));
    }
}
