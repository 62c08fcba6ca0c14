using System.Runtime.InteropServices;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>What is searched: words by field.</summary>
/// <param name="Names">Words of what the entry is called.</param>
/// <param name="Aliases">Words of its other names.</param>
/// <param name="Descriptors">Words for what it tastes of.</param>
internal sealed record SearchedEntry(string[] Names, string[] Aliases, string[] Descriptors);

/// <summary>An entry and how well it answers.</summary>
/// <param name="Entry">Its place in the index.</param>
internal readonly record struct Hit(int Entry, double Score);

/// <summary>
/// Ranks entries by their words: BM25F (Robertson, Zaragoza 2009) over three fields. A word that no entry has is looked up by its
/// 3-grams, so that a misspelling still finds its neighbours.
/// </summary>
internal sealed class Bm25Index
{
    private const double NameBoost = 3;
    private const double AliasBoost = 2;
    private const double DescriptorBoost = 1;

    /// <summary>What a 3-gram counts against a whole word. Ours.</summary>
    private const double GramBoost = 0.2;

    private const double Saturation = 1.2;
    private const double LengthShare = 0.75;

    private readonly Field _words;
    private readonly Field _grams;

    public Bm25Index(IReadOnlyList<SearchedEntry> entries)
    {
        _words = new Field(entries, words: word => [word]);
        _grams = new Field(entries, Grams);
    }

    /// <summary>The best entries, best first; ties by their order in the index.</summary>
    /// <param name="words">Folded.</param>
    public List<Hit> Search(IReadOnlyList<string> words, int most)
    {
        var scores = new Dictionary<int, double>();
        foreach (var word in words)
        {
            if (_words.Score(word, 1, scores)) continue;
            foreach (var gram in Grams(word)) _grams.Score(gram, GramBoost, scores);
        }

        return [.. scores.Select(score => new Hit(score.Key, score.Value))
            .OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Entry).Take(most)];
    }

    /// <summary>Runs of three characters, the word's begin and end marked: <c>#pi piz izz zza za#</c>.</summary>
    public static string[] Grams(string word)
    {
        const int Size = 3;
        var marked = $"#{word}#";
        var grams = new string[Math.Max(marked.Length - Size + 1, 0)];
        for (var start = 0; start < grams.Length; start++) grams[start] = marked.Substring(start, Size);
        return grams;
    }

    /// <summary>Weighted term counts with their statistics.</summary>
    private sealed class Field
    {
        private readonly Dictionary<string, List<Posting>> _postings = new(StringComparer.Ordinal);
        private readonly double[] _lengths;
        private readonly double _averageLength;

        public Field(IReadOnlyList<SearchedEntry> entries, Func<string, string[]> words)
        {
            _lengths = new double[entries.Count];
            for (var entry = 0; entry < entries.Count; entry++)
            {
                var counts = new Dictionary<string, double>(StringComparer.Ordinal);
                Count(entries[entry].Names, NameBoost);
                Count(entries[entry].Aliases, AliasBoost);
                Count(entries[entry].Descriptors, DescriptorBoost);
                foreach (var (term, weight) in counts)
                {
                    ref var postings = ref CollectionsMarshal.GetValueRefOrAddDefault(_postings, term, out _);
                    (postings ??= []).Add(new Posting(entry, weight));
                    _lengths[entry] += weight;
                }

                void Count(string[] field, double boost)
                {
                    foreach (var term in field.SelectMany(words))
                        CollectionsMarshal.GetValueRefOrAddDefault(counts, term, out _) += boost;
                }
            }

            _averageLength = entries.Count > 0 ? _lengths.Average() : 1;
        }

        /// <returns>Whether any entry has the term.</returns>
        public bool Score(string term, double boost, Dictionary<int, double> scores)
        {
            if (!_postings.TryGetValue(term, out var postings)) return false;
            var rarity = Math.Log(1 + ((_lengths.Length - postings.Count + 0.5) / (postings.Count + 0.5)));
            foreach (var (entry, weight) in postings)
            {
                var length = 1 - LengthShare + (LengthShare * _lengths[entry] / _averageLength);
                CollectionsMarshal.GetValueRefOrAddDefault(scores, entry, out _) +=
                    boost * rarity * weight * (Saturation + 1) / (weight + (Saturation * length));
            }

            return true;
        }
    }

    private readonly record struct Posting(int Entry, double Weight);
}
