using System.Globalization;
using System.Text.Json;
using AudioReprompt.Statistics;

namespace AudioReprompt.SharedTests.Statistics;

public sealed class StudyTableTests
{
    private static readonly JsonElement Golden = StatisticsFixtures.Read("table/table.json");
    private static readonly string[] Tastes = [.. Golden.GetProperty("order").EnumerateArray().Select(name => name.GetString()!).Where(name => name != StudyTable.All)];
    private static readonly StudyTable WorkedStudy = StudyTable.Of(Scores(), Tastes);

    public static TheoryData<string> Lines() => [.. Tastes, StudyTable.All];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Of_WorkedStudy_AgreesInEveryNumber(string name)
    {
        var golden = Golden.GetProperty("groups").GetProperty(name);
        var tolerance = Golden.GetProperty("relative_tolerance").GetDouble();

        var row = WorkedStudy.Groups.Append(WorkedStudy.Overall).Single(line => line.Name == name);

        PairedTests.AssertTTest(golden, row.Test!, tolerance);
        PairedTests.AssertWilcoxon(golden.GetProperty("wilcoxon"), row.Wilcoxon!, tolerance);
        StatisticsFixtures.AssertClose(golden.GetProperty("improvement_percent"), row.GainPercent, tolerance, "gain");
        StatisticsFixtures.AssertClose(golden.GetProperty("p_holm"), row.HolmP, tolerance, "Holm p");
        StatisticsFixtures.AssertClose(golden.GetProperty("mean_before"), row.Raw.Mean, tolerance, "mean raw");
        StatisticsFixtures.AssertClose(golden.GetProperty("sd_after"), row.Refined.StandardDeviation, tolerance, "sd refined");
        Assert.Equal(golden.GetProperty("wins").GetInt32(), row.Wins);
        Assert.Equal(golden.GetProperty("significant_0.05").GetBoolean(), (row.HolmP ?? row.Test!.P) <= 0.05);
    }

    [Fact]
    public void Cells_WorkedStudy_AreThePrintedTable()
    {
        var printed = Golden.GetProperty("printed").EnumerateArray().Select(line => line.EnumerateArray().Select(cell => cell.GetString()!).ToArray());

        Assert.Equal(printed, StudyTableText.Cells(WorkedStudy, StudyTableText.Standard));
    }

    [Fact]
    public void Cells_Full_AddsTheRankTest()
    {
        var cells = StudyTableText.Cells(WorkedStudy, StudyTableText.Full);

        Assert.Equal(["W", "p (Wilcoxon)", "gained"], cells[0].Skip(11));
        Assert.Equal(["95.0", "0.7285", "11/20"], cells[1].Skip(11));
        Assert.Equal(["228.0", "< 0.0001", "68/80"], cells[5].Skip(11));
    }

    [Fact]
    public void Of_GroupsWithTooFewPairs_HaveNoPAndSayWhy()
    {
        var table = StudyTable.Of([new("a", "sweet", 0.1, 0.2), new("b", "salty", 0.1, 0.2), new("c", "salty", 0.2, 0.25)], ["sweet", "sour", "salty"]);

        Assert.Equal([null, null, table.Groups[2].Test!.P], table.Groups.Select(row => row.HolmP));
        Assert.Equal(["sweet", "1", "0.1000 ± –", "0.2000 ± –", "+100.0", "–", "–", "–", "–", "–", "–"], StudyTableText.Cells(table, StudyTableText.Standard)[1]);
        Assert.Equal(["sour", "0", "–", "–", "–", "–", "–", "–", "–", "–", "–"], StudyTableText.Cells(table, StudyTableText.Standard)[2]);
        Assert.Equal(
            ["sweet: no p value, because: a single pair has no spread to test against.", "sour: no p value, because: no pairs."],
            StudyTableText.Notes(table));
    }

