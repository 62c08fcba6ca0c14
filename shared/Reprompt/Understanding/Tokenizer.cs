using System.Globalization;
using System.Text;

namespace AudioReprompt.Reprompt.Understanding;

/// <summary>Parts text of any kind into folded words. Never fails: what is neither letter, digit nor pictograph parts words.</summary>
internal static class Tokenizer
{
    public static TokenizedPrompt Tokenize(string prompt)
    {
        var folded = new StringBuilder(prompt.Length);
        var accented = new StringBuilder(prompt.Length);
        var tokens = new List<Token>(prompt.Length / 5);
        var afterBreak = false;
        for (var index = 0; index < prompt.Length;)
        {
            var kind = KindAt(prompt, index, out var rune, out var length);
            if (kind is not (CharacterKind.Letter or CharacterKind.Pictograph))
            {
                afterBreak |= kind == CharacterKind.Break;
                index += length;
                continue;
            }

            if (tokens.Count > 0)
            {
                folded.Append(' ');
                accented.Append(' ');
            }

            var word = new Token(index, 0, folded.Length, 0, accented.Length, 0, afterBreak, false);
            var (end, hasAccent) = kind == CharacterKind.Letter
                ? AppendWord(prompt, index, folded, accented)
                : (index + length, AppendPictograph(rune, folded, accented));
            tokens.Add(word with { End = end, FoldedEnd = folded.Length, AccentedEnd = accented.Length, HasAccent = hasAccent });
            afterBreak = false;
            index = end;
        }

        return new TokenizedPrompt(prompt, folded.ToString(), accented.ToString(), tokens);
    }

    private static (int End, bool HasAccent) AppendWord(string prompt, int start, StringBuilder folded, StringBuilder accented)
    {
        var hasAccent = false;
        var end = start;
        for (var index = start; index < prompt.Length;)
        {
            var kind = KindAt(prompt, index, out var rune, out var length);
            switch (kind)
            {
                case CharacterKind.Letter:
                    var before = folded.Length;
                    var letterHasAccent = TextFolding.Append(rune, folded);
                    accented.Append(folded, before, folded.Length - before);
                    if (letterHasAccent) accented.Append('\'');
                    hasAccent |= letterHasAccent;
                    break;
                case CharacterKind.Mark:
                    if (accented[^1] != '\'') accented.Append('\'');
                    hasAccent = true;
                    break;
                case CharacterKind.Invisible:
                    break;
                case CharacterKind.Apostrophe when NextIsLetter(prompt, index + length):
                    break;
                default:
                    return (end, hasAccent);
            }

            index += length;
            if (kind != CharacterKind.Invisible) end = index;
        }

        return (end, hasAccent);
    }

    private static bool AppendPictograph(Rune rune, StringBuilder folded, StringBuilder accented)
    {
        Span<char> units = stackalloc char[2];
        var length = rune.EncodeToUtf16(units);
        folded.Append(units[..length]);
        accented.Append(units[..length]);
        return false;
    }

    private static bool NextIsLetter(string prompt, int index) =>
        index < prompt.Length && KindAt(prompt, index, out _, out _) == CharacterKind.Letter;

    private static CharacterKind KindAt(string prompt, int index, out Rune rune, out int length)
    {
        // A lone surrogate decodes to one unit of U+FFFD, which would pass as a pictograph.
        if (Rune.DecodeFromUtf16(prompt.AsSpan(index), out rune, out length) != System.Buffers.OperationStatus.Done)
            return CharacterKind.Space;
        if (rune.IsAscii) return KindOfAscii((char)rune.Value);
        return rune.Value switch
        {
            '’' or 'ʼ' => CharacterKind.Apostrophe,
            _ => KindOfCategory(Rune.GetUnicodeCategory(rune)),
        };
    }

    private static CharacterKind KindOfAscii(char character) => character switch
    {
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' => CharacterKind.Letter,
        '\'' => CharacterKind.Apostrophe,
        '.' or ',' or ';' or ':' or '!' or '?' or '"' or '/' or '|' or '\n' => CharacterKind.Break,
        '(' or ')' or '[' or ']' or '{' or '}' => CharacterKind.Break,
        _ => CharacterKind.Space,
    };

    private static CharacterKind KindOfCategory(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber => CharacterKind.Letter,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => CharacterKind.Mark,
        UnicodeCategory.Format => CharacterKind.Invisible,
        UnicodeCategory.OtherSymbol => CharacterKind.Pictograph,
        UnicodeCategory.SpaceSeparator or UnicodeCategory.ModifierSymbol or UnicodeCategory.MathSymbol
            or UnicodeCategory.CurrencySymbol => CharacterKind.Space,
        _ => CharacterKind.Break,
    };

    private enum CharacterKind
    {
        Space,
        Break,
        Letter,
        Mark,
        Invisible,
        Apostrophe,
        Pictograph,
    }
}
