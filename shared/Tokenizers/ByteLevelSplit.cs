using System.Globalization;
using System.Text;

namespace AudioReprompt.Tokenizers;

/// <summary>
/// Cuts a text into words as GPT-2's expression does (<c>pre_tokenizer</c> of the file, <c>ByteLevel</c>):
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>, over code points.
/// </summary>
/// <param name="AddPrefixSpace">A space is put in front of a text that has none.</param>
/// <param name="UseExpression">False: the whole text is one word.</param>
internal sealed record ByteLevelSplit(bool AddPrefixSpace, bool UseExpression)
{
    private enum Kind
    {
        Letter,
        Number,
        WhiteSpace,
        Other,
    }

    /// <exception cref="InvalidDataException">Another type.</exception>
    public static ByteLevelSplit Read(JsonValue file)
    {
        var preTokenizer = file.Member("pre_tokenizer");
        if (preTokenizer.Type() != "ByteLevel") throw preTokenizer.Member("type").Expected("ByteLevel");
        return new ByteLevelSplit(preTokenizer.Boolean("add_prefix_space", true), preTokenizer.Boolean("use_regex", true));
    }

    /// <summary>UTF-16 units of the first word.</summary>
    /// <param name="text">Not empty, without halves of surrogate pairs.</param>
    public int WordLength(ReadOnlySpan<char> text)
    {
        if (!UseExpression) return text.Length;
        if (text[0] == '\'' && ContractionLength(text) is > 0 and var contraction) return contraction;
        var (kind, width) = KindAt(text, 0);
        if (kind != Kind.WhiteSpace) return RunEnd(text, width, kind);
        if (text[0] == ' ' && text.Length > 1 && KindAt(text, 1) is { Kind: not Kind.WhiteSpace } next)
        {
            return RunEnd(text, 1 + next.Width, next.Kind);
        }

        // Of white space before a word the last character is left to the word; a single one stands for itself.
        var end = RunEnd(text, width, Kind.WhiteSpace);
        return end == text.Length || end == 1 ? end : end - 1;
    }

    private static int ContractionLength(ReadOnlySpan<char> text) => text switch
    {
        ['\'', 's' or 't' or 'm' or 'd', ..] => 2,
        ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..] => 3,
        _ => 0,
    };

    private static int RunEnd(ReadOnlySpan<char> text, int start, Kind kind)
    {
        while (start < text.Length && KindAt(text, start) is var (next, width) && next == kind) start += width;
        return start;
    }

    private static (Kind Kind, int Width) KindAt(ReadOnlySpan<char> text, int index)
    {
        Rune.DecodeFromUtf16(text[index..], out var rune, out var width);
        if (Rune.IsWhiteSpace(rune)) return (Kind.WhiteSpace, width);
        var kind = Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
        return (kind, width);
    }
}