    [Fact]
    public void Of_EqualDifferences_HaveAnIntervalButNoP()
    {
        var table = StudyTable.Of([new("a", "sweet", 1, 1.5), new("b", "sweet", 2, 2.5), new("c", "sweet", 3, 3.5)]);

        Assert.Equal("sweet|3|2.0000 ± 1.0000|2.5000 ± 1.0000|+25.0|–|2|–|–|–|[0.5000, 0.5000]", string.Join('|', StudyTableText.Cells(table, StudyTableText.Standard)[1]));
        Assert.Contains("sweet: no p value, because: zero variance of the differences.", StudyTableText.Notes(table));
    }

    [Fact]
    public void Of_RawMeanNotAboveZero_HasNoGain()
    {
        var table = StudyTable.Of([new("a", "sour", -0.2, 0.1), new("b", "sour", 0.1, 0.3)]);

        Assert.Null(table.Groups[0].GainPercent);
        Assert.Contains("sour: no change in per cent, because the mean of the raw scores is not above 0.", StudyTableText.Notes(table));
    }

    [Fact]
    public void Of_PairsWithoutTaste_CountInTheLastLineAlone()
    {
        var table = StudyTable.Of([new("a", "", 0.1, 0.2), new("b", "sour", 0.1, 0.3), new("c", "sour", 0.2, 0.3)]);

        Assert.Equal(["sour"], table.Groups.Select(row => row.Name));
        Assert.Equal((2, 3), (table.Groups[0].Pairs, table.Overall.Pairs));
    }

    [Fact]
    public void Of_NoPairs_IsALineThatSaysSo() =>
        Assert.Equal(["all: no p value, because: no pairs."], StudyTableText.Notes(StudyTable.Of([])));

    [Theory]
    [InlineData(double.NaN, 0.2)]
    [InlineData(0.2, double.PositiveInfinity)]
    public void Of_ScoreThatIsNoNumber_IsRefusedByItsPair(double raw, double refined) => Assert.Contains(
        "The pair b has a score that is not a finite number",
        Assert.Throws<SampleException>(() => StudyTable.Of([new("a", "sour", 0.1, 0.2), new("b", "sour", raw, refined)])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Of_GroupNotAskedFor_IsRefusedByItsPair() => Assert.Contains(
        "The pair a is of bitter, which is none of sweet, sour",
        Assert.Throws<SampleException>(() => StudyTable.Of([new("a", "bitter", 0.1, 0.2)], ["sweet", "sour"])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Of_GroupNamedAsTheLastLine_IsRefused() => Assert.Throws<ArgumentException>(() => StudyTable.Of([new("a", StudyTable.All, 0.1, 0.2)]));

    [Fact]
    public void Markdown_TableWithNotes_IsComplete() => Assert.Equal(
        """
        | taste | n | p |
        |---|--:|--:|
        | a\|b | 1 | – |
        | all | 1 | – |

        a|b: no p value, because: a single pair has no spread to test against.

        all: no p value, because: a single pair has no spread to test against.

        """,
        StudyTableText.Markdown(
            StudyTable.Of([new("1", "a|b", 0.5, 0.6)]), [.. StudyTableText.Standard.Where(column => column.Header is "taste" or "n" or "p")]));

    [Fact]
    public void GroupMean_ScoresOfLabels_AreOrderedByMean()
    {
        var means = GroupMean.Of([("harmonium", 0.1), ("marimba", 0.4), ("flute", 0.1), ("marimba", 0.2)]);

        Assert.Equal([("marimba", 2), ("flute", 1), ("harmonium", 1)], means.Select(mean => (mean.Label, mean.Moments.Count)));
        Assert.Equal(0.3, means[0].Moments.Mean!.Value, 1e-15);
        Assert.Equal(Math.Sqrt(0.02), means[0].Moments.StandardDeviation!.Value, 1e-15);
        Assert.Contains("A score of oboe", Assert.Throws<SampleException>(() => GroupMean.Of([("oboe", double.NaN)])).Message, StringComparison.Ordinal);
    }

    private static ScoredPair[] Scores() => [.. StatisticsFixtures.Lines("table/scores.csv").Skip(1).Select(line => line.Split(',')).Select(cells =>
        new ScoredPair(cells[0], cells[1], double.Parse(cells[2], CultureInfo.InvariantCulture), double.Parse(cells[3], CultureInfo.InvariantCulture)))];
}
