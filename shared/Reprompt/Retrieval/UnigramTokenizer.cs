using System.Text;
using System.Text.Json;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>
/// Parts a sentence into the pieces of <c>vocab.json</c>, the most probable way (Viterbi over a unigram model, as SentencePiece).
/// The same ids as the tokenizer of <c>@energetic-ai/embeddings</c>, its handling of ties and of unknown symbols included.
/// </summary>
internal sealed class UnigramTokenizer
{
    private const char Separator = '▁';
    private const int Unknown = 0;

    /// <summary>The first entries of the vocabulary are marks, not pieces.</summary>
    private const int Reserved = 6;

    private readonly Dictionary<string, Piece> _pieces;
    private readonly Dictionary<string, Piece>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int _longest;

    private UnigramTokenizer(Dictionary<string, Piece> pieces)
    {
        _pieces = pieces;
        _lookup = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = pieces.Keys.Max(piece => piece.Length);
    }

    /// <param name="vocabulary"><c>vocab.json</c>: <c>[["piece", log probability or null], …]</c>.</param>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static UnigramTokenizer Read(ReadOnlyMemory<byte> vocabulary)
    {
        try
        {
            using var document = JsonDocument.Parse(vocabulary);
            var pieces = new Dictionary<string, Piece>(StringComparer.Ordinal);
            var id = 0;
            foreach (var entry in document.RootElement.EnumerateArray())
            {
                // A missing score counts as 0, as it does for the reference.
                var score = entry[1].ValueKind == JsonValueKind.Number ? entry[1].GetDouble() : 0;
                if (id >= Reserved && entry[0].GetString() is { Length: > 0 } text) pieces[text] = new Piece(id, score);
                id++;
            }

            return pieces.Count > 0 ? new UnigramTokenizer(pieces) : throw new InvalidDataException("vocab.json lists no pieces.");
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"vocab.json is not a list of pieces and scores: {cause.Message}", cause);
        }
    }

    /// <summary>The ids of the pieces, at most <paramref name="most"/>; runs of unknown symbols are one 0.</summary>
    /// <param name="text">Composed letters: the reference normalises to NFKC, which InvariantGlobalization cannot.</param>
    public List<int> Encode(string text, int most)
    {
        if (text.Length == 0) return [];
        var symbols = Separator + text.Replace(' ', Separator);
        var best = new double[symbols.Length + 1];
        var last = new Step[symbols.Length + 1];
        last.AsSpan().Fill(new Step(Unknown, 1));
        for (var start = 0; start < symbols.Length; start += SymbolLength(symbols, start)) Extend(symbols, start, best, last);
        return Trace(last, symbols.Length, most);
    }

    private void Extend(string symbols, int start, double[] best, Step[] last)
    {
        var found = false;
        for (var length = 1; length <= Math.Min(_longest, symbols.Length - start); length++)
        {
            if (!_lookup.TryGetValue(symbols.AsSpan(start, length), out var piece)) continue;
            found = true;
            Offer(start, length, piece, best, last);
        }

        if (!found) Offer(start, SymbolLength(symbols, start), new Piece(Unknown, 0), best, last);
    }

    private static void Offer(int start, int length, Piece piece, double[] best, Step[] last)
    {
        var end = start + length;
        var score = best[start] + piece.Score;
        if (best[end] != 0 && score < best[end]) return;
        best[end] = score;
        last[end] = new Step(piece.Id, length);
    }

    private static List<int> Trace(Step[] last, int end, int most)
    {
        var ids = new List<int>();
        for (; end > 0; end -= last[end].Length)
        {
            if (last[end].Id != Unknown || ids.Count == 0 || ids[^1] != Unknown) ids.Add(last[end].Id);
        }

        ids.Reverse();
        if (ids.Count > most) ids.RemoveRange(most, ids.Count - most);
        return ids;
    }

    private static int SymbolLength(string text, int index) =>
        Rune.TryGetRuneAt(text, index, out var rune) ? rune.Utf16SequenceLength : 1;

    private readonly record struct Piece(int Id, double Score);

    private readonly record struct Step(int Id, int Length);
}
