using System.Globalization;
using System.Text;

namespace AudioReprompt.Statistics;

/// <summary>A column of the printed table.</summary>
public sealed record StudyColumn(string Header, Func<StudyRow, string> Cell);

/// <summary>The table of a study as text, cell by cell.</summary>
public static class StudyTableText
{
    private const int ScoreDecimals = 4;

    /// <summary>What a paper prints.</summary>
    public static readonly IReadOnlyList<StudyColumn> Standard =
    [
        new("taste", row => row.Name),
        new("n", row => Whole(row.Pairs)),
        new("raw mean ± sd", row => MeanAndDeviation(row.Raw)),
        new("refined mean ± sd", row => MeanAndDeviation(row.Refined)),
        new("change %", row => PrintedNumber.WithSign(row.GainPercent, 1)),
        new("t", row => PrintedNumber.Fixed(row.Test?.T, 2)),
        new("df", row => row.Test is { } test ? Whole(test.DegreesOfFreedom) : PrintedNumber.None),
        new("p", row => PrintedNumber.P(row.Test?.P)),
        new("p (Holm)", row => PrintedNumber.P(row.HolmP)),
        new("d_z", row => PrintedNumber.Fixed(row.Test?.CohensDz, 2)),
        new("95 % CI of the difference", row => Interval(row.Test?.Interval)),
    ];

    /// <summary><see cref="Standard"/>, the rank test, and the pairs that gained.</summary>
    public static readonly IReadOnlyList<StudyColumn> Full =
    [
        .. Standard,
        new("W", row => PrintedNumber.Fixed(row.Wilcoxon?.Statistic, 1)),
        new("p (Wilcoxon)", row => PrintedNumber.P(row.Wilcoxon?.P)),
        new("gained", row => $"{Whole(row.Wins)}/{Whole(row.Pairs)}"),
    ];

    /// <returns>The headers first, then a line for each group, then the one of all.</returns>
    public static IReadOnlyList<IReadOnlyList<string>> Cells(StudyTable table, IReadOnlyList<StudyColumn> columns) =>
    [
        [.. columns.Select(column => column.Header)],
        .. table.Groups.Append(table.Overall).Select(row => (IReadOnlyList<string>)[.. columns.Select(column => column.Cell(row))]),
    ];

    /// <summary>A sentence for every line that lacks its p or its gain, to stand below the table.</summary>
    public static IReadOnlyList<string> Notes(StudyTable table) =>
    [
        .. table.Groups.Append(table.Overall).Where(row => row.Undefined is not null).Select(row => $"{row.Name}: no p value, because: {row.Undefined}."),
        .. table.Groups.Append(table.Overall).Where(row => row.Pairs > 0 && row.GainPercent is null)
            .Select(row => $"{row.Name}: no change in per cent, because the mean of the raw scores is not above 0."),
    ];

    /// <summary>As a table of Markdown with <see cref="Notes"/> below; names aligned left, figures right.</summary>
    public static string Markdown(StudyTable table, IReadOnlyList<StudyColumn> columns)
    {
        var text = new StringBuilder();
        foreach (var (index, line) in Cells(table, columns).Index())
        {
            text.Append("| ").AppendJoin(" | ", line.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
            if (index == 0) text.Append('|').AppendJoin('|', line.Select((_, column) => column == 0 ? "---" : "--:")).Append("|\n");
        }

        foreach (var note in Notes(table)) text.Append('\n').Append(note).Append('\n');
        return text.ToString();
    }

    private static string MeanAndDeviation(Moments moments) =>
        moments.Mean is null
            ? PrintedNumber.None
            : $"{PrintedNumber.Fixed(moments.Mean, ScoreDecimals)} ± {PrintedNumber.Fixed(moments.StandardDeviation, ScoreDecimals)}";

    private static string Interval(ConfidenceInterval? interval) =>
        interval is null ? PrintedNumber.None : $"[{PrintedNumber.Fixed(interval.Low, ScoreDecimals)}, {PrintedNumber.Fixed(interval.High, ScoreDecimals)}]";

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
