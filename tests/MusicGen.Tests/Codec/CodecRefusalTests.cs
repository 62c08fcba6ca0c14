using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Codec;
using AudioReprompt.Onnx;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Codec;

/// <summary>Files of another model, broken weights, and codes that are none.</summary>
public sealed class CodecRefusalTests
{
    private const string FirstDirection = "audio_encoder.decoder.layers.0.conv.weight_v";

    [Theory]
    [InlineData("audio_encoder.quantizer.layers.0.codebook.embed")]
    [InlineData("audio_encoder.decoder.layers.0.conv.weight_g")]
    [InlineData(FirstDirection)]
    [InlineData("audio_encoder.decoder.layers.0.conv.bias")]
    [InlineData("audio_encoder.decoder.layers.1.lstm.weight_hh_l1")]
    [InlineData("audio_encoder.decoder.layers.3.conv.weight_v")]
    [InlineData("audio_encoder.decoder.layers.4.block.1.conv.weight_v")]
    [InlineData("audio_encoder.decoder.layers.9.conv.bias")]
    public void Load_TensorMissingOrOfAnotherShape_NamesIt(string tensor)
    {
        var missing = new RandomCodec(RandomCodec.Small);
        Assert.True(missing.Tensors.Remove(tensor));
        Assert.Contains(tensor, Refusal(missing), StringComparison.Ordinal);

        var other = new RandomCodec(RandomCodec.Small);
        var (shape, values) = other.Tensors[tensor];
        other.Tensors[tensor] = ([shape[0] + 1, .. shape[1..]], [.. values, .. values[..(values.Length / (int)shape[0])]]);
        Assert.Contains(tensor, Refusal(other), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OneOfTheNewerNamesMissing_NamesIt()
    {
        var random = new RandomCodec(RandomCodec.Small, newerNames: true);
        const string direction = "audio_encoder.decoder.layers.3.conv.parametrizations.weight.original1";
        Assert.True(random.Tensors.Remove(direction));
        Assert.Contains(direction, Refusal(random), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Load_WeightThatIsNoNumber_NamesTheTensor(float value)
    {
        foreach (var tensor in new[] { FirstDirection, "audio_encoder.decoder.layers.0.conv.bias", "audio_encoder.decoder.layers.1.lstm.weight_ih_l0" })
        {
            var random = new RandomCodec(RandomCodec.Small);
            random.Tensors[tensor].Values[3] = value;
            Assert.Contains(tensor, Refusal(random), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Load_DirectionOfLengthZero_NamesTheTensor()
    {
        var random = new RandomCodec(RandomCodec.Small);
        Array.Clear(random.Tensors[FirstDirection].Values);
        Assert.Contains(FirstDirection, Refusal(random), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightOfWholeNumbers_NamesTensorAndType()
    {
        var message = Refusal(new RandomCodec(RandomCodec.Small), new Dictionary<string, string> { [FirstDirection] = "I32" });
        Assert.Contains(FirstDirection, message, StringComparison.Ordinal);
        Assert.Contains("Int32", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CodebookOfAnotherWidthThanTheDecoder_SaysBoth()
    {
        var message = Refusal(new RandomCodec(RandomCodec.Small with { CodebookWidth = 5 }));
        Assert.Contains("codebook_dim", message, StringComparison.Ordinal);
        Assert.Contains("hidden_size", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text_encoder.onnx", "audio_codes")]
    [InlineData("decoder_model_merged.onnx", "audio_codes")]
    [InlineData("nothing.onnx", "does not exist")]
    public void Load_GraphOfAnotherModel_SaysWhatIsMissing(string file, string missing)
    {
        var path = Path.Combine(GoldenCodec.Folder("musicgen-tiny"), "onnx", file);
        var refusal = Assert.Throws<CheckpointException>(() => PublishedCodec.Load(path, GoldenCodec.Config("musicgen-tiny"), 4, new OnnxSettings(1)));
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(missing, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(256)]
    public void Decode_CodeOutOfRange_IsRefused(int code)
    {
        using var codec = GoldenCodec.Open("musicgen-tiny");
        Assert.Contains("255", Assert.Throws<ArgumentException>(() => codec.Decode([[0], [0], [code], [0]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => codec.Decode([[0, 1], [0], [0], [0]]));
        Assert.Throws<ArgumentException>(() => codec.Decode([[0], [0], [0], [0], [0]]));
        Assert.Throws<ArgumentException>(() => codec.Decode([]));
    }

    private static string Refusal(RandomCodec random, IReadOnlyDictionary<string, string>? types = null)
    {
        using var scratch = new TemporaryFolder();
        random.Save(scratch.Path, types);
        using var folder = CheckpointFolder.Open(scratch.Path);
        var refusal = Assert.Throws<CheckpointException>(() => EncodecCodec.Load(folder, random.Config));
        var path = Path.Combine(scratch.Path, "codec.onnx");
        Assert.Throws<CheckpointException>(() => EncodecGraph.Save(folder, random.Config, path));
        Assert.False(File.Exists(path) || File.Exists(path + ".data"));
        return refusal.Message;
    }
}
