using System.Buffers.Binary;
using System.Text;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Hub;

/// <summary>What is said of a model's files, and whether they are sound.</summary>
public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("musicgen-tiny", "musicgen")]
    [InlineData("musicgen-tiny-stereo", "musicgen")]
    [InlineData("clap-tiny", "clap")]
    public async Task Read_ReferenceModel_IsKnownAndSound(string name, string type)
    {
        var folder = ModelFolder.Read(Path.Combine(Repository.Fixtures, name));

        Assert.Equal(type, folder.Type);
        Assert.All(await CheckAsync(folder), file => Assert.Null(file.Problem));
    }

    [Fact]
    public void CountParameters_Shards_AddUpToTheIndexTotal()
    {
        // The index gives the bytes of all tensors, written by the reference implementation.
        var folder = ModelFolder.Read(Path.Combine(Repository.Fixtures, "musicgen-tiny-stereo"));
        using var index = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder.Path, "model.safetensors.index.json")));
        var size = new Dictionary<string, int> { ["F32"] = 4, ["F16"] = 2, ["BF16"] = 2, ["I64"] = 8 };

        var parameters = folder.CountParameters();

        Assert.Equal(index.RootElement.GetProperty("metadata").GetProperty("total_size").GetInt64(), parameters.Sum(entry => entry.Value * size[entry.Key]));
    }

    [Fact]
    public async Task Check_Cache_ComparesEveryContentWithItsName()
    {
        await using var rig = await HubRig.StartAsync();
        var pulled = await rig.PullAsync();

        var files = await CheckAsync(ModelFolder.Read(pulled.Folder));

        Assert.Equal(["README.md", "config.json", "generation_config.json", "model.safetensors", "tokenizer.json"], files.Select(file => file.Name));
        Assert.All(files, file => Assert.True(file is { IsHashed: true, Problem: null }));
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    public async Task Check_OneBitOff_NamesTheFile(string name)
    {
        await using var rig = await HubRig.StartAsync();
        var pulled = await rig.PullAsync();
        var blob = Path.Combine(rig.BlobsFolder, rig.Hub.BlobName(name));
        var bytes = File.ReadAllBytes(blob);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(blob, bytes);

        var broken = Assert.Single(await CheckAsync(ModelFolder.Read(pulled.Folder)), file => file.Problem is not null);

        Assert.Equal(name, broken.Name);
        Assert.Contains($"should have {rig.Hub.BlobName(name)}", broken.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_CutOffAndMissingAndOtherCommits_AreNamed()
    {
        await using var rig = await HubRig.StartAsync();
        var pulled = await rig.PullAsync();
        File.WriteAllBytes(Path.Combine(rig.BlobsFolder, rig.Hub.BlobName(HubRig.Weights)), rig.Hub.Files[HubRig.Weights][..1000]);
        File.Delete(Path.Combine(rig.BlobsFolder, rig.Hub.BlobName("config.json")));
        var other = new string('a', 64);
        File.WriteAllText(Path.Combine(rig.BlobsFolder, other), "of a commit that is not this one");

        var broken = (await CheckAsync(ModelFolder.Read(pulled.Folder))).Where(file => file.Problem is not null).ToDictionary(file => file.Name, file => file.Problem!);

        Assert.Equal([$"blobs/{other}", "config.json", HubRig.Weights], broken.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("is a link to nothing", broken["config.json"]);
    }

    [Fact]
    public async Task Check_PlainFolder_FindsCutOffWeightsAndMissingShards()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Fixtures, "musicgen-tiny-stereo"))) File.Copy(file, _folder.Combine(Path.GetFileName(file)));
        var first = _folder.Combine("model-00001-of-00002.safetensors");
        File.WriteAllBytes(first, File.ReadAllBytes(first)[..^1]);
        File.Delete(_folder.Combine("model-00002-of-00002.safetensors"));
        File.WriteAllBytes(_folder.Combine("tokenizer.json"), []);

        var broken = (await CheckAsync(ModelFolder.Read(_folder.Path))).Where(file => file.Problem is not null).ToDictionary(file => file.Name, file => file.Problem!);

        Assert.Equal(["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "tokenizer.json"], broken.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("683937 bytes, and its header speaks of 683938", broken["model-00001-of-00002.safetensors"], StringComparison.Ordinal);
        Assert.Contains("is missing", broken["model-00002-of-00002.safetensors"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL, null, "has a header that is none")]
    [InlineData(1UL << 62, "{}", "gives its header")]
    [InlineData(3UL, "{}", "gives its header")]
    [InlineData(null, "[]", "has a header that is none")]
    [InlineData(null, "{\"a\": 5}", "has a header that is none")]
    [InlineData(null, "{\"a\": {\"dtype\": \"F32\", \"shape\": [1152921504606846976, 1152921504606846976], \"data_offsets\": [0, 4]}}", "has a header that is none")]
    [InlineData(null, "{\"a\": {\"dtype\": \"F32\", \"shape\": [-1], \"data_offsets\": [0, 4]}}", "negative size")]
    [InlineData(null, "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0]}}", "has a header that is none")]
    [InlineData(null, "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 9223372036854775807]}}", "has a header that is none")]
    public void CountParameters_BrokenHeader_NamesTheFile(ulong? length, string? header, string said)
    {
        var json = Encoding.UTF8.GetBytes(header ?? "");
        var file = new byte[8 + json.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length ?? (ulong)json.Length);
        json.CopyTo(file, 8);
        File.WriteAllBytes(_folder.Combine("model.safetensors"), file);

        var exception = Assert.Throws<InvalidDataException>(() => ModelFolder.Read(_folder.Path).CountParameters());

        Assert.StartsWith("model.safetensors ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(said, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("---\nlicense: cc-by-nc-4.0\n---\ntext", "cc-by-nc-4.0")]
    [InlineData("\uFEFF---\r\ntags:\r\n- music\r\nlicense: mit\r\n---\r\n", "mit")]
    [InlineData("---\nlicense:\n- mit\n- apache-2.0\n---\n", "mit, apache-2.0")]
    [InlineData("---\nlicense: other\nlicense_name: stability\n---\n", "stability")]
    [InlineData("---\nlicense: other\n---\n", "other")]
    [InlineData("---\ntags: [a]\n---\n", null)]
    [InlineData("---\nlicense: mit\n", null)]
    [InlineData("# Text\n\nlicense: mit\n", null)]
    [InlineData("text\n---\nlicense: mit\n---\n", null)]
    [InlineData("---\nlicense: [\n---\n", null)]
    [InlineData("---\n- license\n---\n", null)]
    [InlineData("---\nlicense: \"a\\e[2J\"\n---\n", null)]
    [InlineData("---\nlicense: [\"a\\e[2J\"]\n---\n", null)]
    [InlineData("", null)]
    public void Licence_Card_IsOfItsHeader(string card, string? licence) => Assert.Equal(licence, ModelCard.Licence(card));

    private static async Task<List<CheckedFile>> CheckAsync(ModelFolder folder)
    {
        var files = new List<CheckedFile>();
        await foreach (var file in ModelCheck.RunAsync(folder, (_, _) => { }, CancellationToken.None)) files.Add(file);
        return files;
    }
}
