using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AudioReprompt.Tokenizers;

/// <summary>
/// Turns a text into a model's ids, from a <c>tokenizer.json</c> (the format of Hugging Face's <c>tokenizers</c> library, whose ids these
/// are). May be shared between threads.
/// </summary>
/// <remarks>
/// The file's own <c>truncation</c> and <c>padding</c> are not applied: the caller says how long a text may be. Half a surrogate pair
/// counts as U+FFFD, the replacement character, which is what any UTF-8 encoder writes for it. A token such as <c>&lt;/s&gt;</c> counts
/// as that token also where a user typed it.
/// </remarks>
public abstract class Tokenizer
{
    private readonly AddedTokenSearch _rawTokens;
    private readonly AddedTokenSearch _normalizedTokens;
    private readonly IReadOnlyList<Normalizer> _normalizers;
    private readonly SpecialTokenFrame _frame;
    private readonly Dictionary<string, int> _addedIds = new(StringComparer.Ordinal);
    private readonly IVocabulary _vocabulary;
    private Scratch? _spare;

    /// <param name="file">The whole file.</param>
    /// <param name="vocabulary">The model's own tokens.</param>
    private protected Tokenizer(JsonValue file, IVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        var added = AddedToken.ReadAll(file, vocabulary);
        foreach (var token in added) _addedIds[token.Content] = token.Id;
        VocabularySize = vocabulary.Count + _addedIds.Keys.Count(content => vocabulary.IdOf(content) == PieceTrie.None);
        if (added.FirstOrDefault(token => token.Id >= VocabularySize) is { } outside)
        {
            throw file.Member("added_tokens").Error(
                $"has id {outside.Id} for \"{outside.Content}\"; needed are ids below {VocabularySize}, the number of tokens.");
        }

        _normalizers = Normalizer.ReadAll(file);
        _frame = SpecialTokenFrame.Read(file, VocabularySize);
        PaddingId = file.Optional("padding") is { } padding
            ? SpecialTokenFrame.InRange(padding.Member("pad_id"), VocabularySize)
            : IdOf("<pad>");
        _rawTokens = new AddedTokenSearch(added.Where(token => !token.Normalized));
        _normalizedTokens = new AddedTokenSearch(
            added.Where(token => token.Normalized).Select(token => token with { Content = Normalized(token.Content) }));
    }

    /// <summary>Number of tokens; ids are below it. A model's embedding table may have more rows, never fewer.</summary>
    public int VocabularySize { get; }

    /// <summary>
    /// The id that fills short rows: <c>padding.pad_id</c>, or that of <c>&lt;pad&gt;</c>; null where the file has neither.
    /// </summary>
    public int? PaddingId { get; }

    /// <summary>How many special tokens stand around each text; a text's own ids have the rest of the room.</summary>
    public int SpecialTokenCount => _frame.Count;

