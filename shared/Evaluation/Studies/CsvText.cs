using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>Results as comma-separated values: RFC 4180, line feeds, numbers with a point and all their digits.</summary>
internal static class CsvText
{
    public static string Write(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true))
        {
            foreach (var row in rows.Prepend(header))
            {
                foreach (var cell in row) csv.WriteField(NoFormula(cell));
                csv.NextRecord();
            }
        }

        return text.ToString();
    }

    /// <summary>A text that a spreadsheet would run as a formula gets an apostrophe before it; a number stays one.</summary>
    private static string NoFormula(string cell) =>
        cell.Length > 0 && "=+-@\t\r".Contains(cell[0]) && !double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? $"'{cell}" : cell;

    /// <returns>Nothing where there is no number.</returns>
    public static string Exact(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
