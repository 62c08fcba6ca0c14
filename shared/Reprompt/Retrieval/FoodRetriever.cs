using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>Which side found an entry.</summary>
[Flags]
internal enum FoundBy
{
    /// <summary>A word of the prompt is nearly one of its names.</summary>
    Words = 1,

    /// <summary>The sentence as a whole means something near.</summary>
    Meaning = 2,
}

/// <summary>An entry that the prompt does not name but probably means.</summary>
/// <param name="Name">What the entry is called: the name that was probably meant, or its first one.</param>
/// <param name="Score">For comparing within one answer: a fused rank, or the closeness of the spelling.</param>
/// <param name="Confidence">0…1: how much of its weights counts.</param>
/// <param name="Token">The word that stands for it; null where the whole sentence does.</param>
internal sealed record Retrieved(ListedEntry Listed, string Name, double Score, double Confidence, FoundBy FoundBy, int? Token);

/// <summary>
/// Finds the entries nearest to a prompt whose words the lexicon does not know: misspelled names by their letters, and, where the
/// encoder's weights are installed, a description of food by its meaning. Deterministic; safe for concurrent calls.
/// </summary>
internal sealed class FoodRetriever
{
    private const int Candidates = 10;
    private const int MostByMeaning = 3;
    private const int FewestLetters = 3;

    /// <summary>How near to a name a word must be. Ours.</summary>
    private const double Believed = 0.7;

    /// <summary>
    /// The mean cosine to all entries below which a sentence is not about food. Ours: ten sentences about other things had at most
    /// 0.18, eighteen that describe food at least 0.34. The cosine to the nearest entry does not part them.
    /// </summary>
    private const double AboutFood = 0.33;

    /// <summary>The mean cosine from which on the whole confidence is given. Ours.</summary>
    private const double SurelyAboutFood = 0.42;

    /// <summary>What a description counts at most against a name. Ours.</summary>
    private const double MostConfidence = 0.75;

    private readonly KnowledgeBase _knowledge;
    private readonly IReadOnlyList<ListedEntry> _entries;
    private readonly IReadOnlyList<(string Name, string Folded)>[] _names;
    private readonly Lazy<Bm25Index> _index;
    private readonly KnowledgeVectors? _vectors;
    private readonly float[] _center = new float[SentenceEncoder.Dimensions];
    private readonly Lazy<SentenceEncoder>? _encoder;

    private FoodRetriever(KnowledgeBase knowledge, KnowledgeVectors? vectors, string weightsFolder)
    {
        _knowledge = knowledge;
        _entries = knowledge.Lexicon.Entries;
        _names = [.. _entries.Select(entry =>
            (IReadOnlyList<(string, string)>)[.. entry.English.Concat(entry.Spanish).Select(name => (name, Folded(name)))])];
        _index = new Lazy<Bm25Index>(() => new Bm25Index([.. _entries.Select(Searched)]));
        _vectors = vectors;
        if (vectors is null) return;
        for (var entry = 0; entry < vectors.Count; entry++) DenseKernels.AddScaled(_center, vectors[entry], 1f / vectors.Count);
        _encoder = new Lazy<SentenceEncoder>(() => SentenceEncoder.Load(weightsFolder));
    }

    /// <summary>Whether sentences can be compared by their meaning.</summary>
    public bool ReadsMeaning => _vectors is not null;

    /// <summary>Reads the entries' vectors; the encoder itself is read when a prompt first needs it.</summary>
    /// <param name="embeddingsFolder">What the build step filled; null leaves spelling alone.</param>
    /// <exception cref="InvalidDataException">The build step has not filled it for this knowledge base; names the file and the remedy.</exception>
    public static FoodRetriever Load(KnowledgeBase knowledge, string? embeddingsFolder) =>
        embeddingsFolder is null
            ? new FoodRetriever(knowledge, null, "")
            : new FoodRetriever(
                knowledge,
                KnowledgeVectors.Load(knowledge.Lexicon.Entries, knowledge.Dimensions, embeddingsFolder),
                KnowledgeVectors.WeightsFolder(embeddingsFolder));

