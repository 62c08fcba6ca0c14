using System.Text;
using AudioReprompt.Evaluation;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Evaluation.Studies;

public sealed class StudyDesignTests
{
    internal static readonly StudyDesign Design = new()
    {
        Program = "AudioReprompt 0.1.0",
        PromptsSha256 = "00",
        Prompts = 2,
        Engine = "composer",
        Model = "composer-2",
        SeedsPerPrompt = 1,
        Seed = 1,
        DurationSeconds = 3,
        Curator = "offline",
        Raw = "the neutral plan",
        Refined = "the refined plan",
    };

    /// <summary>From <c>printf '1\nsweet-en-01\n1' | sha256sum</c>: a study that was published must be repeatable.</summary>
    [Theory]
    [InlineData(1, "sweet-en-01", 1, 2768129931)]
    [InlineData(1, "sweet-en-01", 2, 489770149)]
    [InlineData(7, "ñ", 1, 2906455612)]
    public void SeedOf_IsTheFirstFourBytesOfTheHash(long seed, string id, int repeat, long expected) =>
        Assert.Equal(expected, (Design with { Seed = seed }).SeedOf(id, repeat));

    [Fact]
    public void DifferencesTo_NamesEachWithBothValues()
    {
        Assert.Empty(Design.DifferencesTo(Design with { }));
        Assert.Equal(
            ["seeds_per_prompt is 2 there and 1 here", "duration_seconds is 5.5 there and 3 here"],
            Design.DifferencesTo(Design with { DurationSeconds = 5.5, SeedsPerPrompt = 2 }));
    }

    [Fact]
    public void HashOf_AnyChangeOfARow_IsAnotherStudy()
    {
        PromptRow row = new(2, "a", "A very sweet honey cake", "sweet"), other = new(3, "b", "A bitter espresso alone", "");
        string[] hashes =
        [
            StudyDesign.HashOf([row, other]),
            StudyDesign.HashOf([other, row]),
            StudyDesign.HashOf([row]),
            StudyDesign.HashOf([row with { Taste = "" }, other]),
            StudyDesign.HashOf([row with { Prompt = "A very sweet honey cake." }, other]),
            StudyDesign.HashOf([row with { Id = "A" }, other]),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[0], StudyDesign.HashOf([row with { Line = 9 }, other]));
    }

    [Fact]
    public void OurPrompts_AreUsableBalancedAndInBothLanguages()
    {
        var table = PromptTable.Read(Path.Combine(Repository.Root, "data", "evaluation", "prompts.csv"));

        Assert.Empty(table.Problems);
        Assert.Equal(250, table.Rows.Count);
        Assert.Equal(250, table.Rows.Select(row => row.Prompt).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(125, table.Rows.Count(row => row.Id.Contains("-es-", StringComparison.Ordinal)));
        var counts = table.Rows.CountBy(row => row.Taste).ToDictionary();
        Assert.Equal(["bitter", "salty", "sour", "spicy", "sweet", "umami"], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 41, 42));
        Assert.All(table.Rows, row => Assert.StartsWith($"{row.Taste}-", row.Id, StringComparison.Ordinal));
    }

    [Fact]
    public void TenThousandRows_HaveNamesAndHashAtOnce()
    {
        var csv = new StringBuilder("id,prompt,taste\n");
        for (var row = 0; row < 10_000; row++) csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"p{row},A very sweet honey cake number {row},sweet\n");
        var table = PromptTable.Parse(Encoding.UTF8.GetBytes(csv.ToString()));
        var names = new ClipNames(table.Rows);

        Assert.Equal(20_000, table.Rows.SelectMany(row => new[] { names.Of(row, 1, Condition.Raw), names.Of(row, 1, Condition.Refined) }).Distinct().Count());
        Assert.Equal(64, StudyDesign.HashOf(table.Rows).Length);
    }
}
