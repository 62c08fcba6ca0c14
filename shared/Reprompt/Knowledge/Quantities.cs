using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>What a word for a quantity does; see <c>data/quantities.psv</c>.</summary>
internal enum QuantityKind
{
    Number,
    Percent,
    Part,
}

internal sealed record Quantity(QuantityKind Kind, double Value);

/// <summary>The words for numbers and parts in both languages, folded.</summary>
internal sealed class Quantities
{
    private const string File = "quantities.psv";

    private readonly Dictionary<string, Quantity>.AlternateLookup<ReadOnlySpan<char>> _words;
    private readonly int _longestWords;

    private Quantities(Dictionary<string, Quantity> words)
    {
        _words = words.GetAlternateLookup<ReadOnlySpan<char>>();
        _longestWords = words.Keys.Max(word => 1 + word.AsSpan().Count(' '));
    }

    /// <summary>The longest word of the kind that begins at a token, and how many tokens it covers.</summary>
    public (double Value, int TokenCount)? Find(TokenizedPrompt prompt, int position, QuantityKind kind)
    {
        if (position >= prompt.Count) return null;
        for (var count = prompt.WordsUpToBreak(position, _longestWords); count > 0; count--)
        {
            if (_words.TryGetValue(prompt.Folded(position, count), out var quantity) && quantity.Kind == kind) return (quantity.Value, count);
        }

        return null;
    }

    /// <exception cref="InvalidDataException">The file is missing or broken.</exception>
    public static Quantities Load(string folder)
    {
        var words = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var row in Table.Read(folder, File, "english", "spanish", "kind", "value"))
        {
            var quantity = new Quantity(row.Choice<QuantityKind>("kind"), row.Number("value", 0, 100));
            foreach (var word in (string[])[.. row.List("english"), .. row.List("spanish")])
            {
                if (!words.TryAdd(Tokenizer.Tokenize(word).FoldedText, quantity)) throw row.Error($"lists \"{word}\" a second time.");
            }
        }

        return new Quantities(words);
    }
}
