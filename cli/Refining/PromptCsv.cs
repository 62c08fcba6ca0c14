using System.Globalization;
using System.Text;
using System.Text.Json;
using AudioReprompt.Contracts;
using AudioReprompt.FrontDoor.Api;
using CsvHelper;
using CsvHelper.Configuration;

namespace AudioReprompt.Cli.Refining;

/// <summary>A file of prompts (RFC 4180: commas, quotes where needed; UTF-8), and the same file with what they became.</summary>
internal sealed class PromptCsv
{
    /// <summary>The columns that are added, in this order.</summary>
    public static readonly string[] Added = ["dominant_taste", "text", "plan"];

    private const string PromptColumn = "prompt";

    /// <summary>As many broken rows are named at once; the rest are counted.</summary>
    private const int MostProblems = 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string[] _header;
    private readonly List<string[]> _rows;

    private PromptCsv(string[] header, List<string[]> rows, List<string> prompts) => (_header, _rows, Prompts) = (header, rows, prompts);

    /// <summary>One for each row, within the API's limits.</summary>
    public IReadOnlyList<string> Prompts { get; }

    /// <exception cref="InvalidDataException">It cannot be read or refined; the message names the file, and the row where one is at fault.</exception>
    public static PromptCsv Read(string file)
    {
        try
        {
            using var text = new StreamReader(file, StrictUtf8);
            using var reader = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture));
            return Read(file, reader);
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"{file} is not UTF-8.", exception);
        }
        catch (CsvHelperException exception)
        {
            throw new InvalidDataException($"{file} row {exception.Context?.Parser?.Row}: {exception.Message.Split('\n')[0].Trim()}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Written aside and moved: an interrupted run leaves no half file, and the input may be the output.</summary>
    /// <param name="answers">One for each of <see cref="Prompts"/>.</param>
    public void Write(string file, IReadOnlyList<RefineAnswer> answers)
    {
        var aside = $"{file}.part";
        try
        {
            using (var text = new StreamWriter(aside, append: false, StrictUtf8))
            using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }))
            {
                WriteRow(csv, [.. _header, .. Added]);
                foreach (var (row, answer) in _rows.Zip(answers))
                    WriteRow(csv, [.. row, answer.Profile.DominantTaste, answer.Text, JsonSerializer.Serialize(answer.Plan, ApiJson.Default.MusicalPlan)]);
            }

            File.Move(aside, file, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private static PromptCsv Read(string file, CsvParser reader)
    {
        if (!reader.Read()) throw new InvalidDataException($"{file} is empty; needed are a line of column names, one of them {PromptColumn}, and rows.");
        var header = reader.Record!;
        var column = Array.FindIndex(header, name => name.Trim() == PromptColumn);
        if (column < 0) throw new InvalidDataException($"{file} has no column {PromptColumn}; its columns are {string.Join(", ", header)}.");
        if (Added.FirstOrDefault(name => header.Contains(name)) is { } taken)
            throw new InvalidDataException($"{file} has a column {taken} already; rename or remove it.");

        var (rows, prompts, problems) = (new List<string[]>(), new List<string>(), new List<string>());
        while (reader.Read())
        {
            var row = reader.Record!;
            var problem = "";
            if (row.Length != header.Length) problem = $"has {row.Length} columns, the first row {header.Length}.";
            else if (PromptLimits.Checked(row[column], out problem) is { } prompt) prompts.Add(prompt);
            if (problem.Length > 0) problems.Add($"{file} row {reader.Row}: {problem}");
            rows.Add(row);
        }

        if (problems.Count > MostProblems) problems = [.. problems.Take(MostProblems), $"… and {problems.Count - MostProblems} more."];
        if (problems.Count > 0) throw new InvalidDataException(string.Join('\n', problems));
        return rows.Count > 0 ? new PromptCsv(header, rows, prompts) : throw new InvalidDataException($"{file} has no rows below its column names.");
    }

    private static void WriteRow(CsvWriter csv, string[] cells)
    {
        foreach (var cell in cells) csv.WriteField(cell);
        csv.NextRecord();
    }
}
