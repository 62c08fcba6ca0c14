using System.Buffers;
using System.Globalization;
using System.Text;

namespace AudioReprompt.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost first, of those at one place the longest.</summary>
internal sealed class AddedTokenSearch
{
    private readonly AddedToken[] _tokens;
    private readonly PieceTrie _contents;
    private readonly SearchValues<char> _beginnings;

    /// <param name="tokens">With the content to look for; of two of equal content the first counts, empty ones never.</param>
    public AddedTokenSearch(IEnumerable<AddedToken> tokens)
    {
        _tokens = [.. tokens.Where(token => token.Content.Length > 0)];
        _contents = new PieceTrie(_tokens.Length);
        for (var index = _tokens.Length - 1; index >= 0; index--) _contents.Add(_tokens[index].Content, index);
        _beginnings = SearchValues.Create([.. _tokens.Select(token => token.Content[0]).Distinct()]);
    }

    /// <summary>The text's parts in order: tokens, and what lies between them.</summary>
    public Parts Split(ReadOnlySpan<char> text) => new(this, text);

    /// <summary>The next token from a place on, or null; as it is written, without the white space that it may swallow.</summary>
    private (int Start, AddedToken Token)? Next(ReadOnlySpan<char> text, int from)
    {
        while (_tokens.Length > 0)
        {
            var ahead = text[from..].IndexOfAny(_beginnings);
            if (ahead < 0) return null;
            var start = from + ahead;
            var (length, index) = _contents.Longest(text[start..]);
            if (index == PieceTrie.None)
            {
                from = start + 1;
                continue;
            }

            // What was found but does not stand alone is passed over as a whole.
            from = start + length;
            if (!_tokens[index].SingleWord || !(EndsWithWord(text[..start]) || StartsWithWord(text[from..])))
            {
                return (start, _tokens[index]);
            }
        }

        return null;
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    /// <summary>
    /// A word character as UTS 18 Annex C has it: alphabetic, mark, decimal digit, connector or join control. Of the letters among
    /// the symbols (circled, squared, in brackets) only the alphabetic ones count.
    /// </summary>
    private static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        UnicodeCategory.OtherSymbol => rune.Value
            is >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189,
        _ => rune.Value is 0x200C or 0x200D,
    };

    /// <summary>Walks over the parts; <see cref="Next"/> moves on.</summary>
    public ref struct Parts(AddedTokenSearch search, ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private int _searched;
        private int _covered;
        private (int Start, AddedToken Token)? _found;
        private bool _holdsToken;

        /// <summary>The text of the part; empty for a token.</summary>
        public ReadOnlySpan<char> Text { get; private set; }

        /// <summary>Where the part begins.</summary>
        public int Start { get; private set; }

        /// <summary>The token's id, or <see cref="PieceTrie.None"/> for a part between tokens.</summary>
        public int Id { get; private set; } = PieceTrie.None;

        public bool Next()
        {
            if (!_holdsToken && _searched <= _text.Length)
            {
                _found = search.Next(_text, _searched);
                _holdsToken = true;
                var (start, end) = _found is { } found ? Extent(found.Start, found.Token) : (_text.Length, _text.Length);
                _searched = _found is { } match ? match.Start + match.Token.Content.Length : _text.Length + 1;
                Become(_covered, start > _covered ? _text[_covered..start] : [], PieceTrie.None);
                _covered = Math.Max(_covered, end);
                if (Text.Length > 0) return true;
            }

            if (_found is not { } token) return false;
            Become(token.Start, [], token.Token.Id);
            _holdsToken = false;
            _found = null;
            return true;
        }

        private void Become(int start, ReadOnlySpan<char> part, int id)
        {
            Start = start;
            Text = part;
            Id = id;
        }

        private readonly (int Start, int End) Extent(int start, AddedToken token)
        {
            var end = start + token.Content.Length;
            if (token.StripLeft) start = Math.Max(_covered, _text[..start].TrimEnd().Length);
            if (token.StripRight) end = _text.Length - _text[end..].TrimStart().Length;
            return (start, end);
        }
    }
}
