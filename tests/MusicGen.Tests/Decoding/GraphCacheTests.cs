using AudioReprompt.MusicGen.Decoding;
using AudioReprompt.MusicGen.Tests.Support;
using AudioReprompt.Onnx;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Decoding;

public sealed class GraphCacheTests : IDisposable
{
    private readonly TemporaryFolder _cache = new();
    private readonly EditedCheckpoint _model = new();

    [Fact]
    public void Load_Twice_SecondTakesWhatIsThere()
    {
        var first = Logits();
        var written = Files();

        Assert.Equal(first, Logits());
        Assert.Equal(written, Files());
        Assert.Contains(written, file => file.Name.StartsWith("decoder-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("graph.onnx", 0)]
    [InlineData("graph.onnx.data", 1)]
    [InlineData("entry.json", 0)]
    public void Load_FileCutShort_IsWrittenAnew(string file, int bytes)
    {
        var first = Logits();
        foreach (var entry in Directory.GetDirectories(_cache.Path))
        {
            using var stream = File.OpenWrite(Path.Combine(entry, file));
            stream.SetLength(bytes);
        }

        Assert.Equal(first, Logits());
        Assert.All(Directory.GetDirectories(_cache.Path), entry => Assert.True(new FileInfo(Path.Combine(entry, file)).Length > 1));
    }

    [Fact]
    public void Load_GraphOverwrittenAtItsLength_IsWrittenAnew()
    {
        var first = Logits();
        foreach (var entry in Directory.GetDirectories(_cache.Path))
        {
            var graph = Path.Combine(entry, "graph.onnx");
            File.WriteAllBytes(graph, new byte[new FileInfo(graph).Length]);
        }

        Assert.Equal(first, Logits());
    }

    [Fact]
    public void Load_OtherWeightsInTheSameFolder_AreTaken()
    {
        var first = Logits();
        // The same sizes and names, other values.
        var path = Path.Combine(_model.Folder, "model.safetensors");
        var file = File.ReadAllBytes(path);
        for (var i = file.Length / 2; i < file.Length; i += 4) file[i] ^= 0x20;
        File.WriteAllBytes(path, file);
        File.SetLastWriteTimeUtc(path, new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.NotEqual(first, Logits());
    }

    [Fact]
    public void Load_WeightsThatAreALink_AreReadAndTold()
    {
        // The hub's cache: the folder's files are links to those that hold the bytes.
        var path = Path.Combine(_model.Folder, "model.safetensors");
        File.Move(path, _cache.Combine("bytes"));
        File.CreateSymbolicLink(path, _cache.Combine("bytes"));
        using var checkpoint = _model.Open();
        var before = checkpoint.Fingerprint;

        Assert.NotEmpty(Logits());
        File.SetLastWriteTimeUtc(_cache.Combine("bytes"), new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.NotEqual(before, checkpoint.Fingerprint);
    }

    [Fact]
    public void Load_FolderThatAKilledWriterLeft_IsRemoved()
    {
        var abandoned = Directory.CreateDirectory(_cache.Combine(".decoder.1234")).FullName;
        var recent = Directory.CreateDirectory(_cache.Combine(".decoder.5678")).FullName;
        Directory.SetLastWriteTimeUtc(abandoned, DateTime.UtcNow.AddHours(-2));

        Logits();

        Assert.False(Directory.Exists(abandoned));
        Assert.True(Directory.Exists(recent));
    }

    public void Dispose()
    {
        _cache.Dispose();
        _model.Dispose();
    }

    private float[] Logits()
    {
        using var checkpoint = _model.Open();
        using var decoder = GraphDecoder.Load(checkpoint, _model.Config, OnnxType.Float, new GraphCache(_cache.Path), new OnnxSettings(1));
        using var song = decoder.Begin(ReferenceModel.Mono.PromptStates(0), guided: true, 4);
        decoder.Run([new DecoderStep(song, (int[])[1, 2, 3, 4])]);
        return [.. song.Logits, .. song.UnconditionalLogits];
    }

    private (string Name, DateTime Written)[] Files() =>
        [.. Directory.GetFiles(_cache.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(_cache.Path, file), File.GetLastWriteTimeUtc(file)))];
}
