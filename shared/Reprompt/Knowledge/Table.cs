using System.Globalization;
using System.Text;

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>
/// Reads the knowledge base's files: one entry a line, columns parted by <c>|</c>, lists inside a column by commas, lines that
/// start with <c>#</c> for people. The first other line names the columns. See <c>data/README.md</c>.
/// </summary>
internal static class Table
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="folder">The folder <c>data/</c>.</param>
    /// <param name="file">Name in it.</param>
    /// <param name="columns">The columns the file must have, in this order.</param>
    /// <exception cref="InvalidDataException">Missing, empty or broken; names the file, the line and what is allowed.</exception>
    public static List<Row> Read(string folder, string file, params string[] columns)
    {
        var rows = new List<Row>();
        var headed = false;
        var number = 0;
        foreach (var text in ReadText(folder, file).Split('\n'))
        {
            number++;
            var line = text.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            var row = new Row(file, number, columns, line.Split('|', StringSplitOptions.TrimEntries));
            if (row.Cells.Length != columns.Length)
            {
                throw row.Error(
                    $"has {row.Cells.Length} columns; allowed are exactly these {columns.Length}: {string.Join(" | ", columns)}.");
            }

            if (headed) rows.Add(row);
            else if (!row.Cells.AsSpan().SequenceEqual(columns))
                throw row.Error($"must name the columns: {string.Join(" | ", columns)}.");
            headed = true;
        }

        return rows.Count > 0
            ? rows
            : throw new InvalidDataException($"{file} has no entries; needed is at least one line of {string.Join(" | ", columns)}.");
    }

    private static string ReadText(string folder, string file)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(Path.Combine(folder, file));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // One kind of exception for a knowledge base that cannot be used, whatever the reason.
            throw new InvalidDataException($"{file} cannot be read from {folder}: {cause.Message}", cause);
        }

        try
        {
            return StrictUtf8.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException cause)
        {
            var line = 1 + bytes.AsSpan(0, Math.Clamp(cause.Index, 0, bytes.Length)).Count((byte)'\n');
            throw new InvalidDataException($"{file}:{line} is not UTF-8.", cause);
        }
    }
}

/// <summary>One entry of a table.</summary>
internal sealed record Row(string File, int Line, string[] Columns, string[] Cells)
{
    /// <summary>An exception that names the file and the line.</summary>
    public InvalidDataException Error(string problem) => new($"{File}:{Line} {problem}");

    /// <summary>The cell as it stands; may be empty.</summary>
    public string Optional(string column) => Cells[Array.IndexOf(Columns, column)];

    public string Text(string column) =>
        Optional(column) is { Length: > 0 } text ? text : throw Error($"has an empty column {column}.");

    /// <summary>A list parted by commas; never empty.</summary>
    public string[] List(string column)
    {
        var items = Text(column).Split(',', StringSplitOptions.TrimEntries);
        return items.Contains("") ? throw Error($"has an empty item in {column}.") : items;
    }

    public double Number(string column, double from, double to) => Number(column, Text(column), from, to);

    public T Choice<T>(string column, IReadOnlyDictionary<string, T> allowed)
        where T : class => Choice(column, Text(column), allowed);

    /// <summary>A list of names; empty where the cell is, no name twice.</summary>
    public IReadOnlyList<T> Choices<T>(string column, IReadOnlyDictionary<string, T> allowed)
        where T : class
    {
        if (Optional(column).Length == 0) return [];
        var chosen = new List<T>();
        foreach (var name in List(column))
        {
            var choice = Choice(column, name, allowed);
            if (chosen.Contains(choice)) throw Error($"names \"{name}\" twice in {column}.");
            chosen.Add(choice);
        }

        return chosen;
    }

    /// <summary>A value of an enumeration by its name in the files.</summary>
    public T Choice<T>(string column)
        where T : struct, Enum => Choice(column, Names<T>.First, Names<T>.Last);

    /// <param name="first">The first value allowed.</param>
    /// <param name="last">The last value allowed.</param>
    public T Choice<T>(string column, T first, T last)
        where T : struct, Enum
    {
        var from = (int)(object)first;
        var names = Names<T>.All.AsSpan(from..((int)(object)last + 1));
        var place = names.IndexOf(Text(column));
        return place >= 0
            ? (T)Enum.ToObject(typeof(T), from + place)
            : throw Error($"has \"{Text(column)}\" in {column}; allowed are {string.Join(", ", names!)}.");
    }

    /// <summary>A list of <c>name number</c>, such as <c>sweet 0.8, creamy 0.4</c>; no name twice.</summary>
    public List<DimensionWeight> Weights(string column, IReadOnlyDictionary<string, Dimension> allowed, double from, double to)
    {
        var weights = new List<DimensionWeight>();
        foreach (var item in List(column))
        {
            var parts = item.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2) throw Error($"has \"{item}\" in {column}; allowed is a name and a number, such as \"sweet 0.8\".");
            var name = Choice(column, parts[0], allowed);
            if (weights.Exists(weight => weight.Dimension == name)) throw Error($"names \"{parts[0]}\" twice in {column}.");
            weights.Add(new DimensionWeight(name, Number(column, parts[1], from, to)));
        }

        return weights;
    }

    private double Number(string column, string text, double from, double to) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number >= from && number <= to
            ? number
            : throw Error(string.Create(
                CultureInfo.InvariantCulture, $"has \"{text}\" in {column}; allowed is a number from {from} to {to}."));

    private T Choice<T>(string column, string name, IReadOnlyDictionary<string, T> allowed)
        where T : class =>
        allowed.TryGetValue(name, out var value)
            ? value
            : throw Error($"has \"{name}\" in {column}; allowed are {string.Join(", ", allowed.Keys)}.");
}
