using System.Runtime.InteropServices;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>A language that prompts are written in.</summary>
internal enum Language
{
    English,
    Spanish,
}

/// <summary>What a word is about.</summary>
internal enum EntryKind
{
    Food,
    Taste,
    Texture,
    Temperature,
    Mood,
    Company,
    Place,
    Time,
    Weather,
}

/// <summary>What a word of the lexicon means.</summary>
/// <param name="Weights">Tastes and textures; negative where the word takes one away ("unsweetened").</param>
/// <param name="Temperature">−1 iced … 1 hot.</param>
/// <param name="Valence">−1 unpleasant … 1 pleasant.</param>
/// <param name="Arousal">−1 calm … 1 excited.</param>
/// <param name="Scene">An English phrase for the prompt text, or empty.</param>
internal sealed record LexiconEntry(
    EntryKind Kind,
    DimensionWeight[] Weights,
    double Temperature,
    double Valence,
    double Arousal,
    string Scene)
{
    /// <summary>What a food leaves behind besides its taste; may be empty.</summary>
    public IReadOnlyList<Impression> Impressions { get; init; } = [];

    /// <summary>Whether the word is about the setting rather than about the food.</summary>
    public bool IsContext => Kind >= EntryKind.Mood;

    /// <summary>Whether the word is about the air and the place around the eater.</summary>
    public bool IsSurroundings => Kind is EntryKind.Place or EntryKind.Time or EntryKind.Weather;
}

/// <summary>How a modifier acts on the words after it; see <c>data/modifiers.psv</c>.</summary>
internal enum ModifierKind
{
    Intensify,
    Diminish,
    Limit,
    Negate,
    List,
    Stop,
    None,

    /// <summary>The factor is the part of the meal that the next food is: "mostly", "a spoonful of".</summary>
    Share,
}

internal sealed record Modifier(ModifierKind Kind, double Factor);

/// <summary>What a word form stands for: a <see cref="LexiconEntry"/> or a <see cref="Modifier"/>.</summary>
/// <param name="Scale">How strong this form is: above 1 for <c>dulcísimo</c>.</param>
/// <param name="OwnLanguageOnly">Means something else in the other language, so counts only in its own.</param>
internal sealed record Sense(LexiconEntry? Entry, Modifier? Modifier, double Scale, bool OwnLanguageOnly)
{
    public bool MeansTheSameAs(Sense other) => ReferenceEquals(Entry, other.Entry) && ReferenceEquals(Modifier, other.Modifier);
}

/// <summary>A form of a word that the data does not list, and how strong it is against the listed one.</summary>
internal sealed record Inflection(string Form, double Scale);

/// <summary>A sense found in a prompt, and how many tokens it covers.</summary>
internal sealed record Match(Sense Sense, int TokenCount);

/// <summary>Every word form that is understood, by language, folded, with the longest first.</summary>
internal sealed class Lexicon
{
    private readonly Forms _english = new();
    private readonly Forms _spanish = new();
    private readonly List<ListedEntry> _entries = [];

    /// <summary>What can be eaten, drunk or felt in the mouth, in the files' order.</summary>
    public IReadOnlyList<ListedEntry> Entries => _entries;

    public void AddEntry(ListedEntry entry) => _entries.Add(entry);

    /// <summary>Adds a word form as it is listed in the data.</summary>
    /// <param name="form">Folded.</param>
    /// <returns>false where the language has the form already.</returns>
    public bool Add(Language language, string form, Sense sense) => Of(language).Add(form, sense);

    /// <summary>What the form means in the language, exactly; null if nothing.</summary>
    public Sense? Exact(Language language, ReadOnlySpan<char> form) => Of(language).Find(form);

    /// <summary>Every form of the language, the listed ones before their inflections.</summary>
    public IEnumerable<KeyValuePair<string, Sense>> FormsOf(Language language) => Of(language).All;

    /// <summary>The longest sense that begins at a token. At the same length the prompt's own language goes first.</summary>
    public Match? Find(TokenizedPrompt prompt, int position, Language language)
    {
        var longest = Math.Max(_english.LongestWords, _spanish.LongestWords);
        for (var count = prompt.WordsUpToBreak(position, longest); count > 0; count--)
        {
            var sense = Find(prompt, position, count, language);
            if (sense is not null) return new Match(sense, count);
        }

        return null;
    }

    private Sense? Find(TokenizedPrompt prompt, int position, int count, Language language)
    {
        var own = Of(language);
        var sense = prompt.HasAccent(position, count) ? own.Find(prompt.Accented(position, count)) : null;
        sense ??= own.Find(prompt.Folded(position, count));
        if (sense is not null) return sense;
        var other = Of(language == Language.English ? Language.Spanish : Language.English).Find(prompt.Folded(position, count));
        return other is { OwnLanguageOnly: false } ? other : null;
    }

    private Forms Of(Language language) => language == Language.English ? _english : _spanish;

    private sealed class Forms
    {
        private readonly Dictionary<string, Sense> _senses = new(32768, StringComparer.Ordinal);
        private readonly Dictionary<string, Sense>.AlternateLookup<ReadOnlySpan<char>> _lookup;

        public Forms() => _lookup = _senses.GetAlternateLookup<ReadOnlySpan<char>>();

        /// <summary>In the order in which they were added.</summary>
        public IEnumerable<KeyValuePair<string, Sense>> All => _senses;

        /// <summary>In words.</summary>
        public int LongestWords { get; private set; }

        public bool Add(string form, Sense sense)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_senses, form, out var exists);
            if (exists) return false;
            slot = sense;
            LongestWords = Math.Max(LongestWords, 1 + form.AsSpan().Count(' '));
            return true;
        }

        public Sense? Find(ReadOnlySpan<char> form) => _lookup.TryGetValue(form, out var sense) ? sense : null;
    }
}