    /// <summary>Reads a <c>tokenizer.json</c> of either kind, by its <c>model.type</c>.</summary>
    /// <exception cref="InvalidDataException">
    /// Broken, or something in it is not supported; the message names the file, the JSON path and what is needed.
    /// </exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static Tokenizer Load(string path) => JsonValue.Read<Tokenizer>(path, file => ModelTypeOf(file) switch
    {
        UnigramTokenizer.ModelType => new UnigramTokenizer(file),
        ByteLevelBpeTokenizer.ModelType => new ByteLevelBpeTokenizer(file),
        _ => throw file.Member("model").Member("type").Expected($"{UnigramTokenizer.ModelType} or {ByteLevelBpeTokenizer.ModelType}"),
    });

    /// <summary>The ids of a text with the special tokens around it.</summary>
    /// <param name="maximumLength">
    /// Ids in all, from <see cref="SpecialTokenCount"/>; of a longer text the beginning is kept, and the special tokens always.
    /// </param>
    public int[] Encode(string text, int maximumLength = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximumLength, _frame.Count);
        var content = EncodeContent(text, maximumLength - _frame.Count);
        return _frame.Count == 0 ? content : [.. _frame.Before, .. content, .. _frame.Behind];
    }

    /// <summary>The ids of a text alone, at most so many; special tokens written in the text count.</summary>
    public int[] EncodeContent(string text, int maximumLength = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumLength);
        var scratch = Interlocked.Exchange(ref _spare, null) ?? new Scratch();
        try
        {
            scratch.Ids.Clear();
            Split(WellFormed(text), maximumLength, scratch);
            var ids = scratch.Ids;
            return ids.Count <= maximumLength ? [.. ids] : [.. ids[..maximumLength]];
        }
        finally
        {
            if (text.Length <= Scratch.KeptLength) _spare = scratch;
        }
    }

    /// <summary>The ids of several texts, filled up on the right to the longest, or to a given length.</summary>
    /// <param name="maximumLength">As for <see cref="Encode"/>.</param>
    /// <param name="length">Length of each row, from <paramref name="maximumLength"/>; null: that of the longest text.</param>
    /// <exception cref="InvalidOperationException">Rows must be filled, and the file names no padding token.</exception>
    public TokenBatch EncodeBatch(IReadOnlyList<string> texts, int maximumLength, int? length = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (length is { } fixedLength) ArgumentOutOfRangeException.ThrowIfLessThan(fixedLength, maximumLength, nameof(length));
        var rows = texts.Select(text => Encode(text, maximumLength)).ToArray();
        var width = length ?? rows.Select(row => row.Length).DefaultIfEmpty().Max();
        var ids = new long[rows.Length * width];
        var mask = new long[ids.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            var place = row * width;
            foreach (var id in rows[row])
            {
                ids[place] = id;
                mask[place++] = 1;
            }

            var rest = ids.AsSpan(place, width - rows[row].Length);
            if (!rest.IsEmpty) rest.Fill(PaddingId ?? throw new InvalidOperationException("The tokenizer's file names no padding token."));
        }

        return new TokenBatch(ids, mask, rows.Length, width);
    }

    /// <summary>The id of a token as it is written in the file, or null.</summary>
    public int? IdOf(string token) =>
        _addedIds.TryGetValue(token, out var id) || (id = _vocabulary.IdOf(token)) != PieceTrie.None ? id : null;

    /// <summary>Appends the ids of a normalised text without added tokens; may stop once there are <paramref name="enough"/>.</summary>
    /// <param name="atStart">It is the beginning of what the user wrote.</param>
    private protected abstract void EncodePart(ReadOnlySpan<char> part, bool atStart, int enough, Scratch scratch);

    /// <summary><c>model.type</c>; files of old versions lack it, and the shape of the vocabulary tells.</summary>
    private protected static string ModelTypeOf(JsonValue file)
    {
        var model = file.Member("model");
        if (model.Optional("type") is { } type) return type.Text();
        return model.Member("vocab").Element.ValueKind switch
        {
            JsonValueKind.Array => UnigramTokenizer.ModelType,
            JsonValueKind.Object when model.Optional("merges") is not null => ByteLevelBpeTokenizer.ModelType,
            _ => throw model.Error("has no type, and its vocab and merges do not tell."),
        };
    }

    private protected static JsonValue RequireModel(JsonValue file, string type)
    {
        var model = file.Member("model");
        return ModelTypeOf(file) == type ? model : throw (model.Optional("type") ?? model).Expected(type);
    }

    private void Split(ReadOnlySpan<char> text, int enough, Scratch scratch)
    {
        for (var raw = _rawTokens.Split(text); scratch.Ids.Count < enough && raw.Next();)
        {
            if (raw.Id != PieceTrie.None)
            {
                scratch.Ids.Add(raw.Id);
                continue;
            }

            var normalized = _normalizedTokens.Split(Normalize(raw.Text, scratch));
            while (scratch.Ids.Count < enough && normalized.Next())
            {
                if (normalized.Id != PieceTrie.None) scratch.Ids.Add(normalized.Id);
                else EncodePart(normalized.Text, raw.Start + normalized.Start == 0, enough, scratch);
            }
        }
    }

    private ReadOnlySpan<char> Normalize(ReadOnlySpan<char> text, Scratch scratch)
    {
        foreach (var normalizer in _normalizers)
        {
            var output = scratch.NextText();
            normalizer.Apply(text, output);
            text = output.WrittenSpan;
        }

        return text;
    }

    private string Normalized(string content) => Normalize(content, new Scratch()).ToString();

    private static string WellFormed(string text) =>
        text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Room for one text at a time, used again for the next.</summary>
    private protected sealed class Scratch
    {
        /// <summary>Longer texts leave nothing behind, so that one of them does not hold memory for good.</summary>
        public const int KeptLength = 16_384;

        private readonly ArrayBufferWriter<char>[] _texts = [new(), new()];
        private int _next;
        private UnigramModel.PathStep[] _path = [];
        private byte[] _bytes = [];

        public List<int> Ids { get; } = [];

        public ArrayBufferWriter<char> Words { get; } = new();

        public BytePairMerging Merging { get; } = new();

        /// <summary>An empty buffer; the one before it stays as it is.</summary>
        public ArrayBufferWriter<char> NextText()
        {
            _next ^= 1;
            _texts[_next].ResetWrittenCount();
            return _texts[_next];
        }

        /// <summary>The text's bytes, until the next call.</summary>
        public ReadOnlySpan<byte> Utf8(ReadOnlySpan<char> text)
        {
            var most = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (_bytes.Length < most) _bytes = new byte[Math.Max(most, 2 * _bytes.Length)];
            return _bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, _bytes));
        }

        /// <summary>Of at least this length; contents undefined.</summary>
        public Span<UnigramModel.PathStep> Path(int length)
        {
            if (_path.Length < length) _path = new UnigramModel.PathStep[Math.Max(length, 2 * _path.Length)];
            return _path;
        }
    }
}
