namespace AudioReprompt.Reprompt;

/// <summary>What a profile holds besides tastes and textures, and how sure it is.</summary>
public sealed class ProfileTests
{
    [Fact]
    public void Profile_OfAFood_HasItsFlavoursBodyEmotionsAndColours()
    {
        var profile = Refining.Refine("a glass of mezcal on the roof").Profile;

        Assert.Equal(["earthy", "smoky"], profile.Flavours.Keys.Order());
        Assert.Equal(["burning"], profile.Body.Keys);
        Assert.Equal(["celebration"], profile.Emotions.Keys);
        Assert.Equal(["clear"], profile.Colours.Keys);
        Assert.All(profile.Flavours.Values, weight => Assert.InRange(weight, 0.5, 1));
    }

    [Fact]
    public void Profile_OfAFoodThatIsTakenAway_HasNothingOfIt() =>
        Assert.Empty(Refining.Refine("no mezcal for me this evening").Profile.Flavours);

    [Fact]
    public void Profile_OfASmallShare_HasLittleOfItsImpressions()
    {
        var profile = Refining.Refine("ninety percent vanilla custard and ten percent mezcal").Profile;

        Assert.True(profile.Emotions["celebration"] < 0.3, $"{profile.Emotions["celebration"]}");
    }

    [Theory]
    [InlineData("a bowl of habanero on the table", -1)]
    [InlineData("a plate of mole poblano on the table", 1)]
    public void Valence_OfASentenceWithoutAMood_IsTheFoods(string prompt, int sign) =>
        Assert.Equal(sign, Math.Sign(Refining.Refine(prompt).Profile.Valence));

    [Fact]
    public void Valence_OfASentenceWithAMood_IsMostlyTheMoods()
    {
        var profile = Refining.Refine("we are sad over a plate of mole poblano").Profile;

        Assert.True(profile.Valence < -0.4, $"{profile.Valence}");
    }

    [Theory]
    [InlineData("a spoonful of honey and nothing else", "honey with lemon juice in equal measure")]
    [InlineData("a very bitter thing to swallow", "a faintly bitter thing to swallow")]
    [InlineData("a bowl of jalapeños for the table", "a bowl of jalapenyos for the table")]
    [InlineData("we sit on the beach and are happy", "qwerty asdfgh zxcvbn poiuyt lkjhgf")]
    public void Confidence_OfTheClearerSentence_IsHigher(string clear, string unclear)
    {
        var (sure, unsure) = (Refining.Refine(clear).Profile.Confidence, Refining.Refine(unclear).Profile.Confidence);

        Assert.InRange(unsure, 0, 1);
        Assert.InRange(sure, 0, 1);
        Assert.True(sure > unsure + 0.1, $"{sure} {unsure}");
    }

    [Theory]
    [InlineData("a quiet evening alone, calm and sleepy", MusicalForm.Strophic)]
    [InlineData("something to eat, somewhere, some day", MusicalForm.Ternary)]
    [InlineData("a wild party, dancing, everybody thrilled and laughing", MusicalForm.Rondo)]
    [InlineData("una tarde tranquila y sin prisa, solo y cansado", MusicalForm.Strophic)]
    [InlineData("a plate of the hottest spicy habanero salsa", MusicalForm.Rondo)]
    public void Form_FollowsTheExcitement(string prompt, MusicalForm form) => Assert.Equal(form, Refining.Plan(prompt).Form);

    [Fact]
    public void Form_OtherThanNeutral_IsExplained()
    {
        var choice = Refining.Refine("a quiet evening alone, calm and sleepy").Explanation.Choices.Single(choice => choice.Parameter == "form");

        Assert.Equal("one theme, returning with small changes", choice.Value);
        Assert.Contains("calm", choice.Because, StringComparison.Ordinal);
    }
}
