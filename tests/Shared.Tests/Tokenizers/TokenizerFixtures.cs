using System.Text.Json;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Tokenizers;

/// <summary>fixtures/tokenizers: what the Rust library tokenizers 0.22.2 answers for 574 strings.</summary>
internal static class TokenizerFixtures
{
    public static string File(params string[] parts) => Path.Combine([Repository.Fixtures, .. parts]);

    /// <summary>The rows of a goldens.jsonl.</summary>
    public static IEnumerable<Golden> Rows(string kind) =>
        System.IO.File.ReadLines(File("tokenizers", kind, "goldens.jsonl"))
            .Select(line => new Golden(JsonDocument.Parse(line).RootElement));

    /// <summary>The prompts of a model's cases.json.</summary>
    public static string[] Prompts(string folder) => Texts(File(folder, "golden", "cases.json"), "prompts");

    public static string[] Texts(string file, string member)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(file));
        return [.. document.RootElement.GetProperty(member).EnumerateArray().Select(text => text.GetString()!)];
    }

    /// <summary>Fails with every row that differs, not only the first.</summary>
    public static void AssertEveryRow(IEnumerable<Golden> rows, Func<Golden, int[]> expected, Func<string, int[]> actual)
    {
        var count = 0;
        var different = new List<string>();
        foreach (var row in rows)
        {
            count++;
            var ids = actual(row.Text);
            if (!expected(row).SequenceEqual(ids))
            {
                different.Add($"{row.Text} ({row.Group}): {string.Join(' ', ids)}, not {string.Join(' ', expected(row))}");
            }
        }

        Assert.Equal(574, count);
        Assert.Empty(different);
    }

    /// <summary>A row; what the fixture leaves out because it equals something else is filled in.</summary>
    internal sealed record Golden(JsonElement Row)
    {
        public string Group => Row.GetProperty("group").GetString()!;

        public string Text => Row.GetProperty("text").GetString()!;

        public int[] Ids => Numbers("ids")!;

        public int[] Special => Numbers("ids_special")!;

        public int[] Truncated => Numbers("ids_truncated") ?? Special;

        public int[] Converted => Numbers("ids_converted") ?? Ids;

        public int[] ConvertedNotLegacy => Numbers("ids_converted_not_legacy") ?? Ids;

        /// <summary>What the charsmap makes of the text.</summary>
        public string Normalized => Row.TryGetProperty("normalized", out var text) ? text.GetString()! : Text;

        /// <summary>How the expression cuts the whole text; null where the fixture does not say.</summary>
        public string[]? Pieces =>
            Row.TryGetProperty("pieces", out var list) ? [.. list.EnumerateArray().Select(piece => piece.GetString()!)] : null;

        private int[]? Numbers(string name) =>
            Row.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(number => number.GetInt32())] : null;
    }
}
