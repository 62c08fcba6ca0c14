using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Decoding;
using AudioReprompt.MusicGen.Tests.Support;
using AudioReprompt.MusicGen.Text;
using AudioReprompt.Onnx;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Decoding;

public sealed class RefusedModelTests : IDisposable
{
    private const string Layer = "decoder.model.decoder.layers.1.";
    private const string Block = "text_encoder.encoder.block.1.layer.";

    private readonly EditedCheckpoint _model = new();
    private readonly TemporaryFolder _cache = new();

    [Theory]
    [InlineData("decoder", "ffn_dim", 96, "decoder.model.decoder.layers.0.fc1.weight has the shape [128, 64]; config.json asks for [96, 64]")]
    [InlineData("decoder", "hidden_size", 32, "[257, 64]")]
    [InlineData("decoder", "num_hidden_layers", 4, "decoder.model.decoder.layers.3.")]
    [InlineData("decoder", "num_hidden_layers", 2, "decoder.model.decoder.layers.2.self_attn.q_proj.weight is there, but config.json has decoder.num_hidden_layers 2")]
    [InlineData("decoder", "num_codebooks", 2, "decoder.model.decoder.embed_tokens.2.weight is there, but config.json has decoder.num_codebooks 2")]
    [InlineData("decoder", "num_attention_heads", 16, "heads of 4 channels")]
    [InlineData("text_encoder", "d_model", 48, "enc_to_dec_proj.weight has the shape [64, 40]")]
    public void Decoder_ConfigOfOtherSizes_NamesTheTensor(string section, string key, int value, string named)
    {
        _model.WithConfig(section, key, value);

        AssertRefused(named, LoadDecoder);
    }

    [Theory]
    [InlineData("d_ff", 64, "text_encoder.encoder.block.0.layer.1.DenseReluDense.wi.weight has the shape [96, 40]; config.json asks for [64, 40]")]
    [InlineData("vocab_size", 400, "[211, 40]")]
    [InlineData("num_layers", 1, "text_encoder.encoder.block.1.layer.0.SelfAttention.q.weight is there, but config.json has text_encoder.num_layers 1")]
    [InlineData("num_heads", 2, "text_encoder.encoder.block.0.layer.0.SelfAttention.")]
    public void TextEncoder_ConfigOfOtherSizes_NamesTheTensor(string key, int value, string named)
    {
        _model.WithConfig("text_encoder", key, value);

        AssertRefused(named, LoadTextEncoder);
    }

    [Theory]
    [InlineData(Layer + "fc2.weight")]
    [InlineData(Layer + "encoder_attn_layer_norm.bias")]
    [InlineData("decoder.lm_heads.3.weight")]
    [InlineData("enc_to_dec_proj.bias")]
    public void Decoder_TensorMissing_NamesIt(string tensor)
    {
        _model.WithRenamed(tensor, "somewhere.else");

        AssertRefused($"lack {tensor}", LoadDecoder);
    }

    [Theory]
    [InlineData(Block + "1.DenseReluDense.wo.weight")]
    [InlineData("text_encoder.encoder.final_layer_norm.weight")]
    [InlineData("text_encoder.encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight")]
    public void TextEncoder_TensorMissing_NamesIt(string tensor)
    {
        _model.WithRenamed(tensor, "somewhere.else");

        AssertRefused($"lack {tensor}", LoadTextEncoder);
    }

    [Fact]
    public void Decoder_TensorOfWholeNumbers_NamesIt()
    {
        _model.WithHeader(header => header[Layer + "fc1.weight"]!["dtype"] = "I32");

        AssertRefused($"model.safetensors: {Layer}fc1.weight is Int32", LoadDecoder);
    }

    [Fact]
    public void TextEncoder_GatedGelu_IsRecognised()
    {
        const string wi = "text_encoder.encoder.block.0.layer.1.DenseReluDense.wi";
        _model.WithRenamed($"{wi}.weight", $"{wi}_0.weight");

        AssertRefused("gated GELU", LoadTextEncoder);
    }

    [Fact]
    public void Config_GatedGelu_IsRefused()
    {
        _model.WithConfig("text_encoder", "feed_forward_proj", "gated-gelu");

        Assert.Contains("feed_forward_proj is \"gated-gelu\"", Assert.Throws<CheckpointException>(() => _model.Config).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text_encoder.onnx", "text_encoder.onnx has no input encoder_hidden_states")]
    [InlineData("encodec_decode.onnx", "encodec_decode.onnx has no input input_ids")]
    [InlineData("missing.onnx", "missing.onnx does not exist")]
    public void PublishedDecoder_AnotherFile_NamesIt(string file, string named) =>
        AssertRefused(named, () => PublishedDecoder.Load(ReferenceModel.Mono.Export(file), _model.Config, new OnnxSettings()));

    [Theory]
    [InlineData("decoder_model_merged.onnx", "decoder_model_merged.onnx has no output last_hidden_state")]
    [InlineData("missing.onnx", "missing.onnx does not exist")]
    public void PublishedTextEncoder_AnotherFile_NamesIt(string file, string named) =>
        AssertRefused(named, () => PublishedTextEncoder.Load(ReferenceModel.Mono.Export(file), _model.Config.Text, new OnnxSettings()));

    [Theory]
    [InlineData("num_hidden_layers", 2, "past_key_values.2.decoder.key")]
    [InlineData("num_hidden_layers", 4, "past_key_values.3.decoder.key")]
    [InlineData("num_attention_heads", 2, "past_key_values.0.decoder.key has the shape")]
    public void PublishedDecoder_ConfigOfOtherSizes_NamesTheInput(string key, int value, string named)
    {
        _model.WithConfig("decoder", key, value);

        AssertRefused(named, () => PublishedDecoder.Load(ReferenceModel.Mono.Export("decoder_model_merged.onnx"), _model.Config, new OnnxSettings()));
    }

    [Fact]
    public void PublishedTextEncoder_ConfigOfOtherSizes_NamesTheOutput()
    {
        _model.WithConfig("text_encoder", "d_model", 48);

        AssertRefused("last_hidden_state has the shape", () => PublishedTextEncoder.Load(ReferenceModel.Mono.Export("text_encoder.onnx"), _model.Config.Text, new OnnxSettings()));
    }

    [Fact]
    public void PublishedDecoder_FileCutShort_NamesIt()
    {
        var path = Path.Combine(_model.Folder, "decoder_model_merged.onnx");
        File.WriteAllBytes(path, File.ReadAllBytes(ReferenceModel.Mono.Export("decoder_model_merged.onnx"))[..100_000]);

        AssertRefused("decoder_model_merged.onnx cannot be loaded by ONNX Runtime", () => PublishedDecoder.Load(path, _model.Config, new OnnxSettings()));
    }

    public void Dispose()
    {
        _model.Dispose();
        _cache.Dispose();
    }

    /// <summary>And nothing half built is left behind.</summary>
    private void AssertRefused(string named, Func<IDisposable> load)
    {
        var refusal = Assert.Throws<CheckpointException>(() => load().Dispose());
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_cache.Path));
    }

    private GraphDecoder LoadDecoder()
    {
        using var checkpoint = _model.Open();
        return GraphDecoder.Load(checkpoint, _model.Config, OnnxType.Float, new GraphCache(_cache.Path), new OnnxSettings());
    }

    private T5TextEncoder LoadTextEncoder()
    {
        using var checkpoint = _model.Open();
        return T5TextEncoder.Load(checkpoint, _model.Config.Text, OnnxType.Float, new GraphCache(_cache.Path), new OnnxSettings());
    }
}
