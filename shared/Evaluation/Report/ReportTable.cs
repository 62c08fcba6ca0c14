using System.Net;
using System.Text;

namespace AudioReprompt.Evaluation.Report;

/// <summary>A table of a report, the same on a page, in Markdown and on a terminal.</summary>
/// <param name="Explanation">What is in it, in a sentence or two; empty for none.</param>
/// <param name="Rows">As many cells each as there are columns; none prints <paramref name="Explanation"/> alone.</param>
/// <param name="Notes">Sentences below it.</param>
/// <param name="Words">How many columns, from the left, hold words and no figures.</param>
public sealed record ReportTable(
    string Heading, string Explanation, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, IReadOnlyList<string> Notes, int Words = 1)
{
    public string Html()
    {
        var text = new StringBuilder();
        text.Append("<h2>").Append(Escaped(Heading)).Append("</h2>\n");
        if (Explanation.Length > 0) text.Append("<p>").Append(Escaped(Explanation)).Append("</p>\n");
        if (Rows.Count > 0)
        {
            // Wide tables scroll by themselves instead of widening the page.
            text.Append("<div class=\"table\"><table><thead><tr>")
                .AppendJoin("", Columns.Select((cell, column) => Cell("th", column, cell)))
                .Append("</tr></thead><tbody>\n");
            foreach (var row in Rows) text.Append("<tr>").AppendJoin("", row.Select((cell, column) => Cell("td", column, cell))).Append("</tr>\n");
            text.Append("</tbody></table></div>\n");
        }

        foreach (var note in Notes) text.Append("<p class=\"note\">").Append(Escaped(note)).Append("</p>\n");
        return text.ToString();
    }

    public string Markdown()
    {
        var text = new StringBuilder();
        text.Append("## ").Append(Heading).Append("\n\n");
        if (Explanation.Length > 0) text.Append(Explanation).Append("\n\n");
        if (Rows.Count > 0)
        {
            Line(Columns);
            text.Append('|').AppendJoin('|', Columns.Select((_, column) => column < Words ? "---" : "--:")).Append("|\n");
            foreach (var row in Rows) Line(row);
            text.Append('\n');
        }

        foreach (var note in Notes) text.Append(note).Append("\n\n");
        return text.ToString();

        void Line(IReadOnlyList<string> cells) => text.Append("| ").AppendJoin(" | ", cells.Select(InATable)).Append(" |\n");

        static string InATable(string cell) =>
            cell.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
    }

    private string Cell(string element, int column, string cell) => $"<{element}{(column < Words ? " class=\"word\"" : "")}>{Escaped(cell)}</{element}>";

    /// <summary>For text and attributes of a page; what XML does not allow becomes a blank.</summary>
    internal static string Escaped(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)));
}
