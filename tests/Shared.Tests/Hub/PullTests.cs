using AudioReprompt.TestSupport;

namespace AudioReprompt.Hub;

/// <summary>A download as it should be, and what lies in the cache after it.</summary>
public sealed class PullTests
{
    [Fact]
    public async Task Pull_MusicGen_LiesInTheCacheAsTheHubsOtherLibrariesLayItOut()
    {
        await using var rig = await HubRig.StartAsync();
        string[] wanted = ["README.md", "config.json", "generation_config.json", "model.safetensors", "tokenizer.json"];

        var pulled = await rig.PullAsync();

        Assert.Equal(rig.SnapshotFolder, pulled.Folder);
        Assert.Equal(wanted, Directory.EnumerateFiles(pulled.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var name in wanted)
        {
            Assert.Equal($"../../blobs/{rig.Hub.BlobName(name)}", new FileInfo(Path.Combine(pulled.Folder, name)).LinkTarget);
            Assert.Equal(rig.Hub.Files[name], File.ReadAllBytes(Path.Combine(pulled.Folder, name)));
        }

        Assert.Equal(wanted.Select(rig.Hub.BlobName).Order(StringComparer.Ordinal), Directory.EnumerateFiles(rig.BlobsFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(FakeHub.Commit, File.ReadAllText(Path.Combine(rig.Cache.Root, "models--acme--tiny-music", "refs", "main")));
        Assert.True(File.Exists(Path.Combine(rig.Cache.Root, ".locks", "models--acme--tiny-music", rig.Hub.BlobName("config.json") + ".lock")));
    }

    [Fact]
    public async Task Pull_FileInAFolder_LinksAcrossTheFoldersBetween()
    {
        await using var rig = await HubRig.StartAsync(Onnx(""));

        var pulled = await rig.PullAsync(onnx: OnnxVariant.Fp32);

        const string name = "onnx/text_encoder.onnx";
        Assert.Equal($"../../../blobs/{rig.Hub.BlobName(name)}", new FileInfo(Path.Combine(pulled.Folder, name)).LinkTarget);
        Assert.Equal(rig.Hub.Files[name], File.ReadAllBytes(Path.Combine(pulled.Folder, name)));
    }

    [Fact]
    public async Task Pull_Again_DownloadsNothing()
    {
        await using var rig = await HubRig.StartAsync();
        await rig.PullAsync();
        rig.Hub.HubAsked.Clear();
        rig.Hub.DeliveryAsked.Clear();

        var pulled = await rig.PullAsync();

        Assert.Equal([$"/api/models/{FakeHub.Repository}/revision/main"], rig.Hub.HubAsked.Select(asked => asked.Path));
        Assert.Empty(rig.Hub.DeliveryAsked);
        Assert.Equal(rig.SnapshotFolder, pulled.Folder);
    }

    [Fact]
    public async Task Pull_Token_GoesToTheHubAndNotToWhereItRedirects()
    {
        await using var rig = await HubRig.StartAsync();

        await rig.PullAsync(token: HubRig.Token);

        Assert.All(rig.Hub.HubAsked, asked => Assert.Equal($"Bearer {HubRig.Token}", asked.Authorization));
        Assert.Equal([$"/{HubRig.Weights}"], rig.Hub.DeliveryAsked.Select(asked => asked.Path));
        Assert.All(rig.Hub.DeliveryAsked, asked => Assert.Null(asked.Authorization));
        Assert.All(rig.Hub.HubAsked.Concat(rig.Hub.DeliveryAsked), asked => Assert.Equal("identity", asked.AcceptEncoding));
    }

    [Fact]
    public async Task Pull_RedirectWithinTheHub_KeepsTheToken()
    {
        await using var rig = await HubRig.StartAsync();
        rig.Hub.Interfere = (context, path, _) =>
        {
            // A repository that was renamed.
            if (!path.Contains("acme/old-name", StringComparison.Ordinal)) return Task.FromResult(false);
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = path.Replace("acme/old-name", FakeHub.Repository, StringComparison.Ordinal);
            return Task.FromResult(true);
        };

        var pulled = await rig.PullAsync("acme/old-name", token: HubRig.Token);

        Assert.All(rig.Hub.HubAsked, asked => Assert.Equal($"Bearer {HubRig.Token}", asked.Authorization));
        Assert.All(rig.Hub.DeliveryAsked, asked => Assert.Null(asked.Authorization));
        Assert.Equal(rig.Hub.Files[HubRig.Weights], File.ReadAllBytes(Path.Combine(pulled.Folder, HubRig.Weights)));
    }

    [Theory]
    [InlineData("acme/tiny-music@v1.0", "v1.0", "refs/v1.0")]
    [InlineData("acme/tiny-music@refs/pr/3", "refs%2Fpr%2F3", "refs/refs/pr/3")]
    public async Task Pull_Revision_IsAskedForAndNoted(string reference, string asked, string noted)
    {
        await using var rig = await HubRig.StartAsync();

        await rig.PullAsync(reference);

        Assert.Equal($"/api/models/{FakeHub.Repository}/revision/{asked}", rig.Hub.HubAsked.First().Path);
        Assert.Equal(FakeHub.Commit, File.ReadAllText(Path.Combine(rig.Cache.Root, "models--acme--tiny-music", noted)));
        Assert.Equal(rig.SnapshotFolder, rig.Cache.Find(HubReference.Parse(reference)));
        Assert.Null(rig.Cache.Find(HubReference.Parse(FakeHub.Repository)));
    }

    [Fact]
    public async Task Pull_Commit_IsNotNotedAsABranch()
    {
        await using var rig = await HubRig.StartAsync();

        await rig.PullAsync($"{FakeHub.Repository}@{FakeHub.Commit}");

        Assert.False(Directory.Exists(Path.Combine(rig.Cache.Root, "models--acme--tiny-music", "refs")));
        Assert.Equal(rig.SnapshotFolder, rig.Cache.Find(HubReference.Parse($"{FakeHub.Repository}@{FakeHub.Commit}")));
    }

    [Fact]
    public async Task Pull_Licence_IsAnnouncedBeforeTheWeights()
    {
        await using var rig = await HubRig.StartAsync();
        var announcedBefore = -1;
        rig.Hub.Interfere = (_, path, _) =>
        {
            if (path == $"/{HubRig.Weights}") announcedBefore = rig.Announced.Count;
            return Task.FromResult(false);
        };

        await rig.PullAsync();

        Assert.Equal(1, announcedBefore);
        var plan = Assert.Single(rig.Announced);
        Assert.Equal((ModelKind.MusicGen, "cc-by-nc-4.0"), (plan.Kind, plan.Licence));
        Assert.Equal("MusicGen's weights are CC-BY-NC 4.0: non-commercial use only.", ModelCard.Warning(plan.Kind, plan.Licence));
    }

    [Fact]
    public async Task Pull_Progress_GoesUpToTheWhole()
    {
        await using var rig = await HubRig.StartAsync(HubRig.Model(weights: 3_000_000));
        var seen = new List<HubProgress>();

        var pulled = await rig.PullAsync(report: seen.Add);

        var size = pulled.Plan.Files.Sum(file => file.Size);
        Assert.All(seen, progress => Assert.Equal(size, progress.Size));
        Assert.Equal(seen.Select(progress => progress.Bytes).Order(), seen.Select(progress => progress.Bytes));
        Assert.Equal(size, seen[^1].Bytes);
        Assert.Contains(seen, progress => progress.File.Name == HubRig.Weights && progress.FileBytes > 0 && progress.FileBytes < progress.File.Size);
    }

    [Fact]
    public async Task Pull_TwoAtOnce_DownloadEachContentOnce()
    {
        await using var rig = await HubRig.StartAsync();
        var secondWaits = new TaskCompletionSource();
        rig.Hub.Interfere = async (_, path, _) =>
        {
            if (path == $"/{HubRig.Weights}") await secondWaits.Task;
            return false;
        };
        void Report(HubProgress progress)
        {
            if (progress is { IsWaiting: true, File.Name: HubRig.Weights }) secondWaits.TrySetResult();
        }

        var pulled = await Task.WhenAll(rig.PullAsync(report: Report, time: TimeProvider.System), rig.PullAsync(report: Report, time: TimeProvider.System));

        Assert.All(pulled, model => Assert.Equal(rig.SnapshotFolder, model.Folder));
        Assert.Single(rig.WeightRequests());
        rig.AssertWeightsAreWhole();
    }

    [Fact]
    public async Task Pull_TooLittleRoom_SaysBothFiguresBeforeTheWeights()
    {
        await using var rig = await HubRig.StartAsync();

        var exception = await rig.FailAsync(freeBytes: 250_000);

        Assert.Equal(HubFault.NoSpace, exception.Fault);
        Assert.Contains("needs 300.0 kB more", exception.Message, StringComparison.Ordinal);
        Assert.Contains("room for 250.0 kB", exception.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Hub.DeliveryAsked);
    }

    [Theory]
    [InlineData(OnnxVariant.Fp32, "")]
    [InlineData(OnnxVariant.Fp16, "_fp16")]
    [InlineData(OnnxVariant.Quantized, "_quantized")]
    public async Task Pull_Onnx_TakesTheVariantWithItsDataAndNoSafetensors(OnnxVariant variant, string suffix)
    {
        var files = Onnx("");
        foreach (var (name, content) in Onnx("_fp16").Concat(Onnx("_quantized"))) files[name] = content;
        files[HubRig.Weights] = HubRig.Bytes(10, 9);
        files[$"onnx/decoder_model_merged{suffix}.onnx_data"] = HubRig.Bytes(20, 10);
        files["onnx/build_delay_pattern_mask.onnx"] = HubRig.Bytes(20, 11);
        await using var rig = await HubRig.StartAsync(files);

        var pulled = await rig.PullAsync(onnx: variant);

        Assert.Equal(
            [$"onnx/decoder_model_merged{suffix}.onnx", $"onnx/decoder_model_merged{suffix}.onnx_data", $"onnx/encodec_decode{suffix}.onnx", $"onnx/text_encoder{suffix}.onnx"],
            Names(pulled).Where(name => name.Contains('/')));
        Assert.DoesNotContain(HubRig.Weights, Names(pulled));
    }

    [Fact]
    public async Task Pull_Clap_TakesWeightsTokenizerAndPreprocessing()
    {
        string[] wanted = ["README.md", "config.json", "merges.txt", "model.safetensors", "preprocessor_config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.json"];
        var files = wanted.ToDictionary(name => name, name => name == "config.json" ? HubRig.Text("""{"model_type": "clap"}""") : HubRig.Text($"{{\"of\": \"{name}\"}}"));
        files["pytorch_model.bin"] = HubRig.Bytes(10, 1);
        files["onnx/audio_model.onnx"] = HubRig.Bytes(10, 2);
        files["onnx/text_model.onnx"] = HubRig.Bytes(10, 3);
        await using var rig = await HubRig.StartAsync(files);

        var pulled = await rig.PullAsync();

        Assert.Equal(wanted, Names(pulled));
        Assert.Equal("clap.model", pulled.Plan.Kind.SettingName());
    }

    [Fact]
    public async Task Pull_ClapOnnx_TakesBothTowers()
    {
        var files = new Dictionary<string, byte[]>
        {
            ["config.json"] = HubRig.Text("""{"model_type": "clap"}"""),
            ["preprocessor_config.json"] = HubRig.Text("{}"),
            ["tokenizer.json"] = HubRig.Text("{}"),
            ["merges.txt"] = HubRig.Text("#version: 0.2\n"),
            ["onnx/audio_model.onnx"] = HubRig.Bytes(10, 1),
            ["onnx/text_model.onnx"] = HubRig.Bytes(10, 2),
            ["onnx/model.onnx"] = HubRig.Bytes(10, 3),
        };
        await using var rig = await HubRig.StartAsync(files);

        var pulled = await rig.PullAsync(onnx: OnnxVariant.Fp32);

        Assert.Equal(files.Keys.Where(name => name != "onnx/model.onnx").Order(StringComparer.Ordinal), Names(pulled));
        Assert.Null(pulled.Plan.Licence);
    }

    [Fact]
    public async Task Pull_Shards_TakesThoseOfTheIndex()
    {
        var files = HubRig.Model();
        files.Remove(HubRig.Weights);
        files["model-00001-of-00002.safetensors"] = HubRig.Bytes(10, 1);
        files["model-00002-of-00002.safetensors"] = HubRig.Bytes(10, 2);
        files["other.safetensors"] = HubRig.Bytes(10, 3);
        files["pytorch_model.bin.index.json"] = HubRig.Text("{}");
        files["model.safetensors.index.json"] = HubRig.Text(
            """{"metadata": {}, "weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors", "c": "model-00001-of-00002.safetensors"}}""");
        await using var rig = await HubRig.StartAsync(files);

        var pulled = await rig.PullAsync();

        Assert.Equal(
            ["README.md", "config.json", "generation_config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json", "tokenizer.json"],
            Names(pulled));
    }

    private static Dictionary<string, byte[]> Onnx(string suffix)
    {
        var files = HubRig.Model();
        files.Remove(HubRig.Weights);
        foreach (var part in new[] { "text_encoder", "decoder_model_merged", "encodec_decode" }) files[$"onnx/{part}{suffix}.onnx"] = HubRig.Text($"{part}{suffix}");
        return files;
    }

    private static IEnumerable<string> Names(PulledModel pulled) =>
        Directory.EnumerateFiles(pulled.Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(pulled.Folder, path)).Order(StringComparer.Ordinal);
}
