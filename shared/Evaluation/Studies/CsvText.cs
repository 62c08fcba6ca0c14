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
                foreach (var cell in row) csv.WriteField(cell);
                csv.NextRecord();
            }
        }

        return text.ToString();
    }

    /// <returns>Nothing where there is no number.</returns>
    public static string Exact(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
