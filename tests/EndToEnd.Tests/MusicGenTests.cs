using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

/// <summary>MusicGen behind the whole way, with the reference model of random weights: noise, but the model's noise.</summary>
public sealed class MusicGenTests : IDisposable
{
    private static readonly string Model = Path.Combine(Repository.Fixtures, "musicgen-tiny");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Generate_WithAModelConfigured_PlaysWithMusicGen()
    {
        foreach (var file in new[] { "a.wav", "b.wav" })
        {
            var ended = await Programs.RunAsync(
                _folder.Path, ["generate", "A sweet ripe mango on a slow Sunday morning", "-o", file, "--duration", "2.5", "--seed", "7", "--engine", "musicgen"], Settings());
            Assert.Equal((0, ""), (ended.ExitCode, ended.ExitCode == 0 ? "" : ended.Error));
            Assert.StartsWith($"{file}: 2.5 s, seed 7, engine musicgen", ended.Output, StringComparison.Ordinal);
        }

        using var wav = File.OpenRead(_folder.Combine("a.wav"));
        var header = WavHeader.Read(wav);
        Assert.Equal((32_000, 1, 2.5), (header.SampleRate, header.Channels, header.DurationSeconds));
        Assert.Equal(File.ReadAllBytes(_folder.Combine("a.wav")), File.ReadAllBytes(_folder.Combine("b.wav")));
    }

    [Fact]
    public async Task Stream_BeginsBeforeTheSongIsDone_AndIsTheSameWav()
    {
        await using var servers = new Servers(Settings());
        await servers.StartWorkerAsync();
        await servers.StartFrontDoorAsync();
        var id = await PostAsync(servers, """{"prompt":"A bitter espresso alone on a rainy morning","duration_seconds":90,"seed":3,"stream":true}""");

        using var first = await servers.Http.GetAsync($"/api/audio/{id}/stream", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode.OK, "audio/wav"), (first.StatusCode, first.Content.Headers.ContentType?.MediaType));
        Assert.Equal(44 + 90 * 32_000 * 2, first.Content.Headers.ContentLength);
        await using var heard = await first.Content.ReadAsStreamAsync();
        var beginning = new byte[44 + 32_000];
        await heard.ReadExactlyAsync(beginning);
        var meanwhile = await servers.UntilAsync(id, _ => true);
        Assert.Equal("running", meanwhile.GetProperty("status").GetString());
        // A second listener, who comes later and hears it from the beginning.
        var second = servers.Http.GetByteArrayAsync($"/api/audio/{id}/stream");
        using var rest = new MemoryStream();
        await heard.CopyToAsync(rest);

