using System.Text;
using System.Text.Json.Nodes;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

/// <summary><c>audioreprompt models</c> against a hub on loopback that has the reference model with random weights.</summary>
public sealed class ModelsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Blobs => _folder.Combine("cache", "models--acme--tiny-music", "blobs");

    private string Snapshot => _folder.Combine("cache", "models--acme--tiny-music", "snapshots", FakeHub.Commit);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Models_PullListVerifyInfo_AreTheWayOfAModel()
    {
        await using var hub = await StartHubAsync();

        var pulled = await RunAsync(hub, "models", "pull", FakeHub.Repository);

        Assert.Equal((0, $"{Snapshot}\nTo use it, set musicgen.model: acme/tiny-music\n"), (pulled.ExitCode, pulled.Output));
        var said = pulled.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("acme/tiny-music at 01234567: MusicGen, 7 files, 2.7 MB", said[0]);
        Assert.Equal(["Licence: cc-by-nc-4.0", "MusicGen's weights are CC-BY-NC 4.0: non-commercial use only."], said[1..3]);
        Assert.Contains("model.safetensors  2.4 MB", said);
        Assert.Equal(3 + 7, said.Length);

        var listed = await RunAsync(hub, "models", "list");
        Assert.Equal((0, ""), (listed.ExitCode, listed.Error));
        Assert.Contains("| acme/tiny-music | main, 01234567 | 7     | 2.7 MB | cc-by-nc-4.0 |", listed.Output, StringComparison.Ordinal);
        var entry = Assert.Single(JsonNode.Parse((await RunAsync(hub, "models", "list", "--json")).Output)!.AsArray())!;
        Assert.Equal(("acme/tiny-music", FakeHub.Commit, "musicgen", 7), ((string)entry["model"]!, (string)entry["commit"]!, (string)entry["kind"]!, (int)entry["files"]!));

        var info = JsonNode.Parse((await RunAsync(hub, "models", "info", FakeHub.Repository, "--json")).Output)!;
        Assert.Equal(("musicgen", "cc-by-nc-4.0"), ((string)info["kind"]!, (string)info["licence"]!));
        Assert.Equal(hub.Files.Where(file => file.Key != "pytorch_model.bin" && !file.Key.Contains('/')).Sum(file => file.Value.Length), (long)info["bytes"]!);
        Assert.True((long)info["parameters"]!["F32"]! > 500_000);
        var shown = await RunAsync(hub, "models", "info", Snapshot);
        Assert.Contains("| kind ", shown.Output, StringComparison.Ordinal);
        Assert.Contains("| parameters in F32 | ", shown.Output, StringComparison.Ordinal);

        var verified = await RunAsync(hub, "models", "verify", FakeHub.Repository);
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        Assert.EndsWith("All 7 files have the right hash.\n", verified.Output, StringComparison.Ordinal);
        var weights = Path.Combine(Blobs, hub.BlobName("model.safetensors"));
        var bytes = File.ReadAllBytes(weights);
        bytes[1000] ^= 1;
        File.WriteAllBytes(weights, bytes);
        var broken = await RunAsync(hub, "models", "verify", FakeHub.Repository);
        Assert.Equal(1, broken.ExitCode);
        Assert.StartsWith("model.safetensors has the hash ", broken.Error, StringComparison.Ordinal);
        Assert.EndsWith($"1 of 7 files is broken. Delete what follows, and pull the model again:\n{weights}\n", broken.Output, StringComparison.Ordinal);

        // As it says, which brings nothing else.
        File.Delete(weights);
        hub.DeliveryAsked.Clear();
        Assert.Equal(0, (await RunAsync(hub, "models", "pull", FakeHub.Repository)).ExitCode);
        Assert.Equal(["/model.safetensors"], hub.DeliveryAsked.Select(asked => asked.Path));
        Assert.Equal(0, (await RunAsync(hub, "models", "verify", FakeHub.Repository)).ExitCode);
    }

    [Fact]
    public async Task Models_PullOnnx_TakesTheOnnxFilesIntoTheNamedCache()
    {
        await using var hub = await StartHubAsync();

        var pulled = await RunAsync(hub, "models", "pull", FakeHub.Repository, "--onnx", "--cache", _folder.Combine("other"));

        Assert.Equal(0, pulled.ExitCode);
        Assert.EndsWith($"To use it, set musicgen.model: acme/tiny-music and models.cache: {_folder.Combine("other")}\n", pulled.Output, StringComparison.Ordinal);
        var folder = pulled.Output.Split('\n')[0];
        Assert.Equal(
            ["decoder_model_merged.onnx", "encodec_decode.onnx", "text_encoder.onnx"],
            Directory.EnumerateFiles(Path.Combine(folder, "onnx")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(Path.Combine(folder, "model.safetensors")));
    }

    [Fact]
    public async Task Models_Token_IsInNoOutput()
    {
        const string token = "hf_V3ryS3cretV4lue";
        await using var hub = await StartHubAsync();
        hub.Interfere = async (context, _, _) =>
        {
            await FakeHub.RefuseAsync(context, 401, "GatedRepo", $"who is {context.Request.Headers.Authorization}");
            return true;
        };

        var refused = await RunAsync(hub, new Dictionary<string, string> { ["HF_TOKEN"] = token }, "models", "pull", FakeHub.Repository);
        var config = await RunAsync(hub, new Dictionary<string, string> { ["HF_TOKEN"] = token }, "config");

        Assert.Equal($"Bearer {token}", Assert.Single(hub.HubAsked).Authorization);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("accept its licence on ", refused.Error, StringComparison.Ordinal);
        foreach (var text in new[] { refused.Output, refused.Error, config.Output, config.Error }) Assert.DoesNotContain(token, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allowed: org/name", "models", "pull", "musicgen")]
    [InlineData("fp32", "models", "pull", "acme/tiny-music", "--onnx", "int8")]
    [InlineData("audioreprompt models pull acme/other", "models", "info", "acme/other")]
    [InlineData("allowed: a folder, org/name", "models", "verify", "no/such/folder")]
    [InlineData("is no model's folder", "models", "info", ".")]
    [InlineData("has no model acme/other", "models", "pull", "acme/other")]
    public async Task Models_BadInput_ExitsWith2AndSaysWhatIsAllowed(string said, params string[] arguments)
    {
        await using var hub = await StartHubAsync();
        var ended = await RunAsync(hub, arguments);
        Assert.True(ended.ExitCode == 2, $"{ended.ExitCode}: {ended.Error}{ended.Output}");
        Assert.Contains(said, ended.Error, StringComparison.Ordinal);
    }

    private static async Task<FakeHub> StartHubAsync()
    {
        var model = Path.Combine(Repository.Fixtures, "musicgen-tiny");
        var files = Directory.EnumerateFiles(model).Concat(Directory.EnumerateFiles(Path.Combine(model, "onnx")))
            .ToDictionary(path => Path.GetRelativePath(model, path), File.ReadAllBytes);
        files["README.md"] = Encoding.UTF8.GetBytes("---\nlicense: cc-by-nc-4.0\n---\n# Tiny\n");
        files["pytorch_model.bin"] = [1, 2, 3];
        return await FakeHub.StartAsync(files);
    }

    private Task<Ended> RunAsync(FakeHub hub, params string[] arguments) => RunAsync(hub, new Dictionary<string, string>(), arguments);

    private Task<Ended> RunAsync(FakeHub hub, Dictionary<string, string> environment, params string[] arguments)
    {
        environment["HF_ENDPOINT"] = hub.Url;
        environment["AUDIOREPROMPT__MODELS__CACHE"] = _folder.Combine("cache");
        environment.TryAdd("HF_TOKEN", "");
        return Programs.RunAsync(_folder.Path, arguments, environment);
    }
}
