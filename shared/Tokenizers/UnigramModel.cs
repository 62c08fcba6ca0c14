using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AudioReprompt.Tokenizers;

/// <summary>
/// A unigram language model over pieces (Kudo, "Subword Regularization", 2018, section 3.2): a word becomes the pieces whose log
/// probabilities have the greatest sum, found with Viterbi's algorithm in steps of code points.
/// </summary>
/// <remarks>
/// As the <c>tokenizers</c> library has it: sums in double precision from left to right, of equal sums the first found stays; where no
/// piece covers a single code point it may be unknown, at the lowest of all scores less 10; neighbouring unknowns are one.
/// </remarks>
internal sealed class UnigramModel : IVocabulary
{
    private const double UnknownPenalty = 10;

    private readonly PieceTrie _pieces;
    private readonly double[] _scores;
    private readonly int _unknown;
    private readonly double _unknownScore;

    /// <summary>Ids of <c>&lt;0x00&gt;</c> … <c>&lt;0xFF&gt;</c>; null where unknown text stays unknown.</summary>
    private readonly int[]? _bytes;

    private UnigramModel(PieceTrie pieces, double[] scores, double lowest, int unknown, bool byteFallback)
    {
        _pieces = pieces;
        _scores = scores;
        _unknown = unknown;
        _unknownScore = lowest - UnknownPenalty;
        if (byteFallback) _bytes = [.. Enumerable.Range(0, 256).Select(value => pieces.IdOf($"<0x{value:X2}>"))];
    }

    public int Count => _scores.Length;

    /// <param name="model">
    /// <c>model</c> of the file; <c>vocab</c> is <c>[["piece", log probability], …]</c>, an id being a place in it.
    /// </param>
    public static UnigramModel Read(JsonValue model)
    {
        var vocabulary = model.Member("vocab");
        vocabulary.RequireKind(JsonValueKind.Array, "a list");
        var scores = new double[vocabulary.Element.GetArrayLength()];
        if (scores.Length == 0) throw vocabulary.Error("is empty.");
        var pieces = new PieceTrie(scores.Length);
        var lowest = ReadPieces(vocabulary, pieces, scores);
        var unknown = model.Member("unk_id");
        if (unknown.Id() >= scores.Length)
        {
            throw unknown.Error($"is {unknown.Id()}; needed is an id below {scores.Length}, the number of pieces.");
        }

        return new UnigramModel(pieces, scores, lowest, unknown.Id(), model.Boolean("byte_fallback", false));
    }

    public int IdOf(string token) => _pieces.IdOf(token);

    public bool Contains(int id) => id < _scores.Length;

    /// <summary>Appends the ids of a word's pieces. Time grows with the word's length times that of the longest piece.</summary>
    /// <param name="path">Room for the search, of at least one place more than the word is long.</param>
    public void Append(ReadOnlySpan<char> word, Span<PathStep> path, List<int> ids)
    {
        path = path[..(word.Length + 1)];
        path.Fill(PathStep.Unreached);
        path[0] = new PathStep(0, 0, PieceTrie.None);
        for (var start = 0; start < word.Length;)
        {
            var width = char.IsHighSurrogate(word[start]) ? 2 : 1;
            if (!Extend(word, start, width, path)) Offer(path, start, start + width, _unknown, _unknownScore);
            start += width;
        }

        Trace(word, path, ids);
    }

    /// <summary>The lowest score. Compiled at once: a start would wait for this loop twice as long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double ReadPieces(JsonValue vocabulary, PieceTrie pieces, double[] scores)
    {
        var lowest = double.PositiveInfinity;
        var id = 0;
        foreach (var entry in vocabulary.Element.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Array || entry.GetArrayLength() != 2
                || !JsonValue.TryGetText(entry[0], out var piece) || !TryGetScore(entry[1], out var score))
            {
                throw vocabulary.Item(id, entry).Expected("a piece and its log probability");
            }

            lowest = Math.Min(lowest, score);
            scores[id] = score;
            if (piece.Length > 0) pieces.Add(piece, id);
            id++;
        }

        return lowest;
    }

    private static bool TryGetScore(JsonElement element, out double score)
    {
        score = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out score) && double.IsFinite(score);
    }

    /// <summary>Offers each piece that begins here; true when one of them is a single code point.</summary>
    private bool Extend(ReadOnlySpan<char> word, int start, int width, Span<PathStep> path)
    {
        var single = false;
        var node = PieceTrie.Root;
        for (var end = start; end < word.Length;)
        {
            node = _pieces.Child(node, word[end++]);
            if (node == PieceTrie.None) break;
            var id = _pieces.IdAt(node);
            if (id == PieceTrie.None) continue;
            Offer(path, start, end, id, _scores[id]);
            single |= end - start == width;
        }

        return single;
    }

    private static void Offer(Span<PathStep> path, int start, int end, int id, double score)
    {
        var sum = path[start].Sum + score;
        if (path[end].Start < 0 || sum > path[end].Sum) path[end] = new PathStep(sum, start, id);
    }

    /// <summary>From the end back to the beginning, then turned round.</summary>
    private void Trace(ReadOnlySpan<char> word, ReadOnlySpan<PathStep> path, List<int> ids)
    {
        var first = ids.Count;
        for (var end = word.Length; end > 0;)
        {
            var start = path[end].Start;
            if (path[end].Id != _unknown)
            {
                ids.Add(path[end].Id);
            }
            else
            {
                while (start > 0 && path[start].Id == _unknown) start = path[start].Start;
                AppendUnknownReversed(word[start..end], ids);
            }

            end = start;
        }

        CollectionsMarshal.AsSpan(ids)[first..].Reverse();
    }

    /// <summary>Unknowns that came together may be a piece after all, or each byte may have one.</summary>
    private void AppendUnknownReversed(ReadOnlySpan<char> text, List<int> ids)
    {
        var piece = _pieces.IdOf(text);
        if (piece != PieceTrie.None || _bytes is null)
        {
            ids.Add(piece != PieceTrie.None ? piece : _unknown);
            return;
        }

        var first = ids.Count;
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        for (var index = bytes.Length - 1; index >= 0; index--) ids.Add(_bytes[bytes[index]]);
        if (!CollectionsMarshal.AsSpan(ids)[first..].Contains(PieceTrie.None)) return;
        ids.RemoveRange(first, ids.Count - first);
        ids.Add(_unknown);
    }

    /// <summary>The best way to a place in the word: the sum of scores, and where its last piece begins.</summary>
    internal readonly record struct PathStep(double Sum, int Start, int Id)
    {
        public static PathStep Unreached { get; } = new(0, -1, PieceTrie.None);
    }
}
