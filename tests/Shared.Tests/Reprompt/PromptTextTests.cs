using System.Globalization;
using System.Text.RegularExpressions;
using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt;

/// <summary>What the text-to-music model reads.</summary>
public partial class PromptTextTests
{
    public static TheoryData<string> AllPrompts => [.. SamplePrompts.All];

    [Theory]
    [MemberData(nameof(AllPrompts))]
    public void Text_AnyPrompt_Has20To60WordsAndAtMost500Characters(string prompt)
    {
        var text = Refining.Refine(prompt).Text;

        Assert.InRange(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, 20, 60);
        Assert.InRange(text.Length, 1, 500);
        Assert.Equal(text.Trim(), text);
        Assert.EndsWith(".", text);
    }

    [Theory]
    [MemberData(nameof(AllPrompts))]
    public void Text_AnyPrompt_GivesThePlansTempoAndNoOtherNumber(string prompt)
    {
        var refined = Refining.Refine(prompt);
        var number = Assert.Single(Numbers().Matches(refined.Text));

        Assert.Equal(Math.Round(refined.Plan.TempoBpm).ToString(CultureInfo.InvariantCulture) + " BPM", number.Value);
    }

    [Theory]
    [MemberData(nameof(AllPrompts))]
    public void Text_AnyPrompt_NamesThePlansInstrumentsTheMelodyFirst(string prompt)
    {
        var refined = Refining.Refine(prompt);
        var music = Refining.Knowledge.Music;
        var names = music.Instruments
            .SelectMany(known => known.English
                .Concat(music.Words.Where(word => word.Names(known.Instrument)).Select(word => word.English))
                .Select(name => (Name: name, known.Instrument)))
            .OrderByDescending(name => name.Name.Length)
            .ToList();
        var pattern = string.Join('|', names.Select(name => $@"\b{name.Name}\b"));
        var named = Regex.Matches(refined.Text, pattern, RegexOptions.IgnoreCase)
            .Select(match => names.First(name => name.Name.Equals(match.Value, StringComparison.OrdinalIgnoreCase)).Instrument)
            .ToList();

        Assert.Equal(refined.Plan.Instruments, named);
    }

    [Theory]
    [MemberData(nameof(AllPrompts))]
    public void Text_AnyPrompt_DoesNotContradictThePlan(string prompt)
    {
        var refined = Refining.Refine(prompt);
        var (text, plan) = (refined.Text, refined.Plan);

        Says("slow|unhurried|slow-paced", plan.TempoBpm <= 88);
        Says("fast|rapid|racing|breakneck|fast-paced", plan.TempoBpm > 130);
        Says("lively|brisk|quick-stepping", plan.TempoBpm is > 108 and <= 130);
        Says("legato", plan.Articulation <= 0.33);
        Says("staccato", plan.Articulation > 0.65);
        Says("high-pitched|high register|high pitch", plan.Register > 0.57);
        Says("low-pitched|low register|low pitch", plan.Register <= 0.43);
        Says("consonant", plan.Consonance > 0.8);
        Says("dissonant", plan.Consonance <= 0.55);
        Says("soft|gentle|quiet|hushed", plan.Dynamics <= 0.4);
        Says("loud|strong|thundering", plan.Dynamics > 0.6);
        Says("distorted", plan.Roughness > 0.5);
        Says("smooth|clean", plan.Roughness <= 0.12);
        Says("bright|piercing", plan.Brightness > 0.57);
        Says("dark|muted", plan.Brightness <= 0.43);
        Says("dry", plan.Reverberance <= 0.18);
        Says("lush|reverberant|roomy", plan.Reverberance > 0.4);
        Says("sparse", plan.Density <= 0.28);
        Says("dense|tightly", plan.Density > 0.75);
        Says("calm|serene|peaceful|meditative|still", plan.TempoBpm <= 115);
        Says("restless|energetic|exuberant|celebratory|agitated|turbulent", plan.TempoBpm >= 90);
        Assert.Contains(refined.Plan.Mode.ToString(), text, StringComparison.OrdinalIgnoreCase);
        Assert.All(
            Enum.GetNames<Mode>().Except([plan.Mode.ToString()]),
            other => Assert.DoesNotMatch($@"(?i)\b{other}\b", text));

        void Says(string words, bool allowed)
        {
            // "hushed atmosphere" is the scene's, not the dynamics'.
            if (!allowed) Assert.DoesNotMatch($@"(?i)(?<![\w-])({words})(?![\w-])(?! atmosphere)", text);
        }
    }

    [Theory]
    [MemberData(nameof(AllPrompts))]
    public void Text_AnyPrompt_NamesNoFoodAndNoTaste(string prompt)
    {
        var read = new PromptReader(Refining.Knowledge).Read(Refining.Refine(prompt).Text);

        Assert.DoesNotContain(read.Mentions, mention => mention.Entry.Kind is EntryKind.Food or EntryKind.Taste);
    }

    [Fact]
    public void Text_EveryWordOfTheVocabulary_NamesNoFoodAndNoTaste()
    {
        var music = Refining.Knowledge.Music;
        var words = music.Instruments.SelectMany(instrument => instrument.English)
            .Concat(music.Words.Select(word => word.Phrase))
            .Concat(music.Moods.SelectMany(mood => mood.English))
            .Concat(PlanValues.All.SelectMany(parameter => music.Of(parameter).Bands).SelectMany(band => band.English))
            .Concat(File.ReadLines(Path.Combine(Refining.DataFolder, "context.psv")).Select(line => line.Split('|')[^1]));

        Assert.All(words, word => Assert.DoesNotContain(
            new PromptReader(Refining.Knowledge).Read(word).Mentions, mention => mention.Entry.Kind is EntryKind.Food or EntryKind.Taste));
    }

    [Fact]
    public void Text_DifferentPromptsOfTheSameTaste_AreWordedDifferently()
    {
        string[] prompts =
        [
            "a bitter drink in the morning", "this bitter drink, in the morning", "every morning a bitter drink",
            "my bitter morning drink", "such a bitter drink this morning", "one bitter drink each morning",
            "a drink, bitter, in the morning", "bitter drink of the morning",
        ];
        var refined = prompts.Select(Refining.Refine).ToList();

        Assert.All(refined, one => Assert.Equal(refined[0].Profile.Tastes, one.Profile.Tastes));
        Assert.Distinct(refined.Select(one => one.Text));
    }

    [Fact]
    public void Text_AllSamplePrompts_AreDistinct() => Assert.Distinct(SamplePrompts.All.Select(prompt => Refining.Refine(prompt).Text));

    [Fact]
    public void Text_PlaceInThePrompt_IsHeard() =>
        Assert.Contains("seaside atmosphere", Refining.Refine("a lemonade on the beach with the waves").Text);

    [GeneratedRegex(@"\d+( BPM)?")]
    private static partial Regex Numbers();
}
