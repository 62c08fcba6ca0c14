using System.Globalization;
using System.Text.RegularExpressions;

namespace AudioReprompt.Configuration;

/// <summary>From text to a value of the setting's type within its limits.</summary>
/// <remarks>
/// Strict on purpose: a value means the same to whoever reads the file and to us. No leading zeros (octal to some readers),
/// no <c>yes</c> or <c>on</c>; bare <c>host: 123</c> or <c>path: ~</c> is no text, and quoted <c>port: "8080"</c> no number.
/// </remarks>
internal static partial class SettingValue
{
    /// <exception cref="RefusedValueException">Wrong type, or out of the setting's limits.</exception>
    public static object FromFile(Setting setting, YamlPiece piece)
    {
        if (piece is YamlScalar { IsNull: true })
            throw SettingLimits.WrongType(setting, setting.Type == typeof(string) ? "null (an empty text is \"\")" : "null");
        if (setting.Type == typeof(IReadOnlyList<string>)) return SettingLimits.Within(setting, Items(setting, piece));
        if (piece is not YamlScalar scalar) throw SettingLimits.WrongType(setting, Kind(piece));
        if (setting.Type == typeof(string)) return SettingLimits.Within(setting, Text(setting, scalar, setting.KeyPath));
        if (!scalar.IsPlain) throw SettingLimits.WrongType(setting, $"{Shown.Short(scalar.Text)} in quotes");
        return FromText(setting, scalar.Text);
    }

    /// <summary>As an environment variable holds it; a list's items stand between commas.</summary>
    /// <exception cref="RefusedValueException">Wrong type, or out of the setting's limits.</exception>
    public static object FromText(Setting setting, string text)
    {
        if (setting.Type == typeof(string)) return SettingLimits.Within(setting, OneLine(setting, text, setting.KeyPath));
        if (setting.Type == typeof(IReadOnlyList<string>))
        {
            var items = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            return SettingLimits.Within(setting, items.Select(item => OneLine(setting, item, setting.KeyPath)).ToArray());
        }

        if (setting.Type == typeof(bool) && text is "true" or "false") return SettingLimits.Within(setting, text == "true");
        if (setting.Type == typeof(int) && WholeNumber().IsMatch(text))
        {
            return int.TryParse(text, CultureInfo.InvariantCulture, out var number)
                ? SettingLimits.Within(setting, number)
                : throw SettingLimits.OutOfLimits(setting, Shown.Bare(text));
        }

        if (setting.Type == typeof(double) && Number().IsMatch(text))
        {
            var number = double.Parse(text, CultureInfo.InvariantCulture);
            return double.IsFinite(number)
                ? SettingLimits.Within(setting, number)
                : throw SettingLimits.OutOfLimits(setting, Shown.Bare(text));
        }

        throw SettingLimits.WrongType(setting, text.Length == 0 ? "empty" : Shown.Short(text));
    }

    private static string[] Items(Setting setting, YamlPiece piece)
    {
        if (piece is not YamlList list) throw SettingLimits.WrongType(setting, Kind(piece));
        var items = new string[list.Items.Count];
        for (var index = 0; index < items.Length; index++)
        {
            var name = $"{setting.KeyPath}[{index}]";
            items[index] = list.Items[index] switch
            {
                YamlScalar { Text: "" } => throw new RefusedValueException(name, "empty", "text"),
                YamlScalar item => Text(setting, item, name),
                YamlRefused => "", // Was reported already.
                var nested => throw new RefusedValueException(name, Kind(nested), "text"),
            };
        }

        return items;
    }

    private static string Text(Setting setting, YamlScalar scalar, string name) => scalar.IsText
        ? OneLine(setting, scalar.Text, name)
        : throw new RefusedValueException(name, Shown.Bare(scalar.Text), "text; put it in quotes if it is meant so");

    private static string OneLine(Setting setting, string text, string name) => text.Any(IsControl)
        ? throw new RefusedValueException(name, SettingLimits.Found(setting, text), "one line of text without control characters")
        : text;

    private static bool IsControl(char character) => CharUnicodeInfo.GetUnicodeCategory(character)
        is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Kind(YamlPiece piece) => piece switch
    {
        YamlScalar scalar => Shown.Short(scalar.Text),
        YamlList => "a list",
        _ => "a section",
    };

    [GeneratedRegex("^-?(0|[1-9][0-9]*)\\z")]
    private static partial Regex WholeNumber();

    [GeneratedRegex("^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?\\z")]
    private static partial Regex Number();
}
