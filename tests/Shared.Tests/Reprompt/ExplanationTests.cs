using System.Text.RegularExpressions;

namespace AudioReprompt.Reprompt;

public class ExplanationTests
{
    public static TheoryData<string> AllPrompts => [.. SamplePrompts.All];

    [Theory]
    [MemberData(nameof(AllPrompts))]
    public void Words_AnyPrompt_StandWhereStartSaysInTheOrderOfThePrompt(string prompt)
    {
        var words = Refining.Refine(prompt).Explanation.Words;

        Assert.All(words, word => Assert.Equal(word.Word, prompt.Substring(word.Start, word.Word.Length)));
        Assert.Equal(words.OrderBy(word => word.Start).Select(word => word.Start), words.Select(word => word.Start));
        Assert.All(words, word => Assert.NotEmpty(word.Dimensions));
    }

    [Theory]
    [InlineData("😀👩‍👩‍👧 cafe\u0301 con pan", "cafe\u0301", 11)]
    [InlineData("🌶🌶 Tacos", "Tacos", 5)]
    [InlineData("Grandma's ice\u00ADcream and LEMONS", "LEMONS", 24)]
    [InlineData("¡¿Piñas?!", "Piñas", 2)]
    public void Words_AfterEmojiAndCombiningCharacters_StartAtTheirUtf16Index(string prompt, string word, int start)
    {
        var found = Refining.Refine(prompt).Explanation.Words.Single(finding => finding.Word == word);

        Assert.Equal(start, found.Start);
    }

    [Fact]
    public void Words_Negated_HaveNegativeWeights()
    {
        var sugar = Refining.Refine("un café sin azúcar, por favor").Explanation.Words.Single(word => word.Word == "azúcar");

        Assert.Equal(-0.95, sugar.Dimensions["sweet"]);
    }

    [Theory]
    [MemberData(nameof(AllPrompts))]
    public void Choices_AnyPrompt_HaveAReasonAndASource(string prompt)
    {
        var choices = Refining.Refine(prompt).Explanation.Choices;

        Assert.All(choices, choice =>
        {
            Assert.NotEmpty(choice.Value);
            Assert.NotEmpty(choice.Because);
            Assert.True(choice.Source == "ours" || Regex.IsMatch(choice.Source, @"\b20\d\d\b"), choice.Source);
        });
        Assert.Distinct(choices.Where(choice => choice.Parameter is not ("instruments" or "words")).Select(choice => choice.Parameter));
    }

    [Theory]
    [InlineData("something bitter to sip", "register", "low register", "bitter goes with low pitch", "Mesz, Trevisan, Sigman 2011")]
    [InlineData("algo amargo para beber", "register", "grave", "lo amargo va con los tonos graves", "Mesz, Trevisan, Sigman 2011")]
    [InlineData("something salty to nibble", "articulation", "staccato notes", "salty goes with staccato", "Mesz, Trevisan, Sigman 2011")]
    [InlineData("this is spicy", "roughness", "rough distorted timbre", "spicy goes with a distorted timbre", "Wang, Keller, Spence 2017")]
    [InlineData("something sweet to bite", "instruments", "piano", "piano goes with sweet", "Crisinel et al. 2012")]
    [InlineData("this is creamy", "reverberance", "long lush reverb", "reverberation makes chocolate creamier", "Reinoso-Carvalho")]
    public void Choices_PureTaste_NameTheFinding(string prompt, string parameter, string value, string because, string source)
    {
        var choice = Refining.Refine(prompt).Explanation.Choices.First(one => one.Parameter == parameter);

        Assert.Equal(value, choice.Value);
        Assert.Equal(because, choice.Because);
        Assert.StartsWith(source, choice.Source);
    }

    [Fact]
    public void Choices_Mood_IsOurs()
    {
        var choices = Refining.Refine("we are having water at a wild party").Explanation.Choices;

        Assert.Equal("ours", choices.Single(choice => choice.Parameter == "tempo_bpm").Source);
    }

    [Theory]
    [InlineData("A spicy taco al pastor at a noisy stand", "tastes mainly spicy", "“taco al pastor”", "BPM", "Wang, Keller & Spence 2017")]
    [InlineData("un chocolate amargo en silencio", "sabe sobre todo a amargo", "«chocolate amargo»", "pulsos por minuto", "Mesz et al. 2011")]
    [InlineData("un café sin azúcar en casa", "Se descuenta: «azúcar»", "amargo", "caliente", "modo")]
    [InlineData("a sad rainy evening, all alone", "nothing to eat or drink", "its mood alone", "unpleasant", "calm")]
    public void Summary_Prompt_TellsTheStoryInItsLanguage(string prompt, params string[] parts)
    {
        var summary = Refining.Refine(prompt).Explanation.Summary;

        Assert.All(parts, part => Assert.Contains(part, summary));
    }

    [Theory]
    [MemberData(nameof(AllPrompts))]
    public void Summary_AnyPrompt_IsOneReadableParagraph(string prompt)
    {
        var summary = Refining.Refine(prompt).Explanation.Summary;

        Assert.InRange(summary.Length, 60, 900);
        Assert.DoesNotContain('\n', summary);
        Assert.DoesNotContain("  ", summary);
        Assert.DoesNotMatch(@"[{}]| \.|\.\.|, ,|\( *\)", summary);
        Assert.EndsWith(".", summary);
    }

    [Fact]
    public void Curator_WithoutOutsideHelp_IsOffline() =>
        Assert.Equal("offline", Refining.Refine("a sweet drink at home").Explanation.Curator);
}
