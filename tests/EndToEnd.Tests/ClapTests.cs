using System.Text.Json.Nodes;
using AudioReprompt.Audio;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

/// <summary>The CLAP score as a researcher uses it, with the reference model with random weights, whose numbers mean nothing and come out again.</summary>
public sealed class ClapTests : IDisposable
{
    private static readonly string Model = Path.Combine(Repository.Fixtures, "clap-tiny");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task GetAudio_WithAModel_HasItsScores()
    {
        await using var servers = new Servers(new Dictionary<string, string> { ["AUDIOREPROMPT__CLAP__MODEL"] = Model, ["AUDIOREPROMPT__CLAP__CACHE"] = _folder.Combine("cache") });
        await servers.StartWorkerAsync();
        await servers.StartFrontDoorAsync();

        var answer = await servers.UntilAsync(await servers.GenerateAsync(12, seed: 1), "completed");

        var scoring = answer.GetProperty("scoring");
        Assert.Equal(("clap", "clap-tiny", "windows", 2), (
            scoring.GetProperty("engine").GetString(), scoring.GetProperty("model").GetString(), scoring.GetProperty("long_audio").GetString(), scoring.GetProperty("windows").GetInt32()));
        Assert.InRange(answer.GetProperty("clap_score").GetDouble(), -1, 1);
        Assert.NotEqual(answer.GetProperty("clap_score").GetDouble(), answer.GetProperty("clap_score_raw").GetDouble());
        Assert.Equal(1, answer.GetProperty("taste_scores").EnumerateObject().Sum(taste => taste.Value.GetProperty("probability").GetDouble()), 6);
    }

    [Fact]
    public async Task EvaluateRun_Clap_ScoresAgainstTheRefinedPromptAndTellsWhatItIs()
    {
        File.WriteAllText(_folder.Combine("prompts.csv"), "id,prompt,taste\ncake,My grandmother's honey cake on a Sunday afternoon,sweet\nlemon,A squeeze of lemon over oysters at the harbour,sour\n");

        var ended = await RunAsync("evaluate", "run", "prompts.csv", "--out", "out", "--duration", "12", "--scorer", "clap");

        Assert.True(ended.ExitCode == 0, ended.Error);
        var results = JsonNode.Parse(File.ReadAllText(_folder.Combine("out", "results.json")))!;
        Assert.Equal(("clap", "clap-tiny, windows"), ((string)results["scorer"]!["name"]!, (string)results["scorer"]!["model"]!));
        Assert.Contains("in windows of 10 s whose embeddings are averaged", (string)results["scorer"]!["meaning"]!, StringComparison.Ordinal);
        Assert.Equal(4, File.ReadAllLines(_folder.Combine("out", "scores-clap.jsonl")).Length);

        // Without the words that the refinement made, the user's own are the target, which gives other scores of the same recordings.
        await RunAsync("evaluate", "audio", Path.Combine("out", "audio"), "--prompts", "prompts.csv", "--out", "elsewhere", "--scorer", "clap");
        var elsewhere = JsonNode.Parse(File.ReadAllText(_folder.Combine("elsewhere", "results.json")))!;
        Assert.NotEqual(results["table"]!.ToJsonString(), elsewhere["table"]!.ToJsonString());
        Assert.Equal(results["frechet"]?.ToJsonString(), elsewhere["frechet"]?.ToJsonString());
    }

    [Fact]
    public async Task EvaluateAudio_Clap_GivesEachRecordingANumberForEachTasteOrAReason()
    {
        Directory.CreateDirectory(_folder.Combine("wavs"));
        void Wave(string name, int rate, int channels, double seconds, float level) => File.WriteAllBytes(
            _folder.Combine("wavs", name),
            WavFile.EncodePcm16([.. Enumerable.Range(0, (int)(seconds * rate) * channels).Select(i => level * (float)Math.Sin(0.05 * i))], rate, channels));
        Wave("eight.wav", 8_000, 8, 2, 0.5f);
        Wave("tenth.wav", 32_000, 1, 0.1, 0.5f);
        Wave("silence.wav", 48_000, 1, 1, 0);
        Wave("nothing.wav", 32_000, 2, 0, 0);

        var ended = await RunAsync("evaluate", "audio", "wavs", "--json", "--scorer", "clap");

        Assert.True(ended.ExitCode == 0, ended.Error);
        var recordings = JsonNode.Parse(ended.Output)!["recordings"]!.AsArray().ToDictionary(one => (string)one!["file"]!);
        Assert.Equal("The recording has no samples.", (string)recordings["nothing.wav"]!["reason"]!);
        foreach (var file in new[] { "eight.wav", "tenth.wav", "silence.wav" })
        {
            Assert.Null(recordings[file]!["reason"]);
            Assert.Equal(6, recordings[file]!["scores"]!.AsObject().Count);
            Assert.All(recordings[file]!["scores"]!.AsObject(), score => Assert.InRange((double)score.Value!, -1, 1));
        }
    }

    [Fact]
    public async Task EvaluateRun_ClapWithoutAModel_SaysHowToGetOneAndLeavesNothing()
    {
        File.WriteAllText(_folder.Combine("prompts.csv"), "id,prompt\n1,A very sweet honey cake\n");

        var ended = await Programs.RunAsync(_folder.Path, ["evaluate", "run", "prompts.csv", "--out", "out", "--scorer", "clap"]);

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("clap.model is not set", ended.Error, StringComparison.Ordinal);
        Assert.Contains("audioreprompt models pull laion/clap-htsat-unfused", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("out")));
    }

    [Fact]
    public async Task Models_ClapFolder_IsDescribedAndBuilt()
    {
        var info = await RunAsync("models", "info", Model);
        Assert.Contains("| CLAP ", info.Output, StringComparison.Ordinal);
        Assert.Contains("embeddings of 32 numbers; HTSAT of 8 channels, 2-2-2-2 blocks; RoBERTa of 2 layers, texts up to 512 tokens", info.Output, StringComparison.Ordinal);
        var fused = await RunAsync("models", "info", Path.Combine(Model, "fused"));
        Assert.Contains("audio_config.enable_fusion is true", fused.Output, StringComparison.Ordinal);

        var built = await RunAsync("models", "build", Model);
        Assert.True(built.ExitCode == 0, built.Error);
        Assert.Contains($"what was built is in {_folder.Combine("cache")}. A sine and white noise have the cosine ", built.Output, StringComparison.Ordinal);
        Assert.Equal(["clap_audio", "clap_text"], Directory.EnumerateDirectories(Assert.Single(Directory.EnumerateDirectories(_folder.Combine("cache")))).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        var precision = await RunAsync("models", "build", Model, "--precision", "int8");
        Assert.Equal(2, precision.ExitCode);
        Assert.Contains("--precision int8 goes with a MusicGen model", precision.Error, StringComparison.Ordinal);
        var refused = await RunAsync("models", "build", Path.Combine(Model, "fused"));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("audio_config.enable_fusion is true", refused.Error, StringComparison.Ordinal);
    }

    private Task<Ended> RunAsync(params string[] arguments) => Programs.RunAsync(_folder.Path, arguments, new Dictionary<string, string>
    {
        ["AUDIOREPROMPT__CLAP__MODEL"] = Model,
        ["AUDIOREPROMPT__CLAP__CACHE"] = _folder.Combine("cache"),
        ["AUDIOREPROMPT__CLAP__DEVICE"] = "cpu",
    });
}
