using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Codec;
using AudioReprompt.Onnx;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Codec;

/// <summary>All ways of decoding against the reference implementation's samples.</summary>
public sealed class CodecGoldenTests
{
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData("musicgen-tiny")]
    [InlineData("musicgen-tiny-stereo")]
    public void Decode_CodesOfTheCodecAlone_AreTheReferencesSamples(string model)
    {
        var (codes, audio) = GoldenCodec.Alone(model);
        using var codec = GoldenCodec.Open(model);
        Assert.InRange(GoldenCodec.Difference(audio, codec.Decode(codes)), 0, Tolerance);
    }

    [Theory]
    [CombinatorialSongs]
    public void Decode_CodesOfASong_AreItsSamples(string model, string song)
    {
        using var codec = GoldenCodec.Open(model);
        foreach (var (codes, audio) in GoldenCodec.Channels(model, song)) Assert.InRange(GoldenCodec.Difference(audio, codec.Decode(codes)), 0, Tolerance);
    }

    [Fact]
    public void Decode_PublishedExport_GivesTheReferencesSamples()
    {
        const string model = "musicgen-tiny";
        var path = Path.Combine(GoldenCodec.Folder(model), "onnx", "encodec_decode.onnx");
        using var codec = PublishedCodec.Load(path, GoldenCodec.Config(model), 4, new OnnxSettings(1));
        var (codes, audio) = GoldenCodec.Alone(model);
        Assert.InRange(GoldenCodec.Difference(audio, codec.Decode(codes)), 0, Tolerance);
    }

    [Theory]
    [InlineData("musicgen-tiny")]
    [InlineData("musicgen-tiny-stereo")]
    public void Decode_OwnGraph_GivesTheReferencesSamples(string model)
    {
        using var scratch = new TemporaryFolder();
        var path = Path.Combine(scratch.Path, "codec.onnx");
        using (var folder = CheckpointFolder.Open(GoldenCodec.Folder(model))) EncodecGraph.Save(folder, GoldenCodec.Config(model), path);
        using var codec = PublishedCodec.Load(path, GoldenCodec.Config(model), 4, new OnnxSettings(1));
        var (codes, audio) = GoldenCodec.Alone(model);
        Assert.InRange(GoldenCodec.Difference(audio, codec.Decode(codes)), 0, Tolerance);
    }

    /// <summary>The exports in half precision answer in halves; the graph here gives each code back as its sample.</summary>
    [Fact]
    public void Decode_GraphThatAnswersInHalves_GivesFloats()
    {
        var graph = new GraphBuilder("halves");
        var halves = graph.Node("Cast", [graph.Input(PublishedCodec.Codes, OnnxType.Int64, 1, 1, "books", "frames")], ("to", (int)OnnxType.Float16));
        graph.Output(PublishedCodec.Values, graph.Node("Reshape", [halves, graph.Integers(1, 1, -1)]), OnnxType.Float16, 1, 1, "samples");
        using var scratch = new TemporaryFolder();
        graph.Save(scratch.Combine("codec.onnx"));
        using var codec = PublishedCodec.Load(scratch.Combine("codec.onnx"), RandomCodec.Small with { Ratios = [1], CodebookSize = 100 }, 1, new OnnxSettings(1));
        Assert.Equal([3, 99, 0, 42], codec.Decode([[3, 99, 0, 42]]));
    }

    private sealed class CombinatorialSongsAttribute : Xunit.Sdk.DataAttribute
    {
        public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
            from model in new[] { "musicgen-tiny", "musicgen-tiny-stereo" }
            from prompt in new[] { 0, 1, 2 }
            from guidance in new[] { 1, 3 }
            select new object[] { model, $"prompt{prompt}_guidance{guidance}" };
    }
}
