using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AudioReprompt.Audio;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

/// <summary><c>evaluate run</c>, <c>compare</c> and <c>audio</c> as a researcher uses them.</summary>
public sealed partial class EvaluateStudyTests : IDisposable
{
    private const string Prompts = """"
        id,prompt,taste
        cake,My grandmother's honey cake on a Sunday afternoon,sweet
        jam,"Apricot jam, spread thick on ""brioche""",sweet
        lemon,A squeeze of lemon over oysters at the harbour,sour
        lime,Green mango with lime at a street stall,sour
        coffee,Un café negro y amargo en una mañana de lluvia,bitter
        tonic,Campari and tonic alone at dusk,bitter
        free,Salted peanuts and a cold beer at the stadium,
        walk,A quiet walk along the river with my old dog,

        """";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_KilledAgainAndAgain_GoesOnAndEndsWithTheSameBytes()
    {
        Write("prompts.csv", Prompts);
        string[] Arguments(string output) => ["evaluate", "run", "prompts.csv", "--out", output, "--seeds", "3", "--duration", "4", "--parallel", "2"];
        var whole = await Programs.RunAsync(_folder.Path, Arguments("whole"));
        Assert.True(whole.ExitCode == 0, whole.Error);

        for (var kill = 1; kill <= 3; kill++)
        {
            using var process = Programs.Start(_folder.Path, Arguments("killed"));
            await UntilAsync(() => Lines("killed", "clips.jsonl") >= kill * 9 || process.HasExited);
            Assert.False(process.HasExited, "It ended before it was killed.");
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        Assert.False(File.Exists(_folder.Combine("killed", "results.json")));
        // As a kill may leave them: a file half written, and one whose last bytes never came to the disk.
        Write(Path.Combine("killed", "audio", "cake-1-raw.wav.part"), "RIFF");
        var recording = _folder.Combine("killed", "audio", "cake-1-raw.wav");
        File.WriteAllBytes(recording, File.ReadAllBytes(recording)[..1000]);
        File.AppendAllText(_folder.Combine("killed", "scores-acoustic.jsonl"), "{\"file\":\"cake-1-raw.w");
        var resumed = await Programs.RunAsync(_folder.Path, Arguments("killed"));

        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.EndsWith("48 of 48 recordings\n", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(Hashes("whole"), Hashes("killed"));
        Assert.Equal(48, Directory.GetFiles(_folder.Combine("killed", "audio")).Length);
        Assert.Equal(WithoutThisRun("whole", "report.html"), WithoutThisRun("killed", "report.html"));
        Assert.Equal(WithoutThisRun("whole", "report.md"), WithoutThisRun("killed", "report.md"));
        Assert.Contains("in 4 parts: it was stopped and went on", File.ReadAllText(_folder.Combine("killed", "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SmallTable_WritesReportAndResults()
    {
        Write("prompts.csv", Prompts);
        await RunAsync("evaluate", "run", "prompts.csv", "--out", "a", "--duration", "3");
        await RunAsync("evaluate", "run", "prompts.csv", "--out", "b", "--duration", "3", "--seed", "2", "--reference", Path.Combine("a", "audio"));

        var results = JsonNode.Parse(File.ReadAllText(_folder.Combine("b", "results.json")))!;
        Assert.Equal(["sweet", "sour", "bitter"], results["table"]!["groups"]!.AsArray().Select(row => row!["name"]!.GetValue<string>()));
        // The walk names nothing edible and no label, so there is nothing to hold its audio against.
        Assert.Equal(7, results["table"]!["overall"]!["pairs"]!.GetValue<int>());
        Assert.Equal("walk", Assert.Single(results["left_out"]!.AsArray())!["what"]!.GetValue<string>());
        Assert.Equal(["8 8", "8 16", "8 16"], results["frechet"]!.AsArray().Select(distance => $"{distance!["one_count"]} {distance["other_count"]}"));
        Assert.All(results["frechet"]!.AsArray(), distance => Assert.True(distance!["distance"]!.GetValue<double>() > 0));
        Assert.Equal("acoustic", results["scorer"]!["name"]!.GetValue<string>());
        Assert.True(results["table"]!["overall"]!["refined"]!["mean"]!.GetValue<double>() > results["table"]!["overall"]!["raw"]!["mean"]!.GetValue<double>() + 0.1);

        var rows = File.ReadAllLines(_folder.Combine("b", "results.csv"));
        Assert.StartsWith("id,taste,taste_read,number,seed,score_raw,score_refined,difference,", rows[0], StringComparison.Ordinal);
        Assert.Equal(9, rows.Length);
        Assert.Contains("\"Apricot jam, spread thick on \"\"brioche\"\"\"", rows[2], StringComparison.Ordinal);

        var page = XDocument.Parse(File.ReadAllText(_folder.Combine("b", "report.html")));
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.Equal(["boxes-title", "slopes-title", "differences-title"], page.Descendants(svg + "svg").Select(figure => figure.Element(svg + "title")!.Attribute("id")!.Value));
        Assert.Equal(["By taste", "Fréchet audio distance", "The scores", "By instrument", "The largest gains and losses, to listen to", "Left out", "Configuration", "This run"], page.Descendants("h2").Select(heading => heading.Value));
        Assert.Equal(
            ["taste", "n", "raw mean ± sd", "refined mean ± sd", "change %", "t", "df", "p", "p (Holm)", "d_z", "95 % CI of the difference", "W", "p (Wilcoxon)", "gained"],
            page.Descendants("table").First().Descendants("th").Select(cell => cell.Value));
        Assert.Empty(page.Descendants("script"));
        Assert.Empty(page.Descendants("link"));
        var players = page.Descendants("audio").ToList();
        Assert.InRange(players.Count, 6, 12);
        foreach (var player in players)
        {
            using var wav = new MemoryStream(Convert.FromBase64String(player.Attribute("src")!.Value["data:audio/wav;base64,".Length..]));
            Assert.Equal(3, WavHeader.Read(wav).DurationSeconds);
        }

        var run = page.Descendants("section").Single(section => section.Attribute("id")?.Value == "this-run").Value;
        Assert.Contains("cores", run, StringComparison.Ordinal);
        Assert.Contains("composer-2", page.Descendants("table").ElementAt(4).Value, StringComparison.Ordinal);

        var compared = await RunAsync("evaluate", "compare", "a", "b", "--out", "c");
        Assert.Contains("seed is 1 there and 2 here", compared.Output, StringComparison.Ordinal);
        Assert.Contains("| all ", compared.Output, StringComparison.Ordinal);
        XDocument.Parse(File.ReadAllText(_folder.Combine("c", "comparison.html")));

        // The same recordings by their names, as if they had been made elsewhere, get the same scores.
        await RunAsync("evaluate", "audio", Path.Combine("b", "audio"), "--prompts", "prompts.csv", "--out", "d");
        var elsewhere = JsonNode.Parse(File.ReadAllText(_folder.Combine("d", "results.json")))!;
        Assert.Equal(results["table"]!.ToJsonString(), elsewhere["table"]!.ToJsonString());
    }

    [Fact]
    public async Task Run_BadRows_AreNamedAndTheRestGoesOnUnlessStrict()
    {
        Write("prompts.csv", "\uFEFFid,prompt,taste\n1,A very sweet honey cake,sweet\n1,A bitter espresso in the rain,bitter\n2,,sour\n3,An \"odd quote in here,salty\n4,Lemon, lime and salt,sour\n");

        var strict = await Programs.RunAsync(_folder.Path, ["evaluate", "run", "prompts.csv", "--out", "out", "--strict"]);
        Assert.Equal(2, strict.ExitCode);
        Assert.Contains("Nothing was started", strict.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("out")));

        var ended = await RunAsync("evaluate", "run", "prompts.csv", "--out", "out", "--duration", "1");
        foreach (var named in new[] { "prompts.csv, line 3: id 1 is that of line 2", "prompts.csv, line 4: prompt: ", "prompts.csv, line 5: ", "prompts.csv, line 6: this row has 4 columns" })
        {
            Assert.Contains(named, strict.Error, StringComparison.Ordinal);
            Assert.Contains(named, ended.Error, StringComparison.Ordinal);
        }

        // One pair: no p, and why; the rows left out are in the report.
        var report = File.ReadAllText(_folder.Combine("out", "report.md"));
        Assert.Contains("all: no p value, because: a single pair has no spread to test against.", report, StringComparison.Ordinal);
        Assert.Contains("| line 6 of the prompts | this row has 4 columns", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no column id", "evaluate", "run", "nocolumn.csv", "--out", "out")]
    [InlineData("missing.csv cannot be read", "evaluate", "run", "missing.csv", "--out", "out")]
    [InlineData("needs --model", "evaluate", "run", "prompts.csv", "--out", "out", "--engine", "musicgen")]
    [InlineData("--model goes with --engine musicgen", "evaluate", "run", "prompts.csv", "--out", "out", "--model", "x")]
    [InlineData("--seeds must be 1 to 1000.", "evaluate", "run", "prompts.csv", "--out", "out", "--seeds", "0")]
    [InlineData("--duration must be 1 to 300.", "evaluate", "run", "prompts.csv", "--out", "out", "--duration", "301")]
    [InlineData("--parallel must be 1 to 64.", "evaluate", "run", "prompts.csv", "--out", "out", "--parallel", "0")]
    [InlineData("nowhere is no folder", "evaluate", "run", "prompts.csv", "--out", "out", "--reference", "nowhere")]
    [InlineData("is not empty and holds no study", "evaluate", "run", "prompts.csv", "--out", "taken")]
    [InlineData("taken holds no WAVE files", "evaluate", "audio", "taken")]
    [InlineData("taken holds no finished study", "evaluate", "compare", "taken", "taken")]
    public async Task Evaluate_BadInput_ExitsWith2AndNamesIt(string named, params string[] arguments)
    {
        Write("prompts.csv", Prompts);
        Write("nocolumn.csv", "name,prompt\n1,A very sweet honey cake\n");
        Write(Path.Combine("taken", "notes.txt"), "mine");

        var ended = await Programs.RunAsync(_folder.Path, arguments);

        Assert.True(ended.ExitCode == 2, $"{ended.ExitCode}: {ended.Error}{ended.Output}");
        Assert.Contains(named, ended.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("out", "run.json")));
    }

    [Fact]
    public async Task Run_OtherSettingsInTheSameFolder_AreRefusedByName()
    {
        Write("prompts.csv", "id,prompt\n1,A very sweet honey cake\n");
        await RunAsync("evaluate", "run", "prompts.csv", "--out", "out", "--duration", "1");

        var other = await Programs.RunAsync(_folder.Path, ["evaluate", "run", "prompts.csv", "--out", "out", "--duration", "2"]);

        Assert.Equal(2, other.ExitCode);
        Assert.Contains("duration_seconds is 1 there and 2 here", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audio_WhateverPeopleHave_GetsANumberOrAReason()
    {
        Directory.CreateDirectory(_folder.Combine("wavs", "deeper"));
        void Wave(string name, int rate, int channels, double seconds, float level) =>
            File.WriteAllBytes(_folder.Combine("wavs", name), WavFile.EncodePcm16(Notes(rate, channels, seconds, level), rate, channels));
        Wave("stereo.wav", 44_100, 2, 2, 0.5f);
        Wave(Path.Combine("deeper", "telephone.WAV"), 8_000, 1, 2, 0.5f);
        Wave("eight.wav", 48_000, 8, 2, 0.5f);
        Wave("minutes.wav", 8_000, 1, 150, 0.5f);
        Wave("silence.wav", 32_000, 1, 2, 0);
        Wave("tenth.wav", 32_000, 1, 0.1, 0.5f);
        Wave("nothing.wav", 32_000, 2, 0, 0);
        File.WriteAllText(_folder.Combine("wavs", "text.wav"), "no wave");
        File.WriteAllBytes(_folder.Combine("wavs", "cut.wav"), File.ReadAllBytes(_folder.Combine("wavs", "stereo.wav"))[..4000]);
        File.WriteAllBytes(_folder.Combine("wavs", "nan.wav"), NotANumber());

        var ended = await RunAsync("evaluate", "audio", "wavs", "--json", "--out", "out");

        var recordings = JsonNode.Parse(ended.Output)!["recordings"]!.AsArray().ToDictionary(one => one!["file"]!.GetValue<string>());
        foreach (var file in new[] { "stereo.wav", "deeper/telephone.WAV", "eight.wav", "minutes.wav" })
        {
            Assert.Null(recordings[file]!["reason"]);
            Assert.Equal(1, recordings[file]!["scores"]!.AsObject().Sum(score => score.Value!.GetValue<double>()), 1e-9);
        }

        foreach (var (file, reason) in new[]
        {
            ("silence.wav", "The recording is silent."), ("tenth.wav", "The recording has 0.1 s"), ("nothing.wav", "The recording has no samples."),
            ("text.wav", "Not a RIFF/WAVE file."), ("cut.wav", "declares more than the file holds"), ("nan.wav", "Sample 3 is not finite."),
        })
        {
            Assert.Contains(reason, recordings[file]!["reason"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.Contains(reason, File.ReadAllText(_folder.Combine("out", "report.md")), StringComparison.Ordinal);
        }

        Assert.Equal(11, File.ReadAllLines(_folder.Combine("out", "results.csv")).Length);
        XDocument.Parse(File.ReadAllText(_folder.Combine("out", "report.html")));
    }

    private static float[] Notes(int rate, int channels, double seconds, float level)
    {
        var samples = new float[(int)(rate * seconds) * channels];
        for (var index = 0; index < samples.Length; index++)
        {
            var at = index / channels / (double)rate;
            samples[index] = (float)(level * Math.Sin(2 * Math.PI * 330 * at) * (1 - (at * 2 % 1)));
        }

        return samples;
    }

    /// <summary>32-bit floats, the fourth of them NaN.</summary>
    private static byte[] NotANumber()
    {
        var samples = new float[32_000];
        samples[3] = float.NaN;
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("RIFF"u8);
        writer.Write(36 + (4 * samples.Length));
        writer.Write("WAVEfmt "u8);
        foreach (var field in new[] { 16, 3 | (1 << 16), 32_000, 128_000, 4 | (32 << 16) }) writer.Write(field);
        writer.Write("data"u8);
        writer.Write(4 * samples.Length);
        foreach (var sample in samples) writer.Write(sample);
        return file.ToArray();
    }

    private async Task<Ended> RunAsync(params string[] arguments)
    {
        var ended = await Programs.RunAsync(_folder.Path, arguments);
        Assert.True(ended.ExitCode == 0, $"{ended.ExitCode}: {ended.Error}{ended.Output}");
        return ended;
    }

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.Combine(file))!);
        File.WriteAllText(_folder.Combine(file), text);
    }

    private int Lines(string study, string file)
    {
        if (!File.Exists(_folder.Combine(study, file))) return 0;
        using var stream = new FileStream(_folder.Combine(study, file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Count(character => character == '\n');
    }

    /// <summary>What a resumed study must share with one that was never stopped.</summary>
    private List<string> Hashes(string study) =>
    [
        .. new[] { "run.json", "prompts.csv", "results.csv", "results.json" }
            .Concat(Directory.GetFiles(_folder.Combine(study, "audio")).Select(file => Path.Combine("audio", Path.GetFileName(file))).Order(StringComparer.Ordinal))
            .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_folder.Combine(study, file))))}"),
    ];

    private string WithoutThisRun(string study, string report) => ThisRun().Replace(File.ReadAllText(_folder.Combine(study, report), Encoding.UTF8), "");

    [GeneratedRegex("""<section id="this-run">.*?</section>|## This run\n.*""", RegexOptions.Singleline)]
    private static partial Regex ThisRun();

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(Programs.Patience);
        while (!isSo()) await Task.Delay(10, limit.Token);
    }
}
