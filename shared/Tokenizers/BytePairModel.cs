using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AudioReprompt.Tokenizers;

/// <summary>
/// Byte pair encoding over bytes: a word begins as its bytes, then of all neighbouring pairs the one of lowest rank is merged, the
/// leftmost first, until none is left (Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units", 2016).
/// </summary>
internal sealed class BytePairModel : IVocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly HashSet<int> _taken;
    private readonly Dictionary<long, Merge> _merges;
    private readonly int[] _byteIds;

    /// <summary>Whether a word that is a token itself is taken without merging.</summary>
    private readonly bool _ignoreMerges;

    private BytePairModel(Dictionary<string, int> ids, HashSet<int> taken, Dictionary<long, Merge> merges, int[] byteIds, bool ignoreMerges)
    {
        _ids = ids;
        _taken = taken;
        _merges = merges;
        _byteIds = byteIds;
        _ignoreMerges = ignoreMerges;
    }

    public int Count => _ids.Count;

    /// <param name="model"><c>model</c> of the file.</param>
    /// <exception cref="InvalidDataException">
    /// Dropout, affixes or a missing byte; an id twice; a merge of what is not in the vocabulary. That ids are small enough is only known
    /// with the added tokens: <see cref="RequireIdsBelow"/>.
    /// </exception>
    public static BytePairModel Read(JsonValue model)
    {
        RequirePlain(model);
        var vocabulary = model.Member("vocab");
        vocabulary.RequireKind(JsonValueKind.Object, "an object");
        var ids = new Dictionary<string, int>(vocabulary.Element.GetPropertyCount(), StringComparer.Ordinal);
        var taken = new HashSet<int>(ids.Capacity);
        ReadIds(vocabulary, ids, taken);
        var byteIds = new int[256];
        for (var value = 0; value < byteIds.Length; value++)
        {
            if (!ids.TryGetValue(ByteAlphabet.Letters[value].ToString(), out byteIds[value]))
            {
                throw vocabulary.Error($"lacks the letter {ByteAlphabet.Letters[value]} of byte {value}.");
            }
        }

        return new BytePairModel(ids, taken, ReadMerges(model.Member("merges"), ids), byteIds, model.Boolean("ignore_merges", false));
    }

    public int IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : PieceTrie.None;

    public bool Contains(int id) => _taken.Contains(id);

    /// <exception cref="InvalidDataException">A token has an id from <paramref name="size"/> on.</exception>
    public void RequireIdsBelow(int size, JsonValue model)
    {
        var (token, id) = _ids.MaxBy(entry => entry.Value);
        if (id >= size)
        {
            throw model.Member("vocab").Error($"has id {id} for \"{token}\"; needed are ids below {size}, the number of tokens.");
        }
    }

    /// <summary>Appends the ids of a word. Time grows with n · log n of its bytes.</summary>
    public void Append(ReadOnlySpan<byte> word, BytePairMerging merging, List<int> ids)
    {
        if (_ignoreMerges && WholeWord(word) is not PieceTrie.None and var whole)
        {
            ids.Add(whole);
            return;
        }

        merging.Begin(word, _byteIds);
        merging.MergeAll(_merges);
        merging.AppendTo(ids);
    }

    /// <summary>The key of a pair of ids among the merges.</summary>
    public static long Pair(int left, int right) => ((long)left << 31) + right;

    private int WholeWord(ReadOnlySpan<byte> word)
    {
        var letters = new char[word.Length];
        for (var index = 0; index < letters.Length; index++) letters[index] = ByteAlphabet.Letters[word[index]];
        return IdOf(new string(letters));
    }

    /// <summary>What RoBERTa's kind of model does not use would change the ids, so it is refused.</summary>
    private static void RequirePlain(JsonValue model)
    {
        if (model.Optional("dropout") is { } dropout
            && !(dropout.Element.ValueKind == JsonValueKind.Number && dropout.Element.TryGetDouble(out var rate) && rate == 0))
        {
            throw dropout.Expected("null or 0: ids must not depend on chance");
        }

        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.Optional(name) is { } affix && affix.Text().Length > 0) throw affix.Expected("null or an empty text");
        }
    }

    // Compiled at once, as the next: a start would wait for these loops twice as long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadIds(JsonValue vocabulary, Dictionary<string, int> ids, HashSet<int> taken)
    {
        foreach (var entry in vocabulary.Element.EnumerateObject())
        {
            var name = entry.Name;
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id < 0)
            {
                throw vocabulary.Entry(name, entry.Value).Expected("an id, a whole number from 0");
            }

            if (!ids.TryAdd(name, id)) throw vocabulary.Error($"has \"{name}\" twice.");
            if (!taken.Add(id)) throw vocabulary.Entry(name, entry.Value).Error($"is {id}, as another token is.");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Dictionary<long, Merge> ReadMerges(JsonValue list, Dictionary<string, int> ids)
    {
        list.RequireKind(JsonValueKind.Array, "a list");
        var merges = new Dictionary<long, Merge>(list.Element.GetArrayLength());
        var index = 0;
        var rank = 0;
        foreach (var element in list.Element.EnumerateArray())
        {
            var item = index++;
            if (element.ValueKind == JsonValueKind.String && element.ValueEquals(VersionLine)) continue;
            if (!TryReadPair(element, out var left, out var right))
            {
                throw list.Item(item, element).Expected("two tokens, \"a b\" or [\"a\", \"b\"]");
            }

            if (!ids.TryGetValue(left, out var leftId) || !ids.TryGetValue(right, out var rightId)
                || !ids.TryGetValue(left + right, out var merged))
            {
                throw list.Item(item, element).Expected("two tokens of model.vocab that make a third");
            }

            // A pair that is listed twice has its later rank.
            merges[Pair(leftId, rightId)] = new Merge(rank++, merged);
        }

        return merges;
    }

    private static bool TryReadPair(JsonElement element, out string left, out string right)
    {
        right = "";
        if (element.ValueKind == JsonValueKind.Array)
        {
            left = "";
            return element.GetArrayLength() == 2
                && JsonValue.TryGetText(element[0], out left)
                && JsonValue.TryGetText(element[1], out right);
        }

        if (!JsonValue.TryGetText(element, out left)) return false;
        var space = left.IndexOf(' ');
        if (space < 0 || left.IndexOf(' ', space + 1) >= 0) return false;
        (left, right) = (left[..space], left[(space + 1)..]);
        return true;
    }

    /// <summary>The first line of a <c>merges.txt</c>, which some converters took along.</summary>
    private static ReadOnlySpan<byte> VersionLine => "#version: 0.2"u8;

    /// <param name="Rank">Lower ranks are merged first.</param>
    /// <param name="Id">The token that comes of it.</param>
    internal readonly record struct Merge(int Rank, int Id);
}
