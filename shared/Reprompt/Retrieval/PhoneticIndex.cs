using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>Words of the lexicon by what they sound like. Built when a prompt first has a word that the lexicon does not know.</summary>
internal sealed class PhoneticIndex(KnowledgeBase knowledge)
{
    /// <summary>Shorter words sound like too many others: "bred", "bet". Ours.</summary>
    private const int FewestLetters = 5;

    /// <summary>What a word counts that is spelled by ear. Ours.</summary>
    private const double Believed = 0.9;

    private readonly Lazy<Dictionary<string, (string Form, Sense Sense)>> _english = new(() => Index(knowledge, Language.English));
    private readonly Lazy<Dictionary<string, (string Form, Sense Sense)>> _spanish = new(() => Index(knowledge, Language.Spanish));

    /// <summary>What the unknown words of a prompt sound like, by token; empty where nothing does.</summary>
    public Dictionary<int, Guess> Guesses(TokenizedPrompt prompt, Language language)
    {
        var guesses = new Dictionary<int, Guess>();
        for (var token = 0; token < prompt.Count;)
        {
            var known = knowledge.Lexicon.Find(prompt, token, language);
            if (known is null && GuessOf(prompt.Folded(token, 1), language) is { } guess) guesses.Add(token, guess);
            token += known?.TokenCount ?? 1;
        }

        return guesses;
    }

    private Guess? GuessOf(ReadOnlySpan<char> letters, Language language)
    {
        if (letters.Length < FewestLetters || knowledge.FunctionWords.Contains(language, letters)) return null;
        if (knowledge.OrdinaryWords.Contains(language, letters)) return null;
        var word = letters.ToString();
        // A word of the other language is no misspelling; its sense was not wanted here.
        if (knowledge.Lexicon.Exact(Language.English, word) is not null || knowledge.Lexicon.Exact(Language.Spanish, word) is not null) return null;
        var index = language == Language.English ? _english : _spanish;
        return index.Value.TryGetValue(Phonetics.KeyOf(word, language), out var found)
            ? new Guess(found.Form, found.Sense with { Scale = found.Sense.Scale * Believed }, 1)
            : null;
    }

    /// <summary>Every form of one word; where two sound alike, the one that the data lists first.</summary>
    private static Dictionary<string, (string Form, Sense Sense)> Index(KnowledgeBase knowledge, Language language)
    {
        var index = new Dictionary<string, (string, Sense)>(StringComparer.Ordinal);
        foreach (var (form, sense) in knowledge.Lexicon.FormsOf(language))
        {
            if (sense.Entry is { IsContext: false } && form.Length >= FewestLetters && form.All(char.IsAsciiLetter))
                index.TryAdd(Phonetics.KeyOf(form, language), (form, sense));
        }

        return index;
    }
}
