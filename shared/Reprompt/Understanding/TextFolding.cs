using System.Text;

namespace AudioReprompt.Reprompt.Understanding;

/// <summary>
/// Letters without case and accents. <see cref="string.Normalize()"/> leaves text as it is under InvariantGlobalization, so the
/// Latin letters that English, Spanish and the names of dishes need are listed here: the same on every machine.
/// </summary>
internal static class TextFolding
{
    private static readonly Group[] Groups =
    [
        new("a", "àáâãäåāăąǎạảấầẩẫậắằẳẵặ"),
        new("ae", "æ"),
        new("c", "çćĉċč"),
        new("d", "ďđð"),
        new("e", "èéêëēĕėęěẹẻẽếềểễệ"),
        new("g", "ĝğġģ"),
        new("h", "ĥħ"),
        new("i", "ìíîïĩīĭįİıǐỉị"),
        new("j", "ĵ"),
        new("k", "ķ"),
        new("l", "ĺļľŀł"),
        new("n", "ñńņňŉŋ"),
        new("o", "òóôõöøōŏőơǒọỏốồổỗộớờởỡợ"),
        new("oe", "œ"),
        new("r", "ŕŗř"),
        new("s", "śŝşšșſ"),
        new("ss", "ßẞ"),
        new("t", "ţťŧț"),
        new("th", "þ"),
        new("u", "ùúûüũūŭůűųưǔụủứừửữự"),
        new("w", "ŵ"),
        new("y", "ýÿŷỳỵỷỹ"),
        new("z", "źżž"),
    ];

    /// <summary>By letter; as long as the last letter of the groups needs.</summary>
    private static readonly string?[] Bases = BasesByLetter();

    /// <summary>Appends a letter or digit, lower-cased and without its accent.</summary>
    /// <returns>Whether it had an accent.</returns>
    public static bool Append(Rune letter, StringBuilder folded)
    {
        var lower = Rune.ToLowerInvariant(letter);
        if (lower.IsAscii || lower.Value >= Bases.Length || Bases[lower.Value] is not { } plain)
        {
            Span<char> units = stackalloc char[2];
            folded.Append(units[..lower.EncodeToUtf16(units)]);
            return false;
        }

        folded.Append(plain);
        return true;
    }

    private static string?[] BasesByLetter()
    {
        const int EndOfLatinExtendedAdditional = 0x1F00;
        var bases = new string?[EndOfLatinExtendedAdditional];
        foreach (var group in Groups)
        {
            foreach (var letter in group.Letters) bases[letter] = group.Base;
        }

        return bases;
    }

    private sealed record Group(string Base, string Letters);
}
