using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AudioReprompt.Configuration;

/// <summary>
/// The effective configuration as a <c>config.yaml</c> that can be loaded again, each value's source beside it. Secrets are
/// comments, because a file must not hold them, and masked.
/// </summary>
public static partial class ConfigurationReport
{
    private const int SourceColumn = 44;

    public static string Render(LoadedConfiguration configuration)
    {
        var report = new StringBuilder();
        Line(report, 0, $"# {(configuration.FilePath is { } path ? Shown.Escaped(path) : "No config.yaml was found.")}");
        Line(report, 0, $"# storage.path: {Shown.Escaped(configuration.StorageFolder)}");
        Line(report, 0, $"# reprompt.data: {Shown.Escaped(configuration.DataFolder)}");
        string[] above = [];
        foreach (var setting in configuration.Settings)
        {
            var keys = setting.KeyPath.Split('.');
            Sections(report, above, keys[..^1]);
            above = keys[..^1];
            var line = $"{(setting.IsSecret ? "# " : "")}{keys[^1]}: {Value(setting)}";
            var indent = 2 * above.Length;
            Line(report, indent, $"{line.PadRight(SourceColumn - indent)}  # {Shown.Escaped(setting.Source.ToString())}");
        }

        return report.ToString();
    }

    /// <summary>Opens the sections that the line before was not in.</summary>
    private static void Sections(StringBuilder report, string[] above, string[] sections)
    {
        var same = above.Zip(sections).TakeWhile(pair => pair.First == pair.Second).Count();
        for (var level = same; level < sections.Length; level++)
        {
            if (level == 0) report.Append('\n');
            Line(report, 2 * level, sections[level] + ":");
        }
    }

    private static void Line(StringBuilder report, int indent, string text) => report.Append(' ', indent).Append(text).Append('\n');

    private static string Value(EffectiveSetting setting) => setting.Value switch
    {
        string masked when setting.IsSecret => masked,
        string text => Text(text),
        bool truth => truth ? "true" : "false",
        IReadOnlyList<string> list => $"[{string.Join(", ", list.Select(Text))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        var other => throw new NotSupportedException($"{setting.KeyPath} is a {other.GetType()}."),
    };

    private static string Text(string text) =>
        NeedsNoQuotes().IsMatch(text) && YamlScalar.IsTextWithoutQuotes(text) ? text : $"\"{Shown.Escaped(text)}\"";

    [GeneratedRegex("^[A-Za-z0-9_/.][A-Za-z0-9_/.-]*\\z")]
    private static partial Regex NeedsNoQuotes();
}
