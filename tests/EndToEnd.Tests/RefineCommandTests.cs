using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudioReprompt.TestSupport;
using CsvHelper;

namespace AudioReprompt.Tests.EndToEnd;

public sealed class RefineCommandTests : IDisposable
{
    private const string Prompt = "Un café negro [amargo], «solo», en una mañana de lluvia";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Refine_InAPipe_PrintsTasteTextPlanAndWhyAsPlainText()
    {
        var ended = await Programs.RunAsync(_folder.Path, ["refine", Prompt]);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.StartsWith(Prompt + "\n", ended.Output, StringComparison.Ordinal);
        foreach (var expected in new[] { "Taste: bitter", "| tempo_bpm ", " BPM", "| brass, ", "lo amargo va con los tonos graves", "Mesz, Trevisan, Sigman 2011" })
            Assert.Contains(expected, ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', ended.Output);
    }

    [Fact]
    public async Task Refine_Json_IsWhatTheApiAnswers()
    {
        await using var servers = new Servers();
        await servers.StartFrontDoorAsync();
        using var response = await servers.Http.PostAsJsonAsync("/api/prompt/refine", new { prompt = Prompt });
        var answered = await response.Content.ReadAsStringAsync();

        var ended = await Programs.RunAsync(_folder.Path, ["refine", Prompt, "--json"]);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(WithoutTimes(answered), WithoutTimes(ended.Output));
    }

    [Fact]
    public async Task RefineCsv_QuotesLineEndsAndAccents_ComeBackWithTheColumnsAdded()
    {
        string[] header = ["id", "prompt", "note, \"quoted\""];
        string[][] rows =
        [
            ["1", Prompt, "first line\nsecond, \"line\""],
            ["2", "A bag of \"salted\" crisps, shared at the stadium", ""],
            ["3", "  Something sweet and creamy 🍮 in the evening  ", "ñandú; 日本 "],
        ];
        var quoted = new[] { header }.Concat(rows).Select(row => string.Join(',', row.Select(cell => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
        // With the mark and the line ends that spreadsheets write.
        File.WriteAllText(_folder.Combine("in.csv"), string.Join("\r\n", quoted) + "\r\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        var ended = await Programs.RunAsync(_folder.Path, ["refine", "--csv", "in.csv", "--out", "out.csv"]);

        Assert.Equal((0, "out.csv: 3 rows\n", ""), (ended.ExitCode, ended.Output, ended.Error));
        var written = ReadCsv("out.csv");
        Assert.Equal([.. header, "dominant_taste", "text", "plan"], written[0]);
        Assert.Equal(rows, written.Skip(1).Select(row => row[..3]));
        Assert.Equal(["bitter", "salty", "sweet"], written.Skip(1).Select(row => row[3]));
        foreach (var row in written.Skip(1))
        {
            var tempo = JsonNode.Parse(row[5])!["tempo_bpm"]!.GetValue<double>();
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{Math.Round(tempo)} BPM"), row[4], StringComparison.Ordinal);
        }

        Assert.Equal(["in.csv", "out.csv"], Directory.GetFiles(_folder.Path, "*.csv*").Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task RefineCsv_OntoItself_ReplacesTheFile()
    {
        File.WriteAllText(_folder.Combine("a.csv"), "prompt\nA very sweet honey cake on Sunday\n");

        var ended = await Programs.RunAsync(_folder.Path, ["refine", "--csv", "a.csv", "--out", "a.csv"]);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(["prompt", "dominant_taste", "text", "plan"], ReadCsv("a.csv")[0]);
    }

    [Theory]
    [InlineData("PROMPT or --csv", "refine")]
    [InlineData("not both", "refine", Prompt, "--csv", "good.csv", "--out", "out.csv")]
    [InlineData("--out", "refine", "--csv", "good.csv")]
    [InlineData("--out", "refine", Prompt, "--out", "out.csv")]
    [InlineData("--json", "refine", "--csv", "good.csv", "--out", "out.csv", "--json")]
    [InlineData("prompt: must have 16 to 800 characters; this one has 5", "refine", "short")]
    [InlineData("control characters", "refine", "a sweet cake\u0007 and a cup of tea")]
    [InlineData("missing.csv", "refine", "--csv", "missing.csv", "--out", "out.csv")]
    [InlineData("empty.csv is empty", "refine", "--csv", "empty.csv", "--out", "out.csv")]
    [InlineData("header.csv has no rows", "refine", "--csv", "header.csv", "--out", "out.csv")]
    [InlineData("other.csv has no column prompt; its columns are id, words", "refine", "--csv", "other.csv", "--out", "out.csv")]
    [InlineData("taken.csv has a column text already", "refine", "--csv", "taken.csv", "--out", "out.csv")]
    [InlineData("short.csv row 3: prompt: must have 16 to 800 characters; this one has 5", "refine", "--csv", "short.csv", "--out", "out.csv")]
    [InlineData("ragged.csv row 2: has 3 columns", "refine", "--csv", "ragged.csv", "--out", "out.csv")]
    [InlineData("quote.csv row 2", "refine", "--csv", "quote.csv", "--out", "out.csv")]
    [InlineData("latin.csv is not UTF-8", "refine", "--csv", "latin.csv", "--out", "out.csv")]
    public async Task Refine_BadInput_ExitsWith2AndNamesIt(string named, params string[] arguments)
    {
        const string good = "A very sweet honey cake on Sunday";
        Write("good.csv", $"prompt\n{good}\n");
        Write("empty.csv", "");
        Write("header.csv", "id,prompt\n");
        Write("other.csv", $"id,words\n1,{good}\n");
        Write("taken.csv", $"prompt,text\n{good},x\n");
        Write("short.csv", $"id,prompt\n1,{good}\n2,short\n");
        Write("ragged.csv", $"id,prompt\n1,{good},more\n");
        Write("quote.csv", $"prompt,id\n{good} \"with a stray quote,1\n");
        File.WriteAllBytes(_folder.Combine("latin.csv"), Encoding.Latin1.GetBytes($"prompt\nUn café amargo en la mañana\n"));

        var ended = await Programs.RunAsync(_folder.Path, arguments);

        Assert.True(ended.ExitCode == 2, $"{ended.ExitCode}: {ended.Error}{ended.Output}");
        Assert.Contains(named, ended.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("out.csv")));
    }

    [Fact]
    public async Task RefineCsv_NowhereToWrite_ExitsWith1()
    {
        Write("good.csv", "prompt\nA very sweet honey cake on Sunday\n");
        var ended = await Programs.RunAsync(_folder.Path, ["refine", "--csv", "good.csv", "--out", "no/such/folder/out.csv"]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("no/such/folder", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refine_BrokenKnowledge_ExitsWith2AndNamesTheFile()
    {
        var ended = await Programs.RunAsync(_folder.Path, ["refine", Prompt], new Dictionary<string, string> { ["AUDIOREPROMPT__REPROMPT__DATA"] = _folder.Path });
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(".psv", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EvaluateRefine_Json_CountsAddUpAndNoTextContradictsItsPlan()
    {
        var ended = await Programs.RunAsync(_folder.Path, ["evaluate", "refine", "--json"]);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var report = JsonNode.Parse(ended.Output)!;
        var prompts = report["prompts"]!.GetValue<int>();
        var confusion = report["confusion"]!.AsObject().Select(row => (row.Key, Cells: row.Value!.AsObject())).ToList();
        Assert.Equal(prompts, confusion.Sum(row => row.Cells.Sum(cell => cell.Value!.GetValue<int>())));
        Assert.Equal(prompts - report["misses"]!.AsArray().Count, confusion.Sum(row => row.Cells[row.Key]!.GetValue<int>()));
        Assert.Empty(report["contradictions"]!.AsArray());
        Assert.All(report["directions"]!.AsArray(), direction => Assert.InRange(direction!["p"]!.GetValue<double>(), 0.0001, 1));
    }

    [Fact]
    public async Task EvaluateRefine_Misses_AreListedOnlyWhenAskedFor()
    {
        var brief = await Programs.RunAsync(_folder.Path, ["evaluate", "refine"]);
        var full = await Programs.RunAsync(_folder.Path, ["evaluate", "refine", "--misses"]);

        Assert.Equal((0, 0), (brief.ExitCode, full.ExitCode));
        Assert.Contains("published directions not in the plans", brief.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("| understood ", brief.Output, StringComparison.Ordinal);
        Assert.Contains("| understood ", full.Output, StringComparison.Ordinal);
    }

    private void Write(string file, string text) => File.WriteAllText(_folder.Combine(file), text);

    private List<string[]> ReadCsv(string file)
    {
        using var text = new StreamReader(_folder.Combine(file), Encoding.UTF8);
        using var parser = new CsvParser(text, CultureInfo.InvariantCulture);
        var rows = new List<string[]>();
        while (parser.Read()) rows.Add(parser.Record!);
        return rows;
    }

    /// <summary>Members in their order; how long it took is another number each time.</summary>
    private static string WithoutTimes(string json)
    {
        var answer = JsonNode.Parse(json)!.AsObject();
        Assert.True(answer["timings"]!["total"]!.GetValue<double>() >= 0);
        answer["timings"] = null;
        return answer.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }
}
