using System.Globalization;
using System.Text;

namespace AudioReprompt.Configuration;

/// <summary>How texts from outside are shown in messages and reports: on one line, and nothing that a terminal would obey.</summary>
internal static class Shown
{
    private const int MaximumLength = 80;

    /// <summary>In double quotes, the end of a long one cut off.</summary>
    public static string Short(string text) => $"\"{Bare(text)}\"";

    /// <summary>Without quotes, the end of a long one cut off.</summary>
    public static string Bare(string text) => text.Length <= MaximumLength ? Escaped(text) : Escaped(text[..MaximumLength]) + "…";

    /// <summary>The whole text, as it can stand between the double quotes of YAML.</summary>
    public static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (character is '"' or '\\') escaped.Append('\\').Append(character);
            else if (IsInvisible(character)) escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            else escaped.Append(character);
        }

        return escaped.ToString();
    }

    private static bool IsInvisible(char character) => CharUnicodeInfo.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
