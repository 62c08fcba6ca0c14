using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>Two words of a prompt that together say what food does to the body.</summary>
/// <param name="First">The earlier token.</param>
/// <param name="Last">The later token.</param>
internal sealed record FoundSensation(LexiconEntry Entry, int First, int Last);

/// <summary>What food does to a part of the body, found by two words near each other; see <c>data/sensations.psv</c>.</summary>
internal sealed class Sensations
{
    private const string File = "sensations.psv";

    /// <summary>How many words the second may stand behind the first. Ours.</summary>
    private const int Reach = 5;

    private readonly List<Sensation> _english = [];
    private readonly List<Sensation> _spanish = [];

    /// <summary>The sensation whose first word stands at a token: in the prompt's own language, of several the first of the file.</summary>
    public FoundSensation? Find(TokenizedPrompt prompt, int position, Language language)
    {
        var words = prompt.WordsUpToBreak(position, Reach + 1);
        foreach (var sensation in language == Language.English ? _english : _spanish)
        {
            var other = sensation.Does.Matches(prompt.Folded(position, 1)) ? sensation.Where
                : sensation.Where.Matches(prompt.Folded(position, 1)) ? sensation.Does
                : null;
            for (var next = position + 1; other is not null && next < position + words; next++)
            {
                if (other.Matches(prompt.Folded(next, 1))) return new FoundSensation(sensation.Entry, position, next);
            }
        }

        return null;
    }

    /// <param name="dimensions">What the weights may name.</param>
    /// <exception cref="InvalidDataException">The file is missing or broken.</exception>
    public static Sensations Load(string folder, IReadOnlyDictionary<string, Dimension> dimensions)
    {
        var allowed = dimensions.Values.Where(dimension => dimension.Kind <= DimensionKind.Texture).ToDictionary(dimension => dimension.Key);
        var sensations = new Sensations();
        foreach (var row in Table.Read(folder, File, "english does", "english where", "spanish does", "spanish where", "weights"))
        {
            var entry = new LexiconEntry(EntryKind.Taste, [.. row.Weights("weights", allowed, 0, 1)], 0, 0, 0, "");
            sensations._english.Add(new Sensation(entry, WordSet.Read(row, "english does"), WordSet.Read(row, "english where")));
            sensations._spanish.Add(new Sensation(entry, WordSet.Read(row, "spanish does"), WordSet.Read(row, "spanish where")));
        }

        return sensations;
    }

    private sealed record Sensation(LexiconEntry Entry, WordSet Does, WordSet Where);

    /// <summary>Words and beginnings of words, folded.</summary>
    private sealed class WordSet
    {
        private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _words;
        private readonly string[] _beginnings;

        private WordSet(HashSet<string> words, string[] beginnings) =>
            (_words, _beginnings) = (words.GetAlternateLookup<ReadOnlySpan<char>>(), beginnings);

        public bool Matches(ReadOnlySpan<char> word)
        {
            if (_words.Contains(word)) return true;
            foreach (var beginning in _beginnings)
            {
                if (word.StartsWith(beginning)) return true;
            }

            return false;
        }

        public static WordSet Read(Row row, string column)
        {
            var words = new HashSet<string>(StringComparer.Ordinal);
            var beginnings = new List<string>();
            foreach (var item in row.List(column))
            {
                var folded = Tokenizer.Tokenize(item).FoldedText;
                if (item[^1] != '*' && !words.Add(folded)) throw row.Error($"names \"{item}\" twice in {column}.");
                if (item[^1] != '*') continue;
                if (folded.Length < 3) throw row.Error($"has \"{item}\" in {column}; allowed is a beginning of three letters or more.");
                beginnings.Add(folded);
            }

            return new WordSet(words, [.. beginnings]);
        }
    }
}
