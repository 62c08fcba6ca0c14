using System.Text.RegularExpressions;

namespace AudioReprompt.Configuration;

/// <summary>A piece of a YAML file and where it begins, both from 1.</summary>
internal abstract record YamlPiece(int Line, int Column);

/// <param name="IsPlain">Without quotes, so that YAML may take it for a number, a truth value or null.</param>
internal sealed partial record YamlScalar(string Text, bool IsPlain, int Line, int Column) : YamlPiece(Line, Column)
{
    public bool IsNull => IsPlain && ReadsAsNull(Text);

    public bool IsText => !IsPlain || IsTextWithoutQuotes(Text);

    /// <summary>Whether the core schema of YAML takes this text for a string when it stands without quotes.</summary>
    public static bool IsTextWithoutQuotes(string text) => !ReadsAsNull(text) && !TruthOrNumber().IsMatch(text);

    private static bool ReadsAsNull(string text) => text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>YAML 1.2.2, section 10.3.2.</summary>
    [GeneratedRegex(
        "^(true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?" +
        "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN))\\z")]
    private static partial Regex TruthOrNumber();
}

internal sealed record YamlList(IReadOnlyList<YamlPiece> Items, int Line, int Column) : YamlPiece(Line, Column);

internal sealed record YamlMap(IReadOnlyList<(YamlScalar Key, YamlPiece Value)> Entries, int Line, int Column) : YamlPiece(Line, Column);

/// <summary>Something that was reported already; whoever meets it need not complain again.</summary>
internal sealed record YamlRefused(int Line, int Column) : YamlPiece(Line, Column);
