using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>
/// Fills a <see cref="Lexicon"/> from the word files: first every form that the data lists, then plurals, diminutives and degrees
/// of comparison where no listed form has taken their place.
/// </summary>
internal sealed class LexiconLoader(
    IReadOnlyDictionary<string, Dimension> dimensions, IReadOnlyDictionary<string, Impression> impressions)
{
    private readonly Lexicon _lexicon = new();
    private readonly List<ListedForm> _listed = [];
    private readonly Dictionary<string, Row> _rows = [];

    /// <exception cref="InvalidDataException">A file is missing or broken.</exception>
    public Lexicon Load(string folder)
    {
        AddWords(folder, "tastes.psv", EntryKind.Taste, Of(DimensionKind.Taste, DimensionKind.Texture), lowest: -1);
        AddWords(folder, "textures.psv", EntryKind.Texture, Of(DimensionKind.Taste, DimensionKind.Texture), lowest: -1);
        AddWords(folder, "temperatures.psv", EntryKind.Temperature, Of(DimensionKind.Temperature, DimensionKind.Temperature), lowest: 0);
        AddFoods(folder);
        AddContext(folder);
        AddModifiers(folder);
        AddInflections();
        return _lexicon;
    }

    private Dictionary<string, Dimension> Of(DimensionKind first, DimensionKind last)
    {
        var chosen = new Dictionary<string, Dimension>();
        foreach (var dimension in dimensions.Values)
        {
            if (dimension.Kind >= first && dimension.Kind <= last) chosen.Add(dimension.Key, dimension);
        }

        return chosen;
    }

    private Dictionary<string, Impression> Of(ImpressionKind kind) =>
        impressions.Values.Where(impression => impression.Kind == kind).ToDictionary(impression => impression.English);

    private void AddWords(string folder, string file, EntryKind kind, Dictionary<string, Dimension> allowed, double lowest)
    {
        foreach (var row in Table.Read(folder, file, "english", "spanish", "weights"))
            Add(row, EntryOf(row, kind, allowed, lowest));
    }

    private void AddFoods(string folder)
    {
        var allowed = Of(DimensionKind.Taste, DimensionKind.Temperature);
        var flavours = Of(ImpressionKind.Flavour);
        var body = Of(ImpressionKind.Body);
        var emotions = Of(ImpressionKind.Emotion);
        var colours = Of(ImpressionKind.Colour);
        foreach (var row in Table.Read(folder, "foods.psv", "english", "spanish", "weights", "kitchen", "flavours", "body", "emotion", "colour"))
        {
            row.Text("kitchen");
            var entry = EntryOf(row, EntryKind.Food, allowed, lowest: 0);
            Add(row, entry with
            {
                Impressions =
                [
                    .. row.Choices("flavours", flavours), .. row.Choices("body", body),
                    .. row.Choices("emotion", emotions), .. row.Choices("colour", colours),
                ],
            });
        }
    }

    private static LexiconEntry EntryOf(Row row, EntryKind kind, Dictionary<string, Dimension> allowed, double lowest)
    {
        var weights = row.Weights("weights", allowed, lowest, 1);
        var temperature = 0.0;
        foreach (var (dimension, weight) in weights)
        {
            if (dimension.Kind == DimensionKind.Temperature) temperature += dimension.Key == "hot" ? weight : -weight;
        }

        weights.RemoveAll(weight => weight.Dimension.Kind == DimensionKind.Temperature);
        return new LexiconEntry(kind, [.. weights], temperature, 0, 0, "");
    }

    private void AddContext(string folder)
    {
        foreach (var row in Table.Read(folder, "context.psv", "english", "spanish", "kind", "valence", "arousal", "scene"))
        {
            var kind = row.Choice("kind", EntryKind.Mood, Names<EntryKind>.Last);
            Add(row, new LexiconEntry(kind, [], 0, row.Number("valence", -1, 1), row.Number("arousal", -1, 1), row.Optional("scene")));
        }
    }

    private void AddModifiers(string folder)
    {
        foreach (var row in Table.Read(folder, "modifiers.psv", "english", "spanish", "kind", "factor"))
        {
            var modifier = new Modifier(row.Choice<ModifierKind>("kind"), row.Number("factor", 0, 2));
            foreach (var alias in row.List("english")) AddListed(row, Language.English, alias, null, modifier);
            foreach (var alias in row.List("spanish")) AddListed(row, Language.Spanish, alias, null, modifier);
        }
    }

    private void Add(Row row, LexiconEntry entry)
    {
        foreach (var alias in row.List("english")) _listed.Add(AddListed(row, Language.English, alias, entry, null));
        foreach (var alias in row.List("spanish")) _listed.Add(AddListed(row, Language.Spanish, alias, entry, null));
        if (!entry.IsContext) _lexicon.AddEntry(new ListedEntry(entry, NamesOf(row, "english"), NamesOf(row, "spanish")));
    }

    private static string[] NamesOf(Row row, string column) => Array.ConvertAll(row.List(column), alias => alias.TrimEnd('~', '='));

    private ListedForm AddListed(Row row, Language language, string alias, LexiconEntry? entry, Modifier? modifier)
    {
        var ownLanguageOnly = alias[^1] == '~';
        var accented = alias[^1] == '=';
        var tokens = Tokenizer.Tokenize(alias);
        if (tokens.Count == 0) throw row.Error($"has \"{alias}\"; allowed is a name with at least one letter or symbol.");
        if (tokens.WordsUpToBreak(0, tokens.Count) < tokens.Count)
            throw row.Error($"has \"{alias}\"; allowed is a name without punctuation.");
        if (accented && !tokens.HasAccent(0, tokens.Count)) throw row.Error($"has \"{alias}\"; '=' is for a name with an accent.");

        var form = (accented ? tokens.Accented(0, tokens.Count) : tokens.Folded(0, tokens.Count)).ToString();
        var sense = new Sense(entry, modifier, 1, ownLanguageOnly || accented);
        if (!_lexicon.Add(language, form, sense)) throw row.Error($"lists \"{alias}\", which {Place(language, form)} has already.");

        var other = language == Language.English ? Language.Spanish : Language.English;
        if (_lexicon.Exact(other, form) is { } elsewhere
            && !sense.MeansTheSameAs(elsewhere)
            && !(elsewhere.OwnLanguageOnly && ownLanguageOnly))
            throw row.Error($"lists \"{alias}\", which means something else in {Place(other, form)}; mark both with '~'.");
        _rows[Key(language, form)] = row;
        return new ListedForm(language, form, sense);
    }

    private string Place(Language language, string form)
    {
        var row = _rows[Key(language, form)];
        return $"{row.File}:{row.Line}";
    }

    private static string Key(Language language, string form) => (language == Language.English ? "en " : "es ") + form;

    private void AddInflections()
    {
        foreach (var (language, form, sense) in _listed)
        {
            var descriptor = sense.Entry!.Kind is EntryKind.Taste or EntryKind.Texture or EntryKind.Temperature;
            var inflections = language == Language.English ? EnglishForms.Of(form, descriptor) : SpanishForms.Of(form, descriptor);
            foreach (var (inflected, scale) in inflections)
                _lexicon.Add(language, inflected, scale == 1 ? sense : sense with { Scale = scale });
        }
    }

    private sealed record ListedForm(Language Language, string Form, Sense Sense);
}