        await servers.UntilAsync(id, "completed");
        var whole = await servers.Http.GetByteArrayAsync($"/api/audio/{id}/content");
        Assert.Equal(whole, beginning.Concat(rest.ToArray()));
        Assert.Equal(whole, await second);
        Assert.Equal(whole, await servers.Http.GetByteArrayAsync($"/api/audio/{id}/stream"));
    }

    [Fact]
    public async Task Stream_OfAJobThatWasNotAskedTo_IsTheFinishedWav()
    {
        await using var servers = new Servers(Settings());
        await servers.StartWorkerAsync();
        await servers.StartFrontDoorAsync();
        var id = await servers.GenerateAsync(5, seed: 1);
        var streamed = await servers.Http.GetByteArrayAsync($"/api/audio/{id}/stream");
        Assert.Equal(await servers.Http.GetByteArrayAsync($"/api/audio/{id}/content"), streamed);
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("onnx")]
    public async Task Codes_OfEitherWayIn_AreTheReferences(string precision)
    {
        var ended = await Programs.RunAsync(
            _folder.Path, ["models", "codes", Model, "Staccato plucked strings, dry and bright, salty", "--frames", "40", "--guidance", "3", "--precision", precision, "--json"], Settings());
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var golden = Npy.Read<long>(Path.Combine(Model, "golden", "prompt1_guidance3_codes.npy"));
        Assert.Equal(golden.Values, JsonSerializer.Deserialize<long[][]>(ended.Output)!.SelectMany(book => book));
    }

    [Fact]
    public async Task Build_ACheckpoint_SaysWhatIsReadyAndTheNextLoadFindsIt()
    {
        var ended = await Programs.RunAsync(_folder.Path, ["models", "build", Model], Settings());
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("ready as int8 after", ended.Output, StringComparison.Ordinal);
        var packed = Directory.GetFiles(_folder.Combine("cache"), "decoder-int8*", SearchOption.AllDirectories);
        var written = File.GetLastWriteTimeUtc(Assert.Single(packed));
        Assert.Equal(0, (await Programs.RunAsync(_folder.Path, ["models", "codes", Model, "salty", "--frames", "1"], Settings())).ExitCode);
        Assert.Equal(written, File.GetLastWriteTimeUtc(packed[0]));
    }

    public static TheoryData<string, string> BrokenModels => new()
    {
        { "missing tokenizer", "tokenizer.json does not exist." },
        { "truncated", "model.safetensors: the header is said to take" },
        { "no weights", "has no weights: neither model.safetensors" },
        { "gated", "text_encoder.feed_forward_proj is \"gated-gelu\"; only \"relu\" can be computed." },
        { "other sizes", "has the shape [" },
        { "other model", "model_type is \"clap\", not \"musicgen\"." },
    };

    [Theory]
    [MemberData(nameof(BrokenModels))]
    public async Task Worker_BrokenModel_DoesNotStartAndNamesWhatIsWrong(string fault, string message)
    {
        var model = Break(fault);
        using var process = Programs.Start(_folder.Path, ["worker", "--rp_serve_api", "--rp_api_port", "0"], Settings(model));
        using var limit = new CancellationTokenSource(Programs.Patience);
        var error = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith("worker: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
        // Nothing half built is left behind.
        if (Directory.Exists(_folder.Combine("cache"))) Assert.Empty(Directory.GetFiles(_folder.Combine("cache"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Worker_MusicGenWithoutAModel_SaysWhatIsMissing()
    {
        using var process = Programs.Start(
            _folder.Path, ["worker", "--rp_serve_api", "--rp_api_port", "0"], new Dictionary<string, string> { ["AUDIOREPROMPT__WORKER__ENGINE"] = "musicgen" });
        using var limit = new CancellationTokenSource(Programs.Patience);
        Assert.Contains("worker.engine is musicgen, but musicgen.model names none", await process.StandardError.ReadToEndAsync(limit.Token), StringComparison.Ordinal);
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(2, process.ExitCode);
    }

    private static async Task<string> PostAsync(Servers servers, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await servers.Http.PostAsync("/api/audio/generate", body);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.True(response.IsSuccessStatusCode, answer.RootElement.ToString());
        return answer.RootElement.GetProperty("audio_id").GetString()!;
    }

    private Dictionary<string, string> Settings(string? model = null) => new()
    {
        ["AUDIOREPROMPT__MUSICGEN__MODEL"] = model ?? Model,
        ["AUDIOREPROMPT__MUSICGEN__CACHE"] = _folder.Combine("cache"),
        ["AUDIOREPROMPT__MUSICGEN__THREADS"] = 1.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>A copy of the model with one fault.</summary>
    private string Break(string fault)
    {
        var copy = Directory.CreateDirectory(_folder.Combine("model")).FullName;
        foreach (var file in Directory.GetFiles(Model)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        string Of(string name) => Path.Combine(copy, name);
        void Edit(string from, string to)
        {
            var text = File.ReadAllText(Of("config.json"));
            Assert.Contains(from, text, StringComparison.Ordinal);
            File.WriteAllText(Of("config.json"), text.Replace(from, to, StringComparison.Ordinal));
        }

        switch (fault)
        {
            case "missing tokenizer":
                File.Delete(Of("tokenizer.json"));
                break;
            case "truncated":
                File.WriteAllBytes(Of("model.safetensors"), File.ReadAllBytes(Of("model.safetensors"))[..1000]);
                break;
            case "no weights":
                File.Delete(Of("model.safetensors"));
                break;
            case "gated":
                Edit("\"feed_forward_proj\": \"relu\"", "\"feed_forward_proj\": \"gated-gelu\"");
                break;
            case "other sizes":
                Edit("\"ffn_dim\": 128", "\"ffn_dim\": 192");
                break;
            default:
                Edit("\"model_type\": \"musicgen\",", "\"model_type\": \"clap\",");
                break;
        }

        return copy;
    }
}
