using System.Globalization;
using System.Text;
using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Understanding;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Reprompt;

/// <summary>The files in <c>data/</c>, and what is said of broken ones.</summary>
public sealed class KnowledgeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public KnowledgeTests()
    {
        foreach (var file in Directory.GetFiles(Refining.DataFolder, "*.psv")) File.Copy(file, _folder.Combine(Path.GetFileName(file)));
    }

    /// <summary>What the refiner reads.</summary>
    public static TheoryData<string> Files => [.. FileNames.Where(file => file != "captions.psv")];

    private static string[] FileNames { get; } =
        [.. Directory.GetFiles(Refining.DataFolder, "*.psv").Select(file => Path.GetFileName(file)).Order()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Load_MissingFile_IsNamed(string file)
    {
        File.Delete(_folder.Combine(file));

        Assert.Contains(file, LoadError());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Load_EmptyFile_IsNamed(string file)
    {
        File.WriteAllText(_folder.Combine(file), "# nothing here\n");

        Assert.StartsWith(file + " has no entries", LoadError());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Load_LineWithAColumnTooMany_IsNamedWithTheColumns(string file)
    {
        var line = Append(file, "a | b | c | d | e | f | g | h | i");

        Assert.StartsWith($"{file}:{line} has 9 columns; allowed are exactly these", LoadError());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Load_OtherHeader_IsNamed(string file)
    {
        var lines = File.ReadAllLines(_folder.Combine(file)).Where(line => !line.StartsWith('#')).ToList();
        File.WriteAllLines(_folder.Combine(file), lines[1..]);

        Assert.StartsWith($"{file}:1 must name the columns", LoadError());
    }

    [Theory]
    [InlineData("foods.psv", "moonfruit | lunafruta | sweet 1.5 | malaysia |  |  |  | ", "has \"1.5\" in weights; allowed is a number from 0 to 1")]
    [InlineData("foods.psv", "moonfruit | lunafruta | sweet NaN | malaysia |  |  |  | ", "allowed is a number from 0 to 1")]
    [InlineData("foods.psv", "moonfruit | lunafruta | stinky 0.5 | malaysia |  |  |  | ", "has \"stinky\" in weights; allowed are sweet, sour, salty")]
    [InlineData("foods.psv", "moonfruit | lunafruta | sweet | malaysia |  |  |  | ", "has \"sweet\" in weights; allowed is a name and a number")]
    [InlineData("foods.psv", "moonfruit | lunafruta | sweet 0.5, sweet 0.6 | malaysia |  |  |  | ", "names \"sweet\" twice")]
    [InlineData("foods.psv", "moonfruit |  | sweet 0.5 | malaysia |  |  |  | ", "has an empty column spanish")]
    [InlineData("foods.psv", "moonfruit | lunafruta | sweet 0.5 | |  |  |  | ", "has an empty column kitchen")]
    [InlineData("foods.psv", "moonfruit,, king of fruit | lunafruta | sweet 0.5 | malaysia |  |  |  | ", "has an empty item in english")]
    [InlineData("foods.psv", "... | lunafruta | sweet 0.5 | malaysia |  |  |  | ", "allowed is a name with at least one letter or symbol")]
    [InlineData("foods.psv", "moonfruit; fresh | lunafruta | sweet 0.5 | malaysia |  |  |  | ", "allowed is a name without punctuation")]
    [InlineData("foods.psv", "moonfruit | moonfruit= | sweet 0.5 | malaysia |  |  |  | ", "'=' is for a name with an accent")]
    [InlineData("foods.psv", "moonfruit | Limon | sweet 0.5 | malaysia |  |  |  | ", "lists \"Limon\", which foods.psv:")]
    [InlineData("foods.psv", "moonfruit | salt | sweet 0.5 | malaysia |  |  |  | ", "means something else in foods.psv:")]
    [InlineData("foods.psv", "moonfruit | lunafruta | sweet 0.5 | malaysia | loud |  |  | ", "has \"loud\" in flavours; allowed are anise")]
    [InlineData("foods.psv", "moonfruit | lunafruta | sweet 0.5 | malaysia |  |  | hunger | ", "has \"hunger\" in emotion; allowed are anger")]
    [InlineData("foods.psv", "moonfruit | lunafruta | sweet 0.5 | malaysia |  |  |  | smoky", "has \"smoky\" in colour; allowed are amber")]
    [InlineData("foods.psv", "moonfruit | lunafruta | sweet 0.5 | malaysia | smoky, smoky |  |  | ", "names \"smoky\" twice in flavours")]
    [InlineData("impressions.psv", "smell | sharp | agudo | | ", "has \"smell\" in kind; allowed are flavour, body, emotion, colour")]
    [InlineData("impressions.psv", "flavour | smoky | ahumado | | ", "lists \"smoky\" a second time")]
    [InlineData("impressions.psv", "flavour | peaty | a turba | 0.2 | ", "has a valence; only an emotion has one")]
    [InlineData("impressions.psv", "emotion | awe | asombro | 0.4 | ", "has an empty column arousal")]
    [InlineData("quantities.psv", "dozen | docena | count | 12", "has \"count\" in kind; allowed are number, percent, part")]
    [InlineData("quantities.psv", "one | solo uno | number | 1", "lists \"one\" a second time")]
    [InlineData("context.psv", "durian day | día de durián | mood | 2 | 0 |", "has \"2\" in valence; allowed is a number from -1 to 1")]
    [InlineData("context.psv", "durian day | día de durián | food | 0 | 0 |", "has \"food\" in kind; allowed are mood, company, place")]
    [InlineData("modifiers.psv", "durianly | durianamente | double | 2", "has \"double\" in kind; allowed are intensify")]
    [InlineData("correspondences.psv", "sweet | mode | 0.5 | a | b | ours", "has \"mode\" in parameter; allowed are tempo_bpm, register")]
    [InlineData("correspondences.psv", "sweet | density | 0.5 | a | b | hearsay", "has \"hearsay\" in source; allowed are ours, mesz-2011")]
    [InlineData("correspondences.psv", "sweet | tempo_bpm | 5 | a | b | ours", "moves a parameter that this direction has moved already")]
    [InlineData("instrument-directions.psv", "kazoo | sweet | 0.5 | a | b | ours", "has \"kazoo\" in instrument; allowed are piano")]
    [InlineData("instruments.psv", "piano | melody | 0 | piano | piano", "lists \"piano\" a second time")]
    [InlineData("vocabulary.psv", "register | 0.5 | told | a | b", "must reach higher than the line before it")]
    [InlineData("dimensions.psv", "sweet | taste | sweet | dulce", "lists \"sweet\" a second time")]
    [InlineData("function-words.psv", "fr | le, la", "has \"fr\" in language; allowed are en, es")]
    public void Load_BrokenLine_IsNamedWithWhatIsAllowed(string file, string broken, string expected)
    {
        var line = Append(file, broken);
        var error = LoadError();

        Assert.StartsWith($"{file}:{line} ", error);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void Load_LineThatAnotherFileNeeds_IsMissed()
    {
        Rewrite("modes.psv", text => text.Replace("\nlydian", "\n# lydian", StringComparison.Ordinal));

        Assert.Equal("modes.psv lacks a line for \"lydian\".", LoadError());
    }

    [Fact]
    public void Load_NotUtf8_IsNamedWithTheLine()
    {
        var latin1 = Encoding.Latin1.GetBytes("english | spanish | weights\nsour | ácido | sour 0.8\n");
        File.WriteAllBytes(_folder.Combine("tastes.psv"), latin1);

        Assert.Equal("tastes.psv:2 is not UTF-8.", LoadError());
    }

    [Fact]
    public void Load_WindowsLineEndingsAndByteOrderMark_AreFine()
    {
        foreach (var file in FileNames)
            Rewrite(file, text => "\uFEFF" + text.Replace("\n", "\r\n", StringComparison.Ordinal));

        var refined = Refining.Refine(PromptRefiner.Load(_folder.Path), "a sweet drink at home");

        Assert.Equal(Refining.Refine("a sweet drink at home").Text, refined.Text);
    }

    [Fact]
    public void Foods_All_CoverManyFoodsAndKitchens()
    {
        var foods = Rows("foods.psv");

        Assert.InRange(foods.Count, 800, 10_000);
        Assert.InRange(foods.Select(food => food[3]).Distinct().Count(), 50, 200);
        Assert.InRange(foods.Count(food => food[4].Length > 0 || food[5].Length > 0 || food[6].Length > 0), foods.Count / 2, foods.Count);
    }

    [Theory]
    [InlineData("mexico")]
    [InlineData("peru")]
    [InlineData("colombia")]
    [InlineData("argentina")]
    [InlineData("chile")]
    [InlineData("brazil")]
    [InlineData("cuba", "jamaica", "puerto rico", "dominican republic", "trinidad", "haiti", "barbados")]
    [InlineData("guatemala", "el salvador", "honduras", "nicaragua", "costa rica", "panama", "belize")]
    [InlineData("spain")]
    [InlineData("italy")]
    [InlineData("france")]
    [InlineData("germany")]
    [InlineData("britain")]
    [InlineData("russia", "ukraine", "poland", "hungary", "czechia", "romania", "bulgaria", "serbia", "georgia")]
    [InlineData("sweden", "norway", "denmark", "finland", "iceland")]
    [InlineData("usa")]
    [InlineData("india")]
    [InlineData("japan")]
    [InlineData("thailand")]
    [InlineData("vietnam")]
    [InlineData("korea")]
    [InlineData("china")]
    [InlineData("indonesia")]
    [InlineData("philippines")]
    [InlineData("ethiopia")]
    [InlineData("nigeria", "ghana", "senegal")]
    [InlineData("morocco", "tunisia", "egypt")]
    [InlineData("lebanon", "syria", "palestine", "israel", "jordan")]
    [InlineData("turkey")]
    [InlineData("iran")]
    [InlineData("world")]
    public void Foods_Kitchen_HasAtLeastTen(params string[] kitchens) =>
        Assert.InRange(Rows("foods.psv").Count(food => kitchens.Contains(food[3])), 10, 1000);

    [Fact]
    public void Foods_Group_IsAlphabetical()
    {
        var lines = File.ReadLines(Path.Combine(Refining.DataFolder, "foods.psv")).SkipWhile(line => line[0] == '#').Skip(1);
        var last = "";
        foreach (var line in lines)
        {
            var name = line[0] == '#' ? "" : Tokenizer.Tokenize(line.Split('|')[0]).FoldedText;
            Assert.True(name.Length == 0 || string.CompareOrdinal(FirstWord(last), FirstWord(name)) <= 0, $"{name} after {last}");
            last = name;
        }

        static string FirstWord(string name) => name.Split(' ')[0];
    }

    [Fact]
    public void Context_All_CoverManySettings()
    {
        var settings = Rows("context.psv");

        Assert.InRange(settings.Count, 200, 10_000);
        Assert.All(
            (string[])["mood", "place", "time", "company", "weather"],
            kind => Assert.InRange(settings.Count(setting => setting[2] == kind), 10, 10_000));
        Assert.All(settings, setting => Assert.InRange(double.Parse(setting[3], CultureInfo.InvariantCulture), -1, 1));
        Assert.All(settings, setting => Assert.InRange(double.Parse(setting[4], CultureInfo.InvariantCulture), -1, 1));
    }

    [Theory]
    [InlineData("foods.psv")]
    [InlineData("context.psv")]
    [InlineData("tastes.psv")]
    [InlineData("textures.psv")]
    public void Entries_All_HaveBothLanguagesAndNoNameTwice(string file)
    {
        var rows = Rows(file);

        Assert.All(rows, row => Assert.All(row[..2], names => Assert.All(names.Split(", "), name => Assert.NotEmpty(name))));
        Assert.Distinct(rows.SelectMany(row => row[0].Split(", ")));
        Assert.Distinct(rows.SelectMany(row => row[1].Split(", ")));
    }

    [Theory]
    [InlineData("this one makes my mouth pucker", "sour")]
    [InlineData("algo que cruje y sabe a mar", "salty")]
    [InlineData("it burns, oh how it burns", "spicy")]
    [InlineData("esto pica muchísimo", "spicy")]
    [InlineData("está empalagoso", "sweet")]
    [InlineData("tart and cold from the glass", "sour")]
    [InlineData("a briny thing at the shore", "salty")]
    [InlineData("it makes my eyes water", "spicy")]
    [InlineData("esto deja amarga la boca", "bitter")]
    [InlineData("smoky and earthy, by the fire", "umami")]
    public void RefineAsync_DescriptionWithoutAFood_HasItsTaste(string prompt, string taste) =>
        Assert.Equal(taste, Refining.Refine(prompt).Profile.DominantTaste);

    [Theory]
    [InlineData("it melts on the tongue", "creamy")]
    [InlineData("se deshace en la boca", "creamy")]
    [InlineData("velvety from the first spoon", "creamy")]
    [InlineData("algo que cruje y sabe a mar", "crunchy")]
    [InlineData("light as air, this thing", "soft")]
    [InlineData("it tickles my nose", "fizzy")]
    public void RefineAsync_DescriptionWithoutAFood_HasItsTexture(string prompt, string texture) =>
        Assert.InRange(Refining.Texture(prompt, texture), 0.5, 1);

    [Theory]
    [InlineData("mezcal", "smoky", "earthy", "burning", "celebration", "clear")]
    [InlineData("avocado", "buttery", "grassy", "filling", "calm", "green")]
    public void Foods_Impressions_AreReadWithTheFood(string name, params string[] impressions)
    {
        var food = Refining.Knowledge.Lexicon.Exact(Language.English, name)!.Entry!;

        Assert.Equal(impressions, food.Impressions.Select(impression => impression.English));
    }

    [Theory]
    [InlineData("body")]
    [InlineData("colour")]
    public void Foods_EveryOne_SaysWhatItDoesToTheBodyAndHowItLooks(string kind)
    {
        var wanted = Enum.Parse<ImpressionKind>(kind, ignoreCase: true);
        var without = Refining.Knowledge.Lexicon.Entries
            .Where(listed => listed.Entry.Kind == EntryKind.Food && listed.Entry.Impressions.All(impression => impression.Kind != wanted))
            .Select(listed => listed.English[0]);

        Assert.Empty(without);
    }

    [Theory]
    [InlineData("tastes.psv")]
    [InlineData("textures.psv")]
    [InlineData("foods.psv")]
    public void Entries_EveryNameInBothLanguages_IsUnderstoodWithItsWeights(string file)
    {
        foreach (var row in Rows(file))
        {
            var weights = row[2].Split(", ").Select(weight => weight.Split(' ')).Where(weight => weight[0] is not ("hot" or "cold"))
                .ToDictionary(weight => weight[0], weight => double.Parse(weight[1]));
            AssertUnderstood(row[0], "we are having this: {0}", weights);
            AssertUnderstood(row[1], "estamos tomando esto: {0}", weights);
        }
    }

    [Fact]
    public void Correspondences_EveryPublishedDirection_MovesThePlanThatWay()
    {
        foreach (var row in Rows("correspondences.psv").Where(row => row[5] != "ours" && row[1] is not ("valence" or "arousal")))
        {
            var plan = ByName(Refining.Plan($"something {row[0]} and nothing else"))[row[1]];
            var neutral = ByName(MusicalPlan.Neutral)[row[1]];
            Assert.True(Math.Sign(plan - neutral) == Math.Sign(double.Parse(row[2])), $"{row[0]} {row[1]}: {plan} against {neutral}");
        }
    }

    [Fact]
    public void ReadMe_EveryFile_HasItsSourceAndLicence()
    {
        var readMe = File.ReadAllText(Path.Combine(Refining.DataFolder, "README.md"));

        Assert.All(FileNames, file => Assert.Matches($@"\| `{file}` \|.*\| MIT \|", readMe));
    }

    private static Dictionary<string, double> ByName(MusicalPlan plan) => new()
    {
        ["tempo_bpm"] = plan.TempoBpm,
        ["register"] = plan.Register,
        ["consonance"] = plan.Consonance,
        ["articulation"] = plan.Articulation,
        ["dynamics"] = plan.Dynamics,
        ["roughness"] = plan.Roughness,
        ["brightness"] = plan.Brightness,
        ["reverberance"] = plan.Reverberance,
        ["density"] = plan.Density,
    };

    private static void AssertUnderstood(string names, string prompt, Dictionary<string, double> weights)
    {
        foreach (var name in names.Split(", ").Select(name => name.TrimEnd('~', '=')))
        {
            var words = Refining.Refine(prompt.Replace("{0}", name, StringComparison.Ordinal)).Explanation.Words;
            if (weights.Count == 0) continue;
            var found = Assert.Single(words);
            Assert.Equal(name, found.Word);
            Assert.All(weights, weight => Assert.Equal(weight.Value, found.Dimensions[weight.Key]));
        }
    }

    private static List<string[]> Rows(string file) =>
        [.. File.ReadLines(Path.Combine(Refining.DataFolder, file)).Where(line => line.Length > 0 && line[0] != '#').Skip(1)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))];

    private string LoadError() => Assert.Throws<InvalidDataException>(() => PromptRefiner.Load(_folder.Path)).Message;

    private int Append(string file, string line)
    {
        Rewrite(file, text => text.TrimEnd('\n') + "\n" + line + "\n");
        return File.ReadAllLines(_folder.Combine(file)).Length;
    }

    private void Rewrite(string file, Func<string, string> change)
    {
        var path = _folder.Combine(file);
        File.WriteAllText(path, change(File.ReadAllText(path)));
    }
}
