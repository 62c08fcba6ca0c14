using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

public sealed class GenerateCommandTests : IDisposable
{
    private const string Prompt = "A spicy taco al pastor at a noisy street stand, late at night";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Generate_WhereNothingRuns_WritesAWavAndSaysWhatItIs()
    {
        var ended = await Programs.RunAsync(_folder.Path, ["generate", Prompt, "-o", "taco.wav", "--seed", "7"]);

        Assert.Equal((0, ""), (ended.ExitCode, ended.ExitCode == 0 ? "" : ended.Error));
        using var wav = File.OpenRead(_folder.Combine("taco.wav"));
        var header = WavHeader.Read(wav);
        Assert.Equal((32_000, 2, 16, 10.0), (header.SampleRate, header.Channels, header.BitsPerSample, header.DurationSeconds));
        Assert.StartsWith("taco.wav: 10 s, seed 7, engine composer", ended.Output, StringComparison.Ordinal);
        // In a pipe: plain lines, no bar.
        Assert.EndsWith("completed 100 %\n", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', ended.Error + ended.Output);
        Assert.Equal([_folder.Combine("taco.wav")], Directory.GetFiles(_folder.Path, "*.wav*"));
    }

    [Fact]
    public async Task Generate_SameSeedTwice_GivesTheSameBytesAndAnotherSeedOthers()
    {
        foreach (var (file, seed) in new[] { ("a.wav", "1"), ("b.wav", "1"), ("c.wav", "2") })
        {
            var ended = await Programs.RunAsync(_folder.Path, ["generate", Prompt, "-o", file, "--duration", "2.5", "--seed", seed]);
            Assert.Equal((0, ""), (ended.ExitCode, ended.ExitCode == 0 ? "" : ended.Error));
        }

        var (a, b, c) = (File.ReadAllBytes(_folder.Combine("a.wav")), File.ReadAllBytes(_folder.Combine("b.wav")), File.ReadAllBytes(_folder.Combine("c.wav")));
        Assert.Equal(44 + (2.5 * 32_000 * 4), a.Length);
        Assert.Equal(a, b);
        Assert.NotEqual(a, c);
    }

    [Fact]
    public async Task Generate_Json_PrintsTheFinishedJob()
    {
        var ended = await Programs.RunAsync(_folder.Path, ["generate", Prompt, "-o", "x.wav", "--duration", "1", "--json"]);

        Assert.Equal(0, ended.ExitCode);
        using var json = JsonDocument.Parse(ended.Output);
        Assert.Equal(("completed", Prompt), (json.RootElement.GetProperty("status").GetString(), json.RootElement.GetProperty("prompt").GetString()));
    }

    [Fact]
    public async Task Generate_ToStandardOutput_IsTheWavAndNothingElse()
    {
        using var process = Programs.Start(_folder.Path, ["generate", Prompt, "-o", "-", "--duration", "1"]);
        using var wav = new MemoryStream();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(wav);
        await process.WaitForExitAsync();
        await errors;

        Assert.Equal((0, 44L + 128_000), (process.ExitCode, wav.Length));
    }

    [Theory]
    [InlineData("prompt", "generate", "short")]
    [InlineData("duration_seconds", "generate", Prompt, "--duration", "301")]
    [InlineData("seed", "generate", Prompt, "--seed", "-1")]
    [InlineData("--duration", "generate", Prompt, "--duration", "long")]
    [InlineData("--url", "generate", Prompt, "--url", "nowhere")]
    [InlineData("PROMPT", "generate")]
    [InlineData("nothing", "nothing")]
    public async Task Generate_BadInput_ExitsWith2AndNamesIt(string named, params string[] arguments)
    {
        var ended = await Programs.RunAsync(_folder.Path, arguments);

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(named, ended.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.wav*"));
    }

    [Fact]
    public async Task Generate_NobodyAtTheUrl_ExitsWith1()
    {
        var ended = await Programs.RunAsync(_folder.Path, ["generate", Prompt, "--url", "http://127.0.0.1:9"]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("127.0.0.1:9", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_BrokenConfiguration_ExitsWith2AndNamesTheKey()
    {
        File.WriteAllText(_folder.Combine("broken.yaml"), "api:\n  port: many\n");
        var ended = await Programs.RunAsync(_folder.Path, ["generate", Prompt], new Dictionary<string, string> { ["AUDIOREPROMPT_CONFIG"] = _folder.Combine("broken.yaml") });
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("broken.yaml:2:9: api.port", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_WithSecrets_ShowsEverythingButThem()
    {
        var ended = await Programs.RunAsync(_folder.Path, ["config"], new Dictionary<string, string> { ["RUNPOD_API_KEY"] = "rp-secret-123", ["AUDIOREPROMPT__DISPATCH__MAX_ATTEMPTS"] = "7" });
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("max_attempts: 7", ended.Output, StringComparison.Ordinal);
        Assert.Contains("********", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("rp-secret", ended.Output + ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "generate <PROMPT>")]
    [InlineData("--version", "0.1.0")]
    public async Task Command_HelpAndVersion_AreAnswered(string argument, string expected)
    {
        var ended = await Programs.RunAsync(_folder.Path, [argument]);
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains(expected, ended.Output, StringComparison.Ordinal);
    }
}
