using System.Globalization;
using System.Text;
using AudioReprompt.Contracts;
using AudioReprompt.Statistics;
using CsvHelper;
using CsvHelper.Configuration;

namespace AudioReprompt.Evaluation;

/// <summary>A prompt of a study.</summary>
/// <param name="Line">On which its row begins; the first line of the file is 1.</param>
/// <param name="Prompt">Within the API's limits, without blanks at the ends.</param>
/// <param name="Taste">In lower case; empty where none is given.</param>
public sealed record PromptRow(int Line, string Id, string Prompt, string Taste);

/// <summary>Why a row cannot be used, or the whole table.</summary>
/// <param name="Line">On which the row begins.</param>
/// <param name="Message">What is wrong with it and what is allowed.</param>
public sealed record PromptProblem(int Line, string Message)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {Line}: {Message}");
}

/// <summary>
/// A researcher's prompts: comma-separated values (RFC 4180, UTF-8 with or without a byte order mark; semicolons and tabs, as
/// spreadsheets of many countries write them, are understood too) with the columns <c>id</c>, <c>prompt</c> and, if wanted,
/// <c>taste</c>, in any order among others.
/// </summary>
/// <param name="Rows">What can be used, in the order of the file.</param>
/// <param name="Problems">What cannot, in the order of the file; the caller decides whether the rest may go on.</param>
public sealed record PromptTable(IReadOnlyList<PromptRow> Rows, IReadOnlyList<PromptProblem> Problems)
{
    public const int MostIdCharacters = 100;
    public const int MostTasteCharacters = 40;

    private const string IdColumn = "id";
    private const string PromptColumn = "prompt";
    private const string TasteColumn = "taste";
    private static readonly char[] Delimiters = [',', ';', '\t'];

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static PromptTable Read(string file) => Parse(File.ReadAllBytes(file));

    /// <param name="csv">The bytes of the file.</param>
    public static PromptTable Parse(ReadOnlySpan<byte> csv)
    {
        if (csv.StartsWith(Encoding.Unicode.Preamble) || csv.StartsWith(Encoding.BigEndianUnicode.Preamble))
            return Broken(1, "the file is UTF-16; save it as UTF-8, which spreadsheets call \"CSV UTF-8\".");
        if (csv.StartsWith(Encoding.UTF8.Preamble)) csv = csv[Encoding.UTF8.Preamble.Length..];
        if (FirstInvalid(csv) is { } at)
            return Broken(1 + csv[..at].Count((byte)'\n'), "this is not UTF-8; save the file as UTF-8, which spreadsheets call \"CSV UTF-8\".");

        var text = Encoding.UTF8.GetString(csv);
        using var reader = new CsvRecords(text, DelimiterOf(text));
        return new Reading(reader).Table();
    }

    private static int? FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        for (var at = 0; at < utf8.Length;)
        {
            if (Rune.DecodeFromUtf8(utf8[at..], out _, out var consumed) != System.Buffers.OperationStatus.Done) return at;
            at += consumed;
        }

