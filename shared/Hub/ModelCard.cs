using AudioReprompt.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AudioReprompt.Hub;

/// <summary>A repository's README.md: prose, below a YAML header between two lines <c>---</c> (huggingface.co/docs/hub/model-cards).</summary>
public static class ModelCard
{
    private const int LongestHeader = 64 * 1024;
    private const int LongestName = 100;

    /// <returns>The identifier of the licence, such as <c>cc-by-nc-4.0</c>; null when the card does not say.</returns>
    /// <param name="path">Of the card; may be missing.</param>
    public static string? LicenceOf(string path)
    {
        if (!File.Exists(path)) return null;
        using var reader = File.OpenText(path);
        var text = new char[LongestHeader];
        return Licence(new string(text, 0, reader.ReadBlock(text)));
    }

    /// <summary>What a licence forbids that a user must know before the download; null where there is no such thing.</summary>
    public static string? Warning(ModelKind kind, string? licence) => licence == "cc-by-nc-4.0"
        ? $"{kind.DisplayName()}'s weights are CC-BY-NC 4.0: non-commercial use only."
        : null;

    /// <param name="card">Its text, or the beginning of it.</param>
    internal static string? Licence(string card)
    {
        var lines = card.ReplaceLineEndings("\n").TrimStart('\uFEFF').Split('\n');
        if (lines[0].TrimEnd() != "---") return null;
        var end = Array.FindIndex(lines, 1, line => line.TrimEnd() == "---");
        if (end < 0) return null;
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(string.Join('\n', lines[1..end])));
            if (yaml.Documents is not [{ RootNode: YamlMappingNode header }]) return null;
            var licence = Value(header, "license");
            // "other" has its name beside it.
            return licence == "other" ? Value(header, "license_name") ?? licence : licence;
        }
        catch (YamlException)
        {
            // Other people's prose; the licence is then not known.
            return null;
        }
    }

    private static string? Value(YamlMappingNode header, string key) => header.Children.TryGetValue(new YamlScalarNode(key), out var node)
        ? node switch
        {
            YamlScalarNode { Value: { } value } => Plain(value),
            YamlSequenceNode several => Plain(string.Join(", ", several.Children.OfType<YamlScalarNode>().Select(child => child.Value))),
            _ => null,
        }
        : null;

    /// <summary>What a terminal may show on a line.</summary>
    private static string? Plain(string text) => text.Length is > 0 and <= LongestName && Shown.Escaped(text) == text ? text : null;
}
