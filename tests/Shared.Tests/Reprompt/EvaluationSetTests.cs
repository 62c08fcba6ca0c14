using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt;

/// <summary>What <c>data/evaluation/refine.psv</c> must be, so that its score means something. What the refiner makes of it is <c>audioreprompt evaluate refine</c>.</summary>
public class EvaluationSetTests
{
    private static readonly string[] Tastes = ["sweet", "sour", "salty", "bitter", "umami", "spicy"];
    private static readonly string[] Languages = ["en", "es", "mixed"];

    private static readonly string[] Tags =
    [
        "no_food_name", "negation", "two_dishes", "creamy", "crunchy", "rough", "soft", "cold", "hot", "drink", "misspelling",
        "place", "company", "memory", "mood",
    ];

    private sealed record Labelled(string Prompt, string Language, string Taste, string[] Tags);

    private static readonly List<Labelled> Set = Table.Read(Refining.DataFolder, "evaluation/refine.psv", "prompt", "language", "taste", "tags")
        .ConvertAll(row => new Labelled(
            row.Text("prompt"), row.Text("language"), row.Text("taste"), row.Optional("tags").Length == 0 ? [] : row.List("tags")));

    [Fact]
    public void Set_EveryRow_IsAPromptTheApiTakesWithKnownLabels() => Assert.All(Set, row =>
    {
        Assert.InRange(row.Prompt.EnumerateRunes().Count(), 16, 800);
        Assert.Contains(row.Language, Languages);
        Assert.Contains(row.Taste, Tastes.Append("neutral"));
        Assert.All(row.Tags, tag => Assert.Contains(tag, Tags));
        Assert.Equal(row.Tags.Distinct(), row.Tags);
    });

    [Fact]
    public void Set_Prompts_AreNotRepeatedAndNotTheTestsOwn()
    {
        Assert.Empty(Set.GroupBy(row => row.Prompt, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => same.Key));
        Assert.Empty(Set.Select(row => row.Prompt).Intersect(SamplePrompts.All, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void Set_TastesAndLanguages_AreBalanced()
    {
        Assert.True(Set.Count >= 260);
        Assert.True(Set.Count(row => row.Language == "es") >= 0.4 * Set.Count);
        Assert.True(Set.Count(row => row.Taste == "neutral") >= 15);
        Assert.All(Tastes, taste =>
        {
            Assert.True(Set.Count(row => row.Taste == taste) >= 35, taste);
            Assert.True(Set.Count(row => row.Taste == taste && row.Language == "es") >= 10, taste);
        });
    }

    [Theory]
    [InlineData("no_food_name", 60)]
    [InlineData("negation", 30)]
    [InlineData("two_dishes", 20)]
    [InlineData("creamy", 15)]
    [InlineData("crunchy", 15)]
    [InlineData("rough", 15)]
    [InlineData("soft", 15)]
    [InlineData("cold", 15)]
    [InlineData("hot", 15)]
    [InlineData("misspelling", 10)]
    public void Set_HardCases_AreThereInEachTaste(string tag, int least)
    {
        var tagged = Set.Where(row => row.Taste != "neutral" && row.Tags.Contains(tag)).ToList();
        Assert.True(tagged.Count >= least, $"{tag}: {tagged.Count}");
        Assert.True(tagged.Select(row => row.Taste).Distinct().Count() >= 4, tag);
    }
}