        return null;
    }

    /// <summary>The one that sets a column <c>prompt</c> apart in the first line that is not blank; a comma where none does.</summary>
    private static char DelimiterOf(string text)
    {
        var header = text.AsSpan().TrimStart();
        var end = header.IndexOfAny('\r', '\n');
        var first = (end < 0 ? header : header[..end]).ToString();
        return Delimiters.FirstOrDefault(
            delimiter => first.Contains(delimiter, StringComparison.Ordinal) && first.Split(delimiter).Any(name => Named(name.Trim().Trim('"'), PromptColumn)), ',');
    }

    private static bool Named(string header, string column) => header.Trim().Equals(column, StringComparison.OrdinalIgnoreCase);

    private static PromptTable Broken(int line, string message) => new([], [new PromptProblem(line, message)]);

    /// <summary>One pass over the records.</summary>
    private sealed class Reading(CsvRecords records)
    {
        private readonly List<PromptRow> _rows = [];
        private readonly List<PromptProblem> _problems = [];
        private readonly Dictionary<string, int> _lineById = new(StringComparer.Ordinal);
        private (int Columns, int Id, int Prompt, int? Taste) _shape;

        public PromptTable Table()
        {
            if (!records.Next()) return Broken(1, "the file is empty; needed are a line with the column names id, prompt and, if wanted, taste, and rows below it.");
            if (HeaderProblem() is { } problem) return Broken(records.Line, problem);
            var headerLine = records.Line;
            while (records.Next())
            {
                if (RowProblem() is { } wrong) _problems.Add(new PromptProblem(records.Line, wrong));
            }

            if (_rows.Count + _problems.Count == 0) return Broken(headerLine, "there are no rows below the column names.");
            return new PromptTable(_rows, _problems);
        }

        private string? HeaderProblem()
        {
            if (records.Problem is { } broken) return broken;
            var header = records.Fields;
            foreach (var column in new[] { IdColumn, PromptColumn, TasteColumn })
            {
                var count = header.Count(name => Named(name, column));
                if (count > 1) return $"there are {count} columns {column}; allowed is one.";
                if (count == 0 && column != TasteColumn)
                    return $"there is no column {column}; the columns are {string.Join(", ", header)}. Needed are id and prompt; taste is optional.";
            }

            int IndexOf(string column) => Array.FindIndex(header, name => Named(name, column));
            _shape = (header.Length, IndexOf(IdColumn), IndexOf(PromptColumn), IndexOf(TasteColumn) is >= 0 and var taste ? taste : null);
            return null;
        }

        /// <returns>null where the row was taken.</returns>
        private string? RowProblem()
        {
            if (records.Problem is { } broken) return broken;
            var fields = records.Fields;
            if (fields.Length != _shape.Columns)
                return $"this row has {Columns(fields.Length)}, the first {Columns(_shape.Columns)}; a text with a comma in it stands in double quotes.";

            var id = fields[_shape.Id].Trim();
            if (id.Length == 0) return "id is empty; every prompt needs one of its own.";
            if (id.Length > MostIdCharacters || id.Any(char.IsControl)) return $"id must be at most {MostIdCharacters} characters in one line.";
            if (!_lineById.TryAdd(id, records.Line)) return $"id {id} is that of line {_lineById[id]} already; every prompt needs one of its own.";

            var taste = _shape.Taste is { } column ? fields[column].Trim().ToLowerInvariant() : "";
            if (taste.Length > MostTasteCharacters || taste.Any(char.IsControl)) return $"taste must be at most {MostTasteCharacters} characters in one line.";
            if (taste == StudyTable.All) return $"taste may not be {StudyTable.All}: the last line of the results is named so.";

            if (PromptLimits.Checked(fields[_shape.Prompt], out var problem) is not { } prompt) return problem;
            _rows.Add(new PromptRow(records.Line, id, prompt, taste));
            return null;
        }

        private static string Columns(int count) => count == 1 ? "1 column" : string.Create(CultureInfo.InvariantCulture, $"{count} columns");
    }

    /// <summary>The records of a text one by one, a broken one told apart instead of thrown.</summary>
    private sealed class CsvRecords : IDisposable
    {
        private readonly CsvParser _parser;
        private bool _badQuote;
        private int _lastLine;

        public CsvRecords(string text, char delimiter) => _parser = new CsvParser(
            new StringReader(text),
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                Delimiter = delimiter.ToString(),

                // Blank lines are passed over here, where they are counted.
                IgnoreBlankLines = false,
                BadDataFound = _ => _badQuote = true,
            });

        /// <summary>Where the record begins.</summary>
        public int Line { get; private set; } = 1;

        public string[] Fields { get; private set; } = [];

        /// <summary>What is wrong with the record; null where nothing is.</summary>
        public string? Problem { get; private set; }

        /// <returns>false at the end.</returns>
        public bool Next()
        {
            do
            {
                _badQuote = false;
                Line = _lastLine + 1;
                if (!_parser.Read()) return false;

                // The fields are unquoted, and broken quotes found, when they are asked for.
                Fields = _parser.Record!;
                _lastLine = _parser.RawRow;
            }
            while (Fields.All(string.IsNullOrWhiteSpace));

            var unclosed = _parser.RawRecord.AsSpan().Count('"') % 2 == 1;
            Problem = unclosed ? "a double quote is not closed, or stands inside a text without being doubled (\"\")."
                : _badQuote ? "a double quote stands inside a text; put the text in double quotes and double those inside (\"\")."
                : null;
            return true;
        }

        public void Dispose() => _parser.Dispose();
    }
}