    /// <summary>The entries that a prompt without a food or taste word probably means, the most probable first; often none.</summary>
    public IReadOnlyList<Retrieved> Retrieve(TokenizedPrompt prompt, Language language)
    {
        var unknown = UnknownWords(prompt, language);
        if (unknown.Count == 0) return [];
        var bySpelling = unknown.Select(token => Misspelled(prompt, token)).OfType<Retrieved>().ToList();
        if (bySpelling.Count > 0) return bySpelling;

        // The encoder has read English only.
        if (!ReadsMeaning || language != Language.English) return [];
        try
        {
            return ByMeaning(prompt, unknown);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            // The weights went away after the start (a rebuild, say). The words alone are an answer too.
            return [];
        }
    }

    private List<int> UnknownWords(TokenizedPrompt prompt, Language language)
    {
        var unknown = new List<int>();
        for (var token = 0; token < prompt.Count;)
        {
            var known = _knowledge.Lexicon.Find(prompt, token, language);
            var word = prompt.Folded(token, 1);
            if (known is null && word.Length >= FewestLetters && !_knowledge.FunctionWords.Contains(language, word)
                && !_knowledge.OrdinaryWords.Contains(language, word)) unknown.Add(token);
            token += known?.TokenCount ?? 1;
        }

        return unknown;
    }

    /// <summary>The entry that an unknown word is a misspelled name of.</summary>
    private Retrieved? Misspelled(TokenizedPrompt prompt, int token)
    {
        var word = prompt.Folded(token, 1).ToString();
        Retrieved? best = null;
        foreach (var hit in _index.Value.Search([word], Candidates))
        {
            foreach (var (name, folded) in _names[hit.Entry])
            {
                // A name that the lexicon has and did not find here means something else in this language: Spanish "pan".
                if (folded == word) return null;
                var closeness = ClosenessToName(word, folded);
                if (closeness >= Believed && closeness > (best?.Score ?? 0))
                    best = new Retrieved(_entries[hit.Entry], name, closeness, closeness, FoundBy.Words, token);
            }
        }

        return best;
    }

    /// <summary>How near a word, or what it is the plural of, is to a name of one word.</summary>
    private static double ClosenessToName(string word, string name)
    {
        if (name.Contains(' ')) return 0;
        var singular = word is [.., not 's', 's'] ? word[..^1] : word;
        return Math.Max(Spelling.Closeness(word, name), Spelling.Closeness(singular, name));
    }

    private List<Retrieved> ByMeaning(TokenizedPrompt prompt, List<int> unknown)
    {
        var sentence = _encoder!.Value.Encode(prompt.FoldedText);
        var aboutFood = DenseKernels.Dot(sentence, _center);
        if (aboutFood < AboutFood) return [];
        var confidence = MostConfidence * Math.Clamp((aboutFood - AboutFood) / (SurelyAboutFood - AboutFood), 0.25, 1);
        var meaning = Enumerable.Range(0, _entries.Count)
            .Where(entry => _entries[entry].Entry.Kind is EntryKind.Food or EntryKind.Taste)
            .Select(entry => new Hit(entry, DenseKernels.Dot(sentence, _vectors![entry])))
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Entry)
            .Take(Candidates).Select(hit => hit.Entry).ToList();
        var words = _index.Value.Search([.. unknown.Select(token => prompt.Folded(token, 1).ToString())], Candidates)
            .Select(hit => hit.Entry).Where(meaning.Contains).ToList();
        return [.. RankFusion.Fuse(meaning, words).Take(MostByMeaning).Select((hit, rank) => new Retrieved(
            _entries[hit.Entry],
            _entries[hit.Entry].NameIn(Language.English),
            hit.Score,
            Math.Round(confidence / (rank + 1), 3),
            words.Contains(hit.Entry) ? FoundBy.Words | FoundBy.Meaning : FoundBy.Meaning,
            null))];
    }

    private SearchedEntry Searched(ListedEntry entry)
    {
        const double Telling = 0.3;
        var tastes = entry.Entry.Weights.Where(weight => weight.Weight >= Telling)
            .SelectMany(weight => (string[])[weight.Dimension.English, weight.Dimension.Spanish]);
        return new SearchedEntry(
            Words([entry.English[0], entry.Spanish[0]]), Words(entry.English[1..].Concat(entry.Spanish[1..])), Words(tastes));
    }

    private static string[] Words(IEnumerable<string> texts) =>
        [.. texts.SelectMany(text => Folded(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    private static string Folded(string text) => Tokenizer.Tokenize(text).FoldedText;
}
