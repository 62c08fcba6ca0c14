using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;

namespace AudioReprompt.Reprompt;

/// <summary>The words of music: what the file may say, and what a text takes from it.</summary>
public sealed class MusicWordTests : IDisposable
{
    private const string Header = "english | spanish | kind | when | directions | source\n";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public static TheoryData<string> AllPrompts => [.. SamplePrompts.All];

    private static IReadOnlyList<MusicWord> Words => Refining.Knowledge.Music.Words;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void File_HasAtLeast300WordsOfEveryKind()
    {
        Assert.InRange(Words.Count, 300, int.MaxValue);
        Assert.All(Enum.GetValues<MusicWordKind>(), kind => Assert.InRange(Words.Count(word => word.Kind == kind), 10, int.MaxValue));
        Assert.All(
            Refining.Knowledge.Dimensions.Where(dimension => dimension.Kind <= DimensionKind.Temperature),
            dimension => Assert.InRange(Words.Count(word => word.Directions.Any(found => found.Dimension == dimension)), 5, int.MaxValue));
    }

    [Fact]
    public void Word_EveryOne_IsTrueOfSomePlan() =>
        Assert.All(Words, word => Assert.True(word.IsTrueOf(PlanOf(word)), $"No plan meets what \"{word.English}\" asks for."));

    [Theory]
    [MemberData(nameof(AllPrompts))]
    public void Choices_WordsOfTheText_AreTrueOfThePlanAndHaveASource(string prompt)
    {
        var refined = Refining.Refine(prompt);
        var told = refined.Explanation.Choices.Where(choice => choice.Parameter == "words").ToList();

        Assert.All(told, choice =>
        {
            var word = Assert.Single(Words, word => choice.Value == word.English || choice.Value == word.Spanish);
            Assert.True(word.IsTrueOf(refined.Plan));
            Assert.Contains(word.Phrase, refined.Text, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(word.Source.Citation, choice.Source);
            Assert.Contains(choice.Value, choice.Because);
        });
    }

    [Theory]
    [InlineData("a burning habanero salsa that set my mouth on fire", "spicy")]
    [InlineData("black coffee, bitter as it gets", "bitter")]
    [InlineData("a bag of salty potato chips", "salty")]
    public void Text_OneTaste_TakesWordsThatGoWithIt(string prompt, string taste)
    {
        var told = Refining.Refine(prompt).Explanation.Choices.Where(choice => choice.Parameter == "words").ToList();

        Assert.Contains(told, choice => choice.Because.EndsWith($"goes with {taste}", StringComparison.Ordinal));
    }

    [Fact]
    public void Text_NothingTasted_TakesNone() =>
        Assert.DoesNotContain(Refining.Refine("the printer on the third floor").Explanation.Choices, choice => choice.Parameter == "words");

    [Theory]
    [InlineData("largo | largo | tempo | tempo_bpm < x | sweet 1 | ours", "music-words.psv:2 has \"x\" in when; allowed is a number from 0 to 200.")]
    [InlineData("largo | largo | tempo | pitch < 1 | sweet 1 | ours", "music-words.psv:2 has \"pitch\" in when; allowed are tempo_bpm, register")]
    [InlineData("largo | largo | tempo | tempo_bpm is 9 | sweet 1 | ours", "music-words.psv:2 has \"tempo_bpm is 9\" in when; allowed are \"PARAMETER < NUMBER\"")]
    [InlineData("largo | largo | tempo | mode blue | sweet 1 | ours", "music-words.psv:2 has \"blue\" in when; allowed are major")]
    [InlineData("oboe | oboe | instrument | register > 0.5 | sweet 1 | ours", "music-words.psv:2 is an instrument; its column when must say of which")]
    [InlineData("largo | largo | speed | tempo_bpm < 60 | sweet 1 | ours", "music-words.psv:2 has \"speed\" in kind; allowed are tempo")]
    [InlineData("largo | largo | tempo | tempo_bpm < 60 | pink 1 | ours", "music-words.psv:2 has \"pink\" in directions")]
    [InlineData("largo | largo | tempo | tempo_bpm < 60 | sweet 1 | hearsay", "music-words.psv:2 has \"hearsay\" in source")]
    [InlineData("a | b | tempo | tempo_bpm < 60 | sweet 1 | ours\nA | c | tempo | tempo_bpm < 60 | sweet 1 | ours", "music-words.psv:3 lists \"A\" a second time.")]
    [InlineData("a | b | tempo | tempo_bpm < 60 | sweet 1 | ours\nc | B | tempo | tempo_bpm < 60 | sweet 1 | ours", "music-words.psv:3 lists \"B\" a second time.")]
    public void Load_BrokenLine_NamesFileLineAndWhatIsAllowed(string lines, string message)
    {
        File.WriteAllText(Path.Combine(_folder, "music-words.psv"), Header + lines);
        var sources = new Dictionary<string, Publication> { ["ours"] = Publication.Ours };

        var error = Assert.Throws<InvalidDataException>(() => MusicWordLoader.Load(_folder, Dimension.Load(Refining.DataFolder), sources));

        Assert.StartsWith(message, error.Message);
    }

    /// <summary>The neutral plan, moved to where the word's conditions ask.</summary>
    private static MusicalPlan PlanOf(MusicWord word)
    {
        var plan = MusicalPlan.Neutral;
        foreach (var parameter in PlanValues.All)
        {
            var (from, to) = parameter == PlanParameter.TempoBpm ? (40.0, 200.0) : (0.0, 1.0);
            foreach (var condition in word.When)
            {
                if (condition is PlanCondition.Above above && above.Parameter == parameter) from = Math.Max(from, above.Limit);
                if (condition is PlanCondition.Below below && below.Parameter == parameter) to = Math.Min(to, below.Limit);
            }

            if (word.When.Any(condition => Parameter(condition) == parameter)) plan = With(plan, parameter, (from + to) / 2);
        }

        foreach (var condition in word.When)
        {
            if (condition is PlanCondition.InMode mode) plan = plan with { Mode = mode.AnyOf[0] };
            if (condition is PlanCondition.Plays plays) plan = plan with { Instruments = [plays.AnyOf[0]] };
        }

        return plan;
    }

    private static PlanParameter? Parameter(PlanCondition condition) => condition switch
    {
        PlanCondition.Above above => above.Parameter,
        PlanCondition.Below below => below.Parameter,
        _ => null,
    };

    private static MusicalPlan With(MusicalPlan plan, PlanParameter parameter, double value) => parameter switch
    {
        PlanParameter.TempoBpm => plan with { TempoBpm = value },
        PlanParameter.Register => plan with { Register = value },
        PlanParameter.Consonance => plan with { Consonance = value },
        PlanParameter.Articulation => plan with { Articulation = value },
        PlanParameter.Dynamics => plan with { Dynamics = value },
        PlanParameter.Roughness => plan with { Roughness = value },
        PlanParameter.Brightness => plan with { Brightness = value },
        PlanParameter.Reverberance => plan with { Reverberance = value },
        _ => plan with { Density = value },
    };
}
