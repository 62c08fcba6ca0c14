using System.Globalization;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>How the recordings of a study are called: <c>ID-NUMBER-raw.wav</c> and <c>ID-NUMBER-refined.wav</c>, the number being that of the seed.</summary>
public sealed class ClipNames
{
    private const string RawEnd = "-raw";
    private const string RefinedEnd = "-refined";

    private readonly Dictionary<string, string> _stems;
    private readonly Dictionary<string, string> _ids = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="rows">Their ids differ.</param>
    public ClipNames(IReadOnlyList<PromptRow> rows)
    {
        // On some systems "a" and "A" are one file.
        var shared = rows.CountBy(row => row.Id, StringComparer.OrdinalIgnoreCase)
            .Where(count => count.Value > 1).Select(count => count.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _stems = rows.ToDictionary(row => row.Id, StemOf, StringComparer.Ordinal);
        foreach (var (id, stem) in _stems) _ids[stem] = id;

        string StemOf(PromptRow row) =>
            IsName(row.Id) && !shared.Contains(row.Id) ? row.Id : string.Create(CultureInfo.InvariantCulture, $"_line{row.Line}");
    }

    public string Of(PromptRow row, int repeat, Condition condition) =>
        string.Create(CultureInfo.InvariantCulture, $"{_stems[row.Id]}-{repeat}{(condition == Condition.Raw ? RawEnd : RefinedEnd)}.wav");

    /// <summary>What a name says; a recording without a number is the first of its prompt.</summary>
    /// <returns>null where it names no prompt of the table, or not which of a pair it is.</returns>
    public (string Id, int Repeat, Condition Condition)? Read(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (ConditionOf(ref name) is not { } condition) return null;

        // An id may end in a number itself.
        if (_ids.TryGetValue(name, out var whole)) return (whole, 1, condition);
        var at = name.LastIndexOf('-');
        return at > 0 && int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var repeat) && repeat > 0
            && _ids.TryGetValue(name[..at], out var id)
            ? (id, repeat, condition)
            : null;
    }

    private static Condition? ConditionOf(ref string name)
    {
        foreach (var (end, condition) in new[] { (RawEnd, Condition.Raw), (RefinedEnd, Condition.Refined) })
        {
            if (!name.EndsWith(end, StringComparison.OrdinalIgnoreCase)) continue;
            name = name[..^end.Length];
            return condition;
        }

        return null;
    }

    /// <summary>Whether it can be a part of a file name on every system.</summary>
    private static bool IsName(string id) =>
        char.IsAsciiLetterOrDigit(id[0]) && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_');
}
