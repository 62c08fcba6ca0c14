using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt;

/// <summary>What the sets of <c>data/evaluation/</c> must be, so that their scores mean something. What the refiner makes of them is <c>audioreprompt evaluate refine</c>.</summary>
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

    private static readonly Dictionary<string, List<Labelled>> Sets =
        new[] { "refine.psv", "refine-blind.psv", "refine-third.psv" }.ToDictionary(file => file, Read);

    public static TheoryData<string> Files => [.. Sets.Keys];

    private static List<Labelled> Read(string file) =>
        Table.Read(Refining.DataFolder, $"evaluation/{file}", "prompt", "language", "taste", "tags").ConvertAll(row => new Labelled(
            row.Text("prompt"), row.Text("language"), row.Text("taste"), row.Optional("tags").Length == 0 ? [] : row.List("tags")));

    [Theory]
    [MemberData(nameof(Files))]
    public void Set_EveryRow_IsAPromptTheApiTakesWithKnownLabels(string file) => Assert.All(Sets[file], row =>
    {
        Assert.InRange(row.Prompt.EnumerateRunes().Count(), 16, 800);
        Assert.Contains(row.Language, Languages);
        Assert.Contains(row.Taste, Tastes.Append("neutral"));
        Assert.All(row.Tags, tag => Assert.Contains(tag, Tags));
        Assert.Equal(row.Tags.Distinct(), row.Tags);
    });

    [Fact]
    public void Sets_Prompts_AreNotRepeatedAndNotTheTestsOwn()
    {
        var prompts = Sets.Values.SelectMany(set => set).Select(row => row.Prompt).ToList();
        Assert.Distinct(prompts, StringComparer.OrdinalIgnoreCase);
        Assert.Empty(prompts.Intersect(SamplePrompts.All, StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Set_TastesAndLanguages_AreBalanced(string file)
    {
        var set = Sets[file];
        Assert.True(set.Count >= 260);
        Assert.True(set.Count(row => row.Language == "es") >= 0.4 * set.Count);
        Assert.True(set.Count(row => row.Taste == "neutral") >= 15);
        Assert.All(Tastes, taste =>
        {
            Assert.True(set.Count(row => row.Taste == taste) >= 35, taste);
            Assert.True(set.Count(row => row.Taste == taste && row.Language == "es") >= 10, taste);
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
    public void Set_HardCases_AreThereInEachTaste(string tag, int least) => Assert.All([Sets["refine.psv"], Sets["refine-blind.psv"]], set =>
    {
        // The third set is for strangers' wording and not for the directions of textures.
        var tagged = set.Where(row => row.Taste != "neutral" && row.Tags.Contains(tag)).ToList();
        Assert.True(tagged.Count >= least, $"{tag}: {tagged.Count}");
        Assert.True(tagged.Select(row => row.Taste).Distinct().Count() >= 4, tag);
    });
}
