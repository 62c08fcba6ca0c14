namespace AudioReprompt.Reprompt;

public class DominantTasteTests
{
    public static TheoryData<string, string> Tasted
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (prompt, taste) in SamplePrompts.Tasted) data.Add(prompt, taste);
            return data;
        }
    }

    public static TheoryData<string> Empty => [.. SamplePrompts.Empty];

    [Theory]
    [MemberData(nameof(Tasted))]
    public void RefineAsync_EverydayPrompt_TastesAsAPersonWouldSay(string prompt, string taste) =>
        Assert.Equal(taste, Refining.Refine(prompt).Profile.DominantTaste);

    [Theory]
    [MemberData(nameof(Empty))]
    public void RefineAsync_NothingEdible_GivesTheNeutralPlanAndSaysSo(string prompt)
    {
        var refined = Refining.Refine(prompt);

        Assert.Equal("neutral", refined.Profile.DominantTaste);
        Assert.Equal(MusicalPlan.Neutral.Instruments, refined.Plan.Instruments);
        Assert.Equal(MusicalPlan.Neutral, refined.Plan with { Instruments = MusicalPlan.Neutral.Instruments });
        Assert.Empty(refined.Explanation.Words);
        Assert.Empty(refined.Explanation.Choices);
        Assert.Contains(
            refined.Explanation.Language == "en" ? "nothing to eat or drink" : "nada de comer ni de beber", refined.Explanation.Summary);
    }

    [Theory]
    [InlineData("A spicy taco al pastor at a noisy street stand, late at night", "en")]
    [InlineData("un chocolate amargo muy oscuro en silencio", "es")]
    [InlineData("Churros con chocolate", "es")]
    [InlineData("tacos al pastor with my friends", "en")]
    [InlineData("tacos al pastor con mis amigos", "es")]
    [InlineData("crème brûlée in a bistro", "en")]
    [InlineData("¿ramen?", "es")]
    [InlineData("ramen ramen ramen", "en")]
    public void RefineAsync_Prompt_TellsItsLanguage(string prompt, string language) =>
        Assert.Equal(language, Refining.Refine(prompt).Explanation.Language);
}
