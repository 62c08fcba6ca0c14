using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AudioReprompt.Configuration;

internal sealed record YamlProblem(int Line, int Column, string Text);

/// <summary>
/// The part of YAML that a settings file needs: one document of maps, lists and scalars. Anchors and aliases (with which a
/// small file can grow without end), tags, keys that are not scalars, keys that come twice and deep nesting are refused.
/// </summary>
internal sealed partial class StrictYaml
{
    /// <summary>Far more than settings need; the parser's time grows with the square of the depth.</summary>
    private const int MaximumDepth = 8;

    private readonly Parser _parser;
    private readonly List<YamlProblem> _problems = [];
    private int _depth;

    private StrictYaml(string text) => _parser = new Parser(new StringReader(text));

    /// <returns>The document, null when there is none, and what is wrong with it.</returns>
    public static (YamlPiece? Document, IReadOnlyList<YamlProblem> Problems) Read(string text)
    {
        if (NotText(text) is { } notText) return (null, [notText]);
        var yaml = new StrictYaml(text);
        try
        {
            return (yaml.Document(), yaml._problems);
        }
        catch (YamlException error)
        {
            // What was read before is no help: a broken line may have swallowed half of the file.
            var (line, column) = ((int)error.Start.Line, (int)error.Start.Column);
            return (null, [TabIndentation(text) ?? new YamlProblem(line, column, $"not valid YAML: {error.Message}")]);
        }
    }

    /// <summary>The parser takes a zero character for the end of the file; the rest of it would be lost without a word.</summary>
    private static YamlProblem? NotText(string text)
    {
        var at = text.IndexOf('\0', StringComparison.Ordinal);
        return at < 0 ? null : ProblemAt(text, at, "not a text file: it holds a zero character");
    }

    /// <summary>The most frequent slip; the parser's own word on it is a line or more off.</summary>
    private static YamlProblem? TabIndentation(string text)
    {
        var line = IndentedByTab().Match(text);
        return line.Success ? ProblemAt(text, line.Index + line.Length - 1, "a tab in the indentation; allowed: spaces") : null;
    }

    private static YamlProblem ProblemAt(string text, int index, string problem)
    {
        var before = text.AsSpan(0, index);
        return new YamlProblem(before.Count('\n') + 1, index - before.LastIndexOf('\n'), problem);
    }

    private YamlPiece? Document()
    {
        YamlPiece? document = null;
        var documents = 0;
        while (Next() is { } found)
        {
            if (found is DocumentStart && ++documents == 2) Refuse(found, "a second document begins; allowed: one");
            if (found is StreamStart or StreamEnd or DocumentStart or DocumentEnd) continue;
            var piece = Piece(found);
            document ??= piece;
        }

        return document;
    }

    private YamlPiece Piece(ParsingEvent start)
    {
        if (start is AnchorAlias)
        {
            Refuse(start, "an alias (*name); write the value out");
            return new YamlRefused(Line(start), Column(start));
        }

        if (start is NodeEvent { Anchor.IsEmpty: false }) Refuse(start, "an anchor (&name); write the value out where it is needed");
        if (start is NodeEvent { Tag.IsEmpty: false }) Refuse(start, "a tag (!name); leave it out");
        return start switch
        {
            Scalar scalar => new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, Line(start), Column(start)),
            SequenceStart => Nested(start, List),
            MappingStart => Nested(start, Map),
            _ => throw new YamlException(start.Start, start.End, "unexpected content"),
        };
    }

    private YamlPiece Nested(ParsingEvent start, Func<ParsingEvent, YamlPiece> read)
    {
        if (++_depth > MaximumDepth) throw new YamlException(start.Start, start.End, $"nested more than {MaximumDepth} levels deep");
        var piece = read(start);
        _depth--;
        return piece;
    }

    private YamlList List(ParsingEvent start)
    {
        var items = new List<YamlPiece>();
        while (Following(start) is { } found and not SequenceEnd) items.Add(Piece(found));
        return new YamlList(items, Line(start), Column(start));
    }

    private YamlMap Map(ParsingEvent start)
    {
        var entries = new List<(YamlScalar, YamlPiece)>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        while (Following(start) is { } found and not MappingEnd)
        {
            var key = Piece(found);
            var value = Piece(Following(start));
            if (key is not YamlScalar name) Refuse(found, "a key that is not a word");
            else if (lines.TryAdd(name.Text, name.Line)) entries.Add((name, value));
            else Refuse(found, $"{Shown.Bare(name.Text)} comes twice; the first is on line {lines[name.Text]}");
        }

        return new YamlMap(entries, Line(start), Column(start));
    }

    private ParsingEvent Following(ParsingEvent start) =>
        Next() ?? throw new YamlException(start.Start, start.End, "the file ends in the middle");

    private ParsingEvent? Next()
    {
        try
        {
            return _parser.MoveNext() ? _parser.Current : null;
        }
        catch (Exception error) when (error is not YamlException)
        {
            // The parser lets others escape on some malformed texts, such as the escape \UFFFFFFFF; they say no more than this.
            var last = _parser.Current?.End ?? Mark.Empty;
            throw new YamlException(last, last, "it cannot be read from here on", error);
        }
    }

    private void Refuse(ParsingEvent found, string text) => _problems.Add(new YamlProblem(Line(found), Column(found), text));

    private static int Line(ParsingEvent found) => (int)found.Start.Line;

    private static int Column(ParsingEvent found) => (int)found.Start.Column;

    [GeneratedRegex("^ *\t", RegexOptions.Multiline)]
    private static partial Regex IndentedByTab();
}
