using System.Text.Json.Nodes;
using AudioReprompt.Checkpoints;
using AudioReprompt.SharedTests.Audio.Mel;

namespace AudioReprompt.SharedTests.Scoring.Clap;

/// <summary>A model that cannot be used is refused at load by the file and the tensor or key, before a graph is written: nothing is left in the cache.</summary>
public sealed class ClapRefusalTests
{
    private const string TextLayer = "text_model.encoder.layer.1.";
    private const string AudioBlock = "audio_model.audio_encoder.layers.2.blocks.1.";

    [Theory]
    [InlineData("config.json", "has no config.json")]
    [InlineData("preprocessor_config.json", "preprocessor_config.json does not exist")]
    [InlineData("tokenizer.json", "tokenizer.json does not exist")]
    [InlineData("model.safetensors", "has no weights: neither model.safetensors, nor model.safetensors.index.json, nor onnx/text_model.onnx with onnx/audio_model.onnx")]
    public void Load_FileMissing_NamesIt(string file, string said)
    {
        using var model = new EditedClap();
        File.Delete(model.PathOf(file));

        AssertRefused(model, said);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    [InlineData(1_740_340)]
    public void Load_WeightsCutShort_NamesTheFile(int bytesLost)
    {
        using var model = new EditedClap();
        using (var weights = File.OpenWrite(model.PathOf("model.safetensors"))) weights.SetLength(weights.Length - bytesLost);

        AssertRefused(model, "model.safetensors");
    }

    [Theory]
    [InlineData("model_type", "\"musicgen\"", "model_type is \"musicgen\", not \"clap\"")]
    [InlineData("projection_hidden_act", "\"gelu\"", "projection_hidden_act is \"gelu\"; only \"relu\" can be computed")]
    [InlineData("projection_dim", "16", "text_projection.linear1.weight has the shape [32, 24]; config.json asks for [16, 24]")]
    [InlineData("text_config.hidden_size", "32", "text_model.embeddings.word_embeddings.weight has the shape [7500, 24]; config.json asks for [7500, 32]")]
    [InlineData("text_config.num_attention_heads", "5", "text_config.hidden_size of 24 cannot be parted into 5 heads")]
    [InlineData("text_config.num_hidden_layers", "1", "text_model.encoder.layer.1.output.dense.weight is there, but config.json has text_config.num_hidden_layers 1")]
    [InlineData("text_config.num_hidden_layers", "3", "the weights lack text_model.encoder.layer.2.attention.self.query.weight")]
    [InlineData("text_config.vocab_size", "100", "tokenizer.json has 7500 tokens; the text encoder has 100")]
    [InlineData("text_config.position_embedding_type", "\"relative_key\"", "text_config.position_embedding_type is \"relative_key\"; only \"absolute\" can be computed")]
    [InlineData("audio_config.enable_fusion", "true", "audio_config.enable_fusion is true; a fusion checkpoint cannot be computed here")]
    [InlineData("audio_config.depths", "[2, 2, 1, 2]", "audio_model.audio_encoder.layers.2.blocks.1.output.dense.weight is there, but config.json has audio_config.depths 1 for stage 2")]
    [InlineData("audio_config.depths", "[2, 2, 2]", "audio_config.depths has 3 numbers, not 4")]
    [InlineData("audio_config.hidden_size", "96", "audio_config.hidden_size is 96; with patch_embeds_hidden_size 8 it is 64")]
    [InlineData("audio_config.num_attention_heads", "[3, 2, 4, 8]", "audio_config.num_attention_heads of stage 0 is 3, which 8 channels cannot be parted into")]
    [InlineData("audio_config.num_attention_heads", "[2, 2, 4, 8]", "layers.0.blocks.0.attention.self.relative_position_bias_table has the shape [225, 1]; config.json asks for [225, 2]")]
    [InlineData("audio_config.window_size", "16", "audio_config.window_size is 16; only 8 can be computed")]
    [InlineData("audio_config.qkv_bias", "false", "audio_config.qkv_bias is false; only true can be computed")]
    public void Load_ConfigThatDoesNotFit_NamesTheKeyOrTheTensor(string key, string value, string said)
    {
        using var model = new EditedClap().With("config.json", key, JsonNode.Parse(value));

        AssertRefused(model, said);
    }

    [Theory]
    [InlineData("truncation", "\"fusion\"", "truncation is \"fusion\"; a fusion checkpoint cannot be computed here")]
    [InlineData("feature_size", "128", "feature_size is 128; the audio encoder has 64 mel bins")]
    [InlineData("max_length_s", "11", "make 1101 frames; the audio encoder takes 1024 at most")]
    [InlineData("sampling_rate", "\"fast\"", "sampling_rate is \"fast\"")]
    public void Load_PreprocessingThatDoesNotFit_NamesTheKey(string key, string value, string said)
    {
        using var model = new EditedClap().With("preprocessor_config.json", key, JsonNode.Parse(value));

        AssertRefused(model, "preprocessor_config.json", said);
    }

    [Fact]
    public void Load_FusionCheckpointOfTheFixtures_IsRefused()
    {
        using var model = new EditedClap();
        foreach (var file in (string[])["config.json", "preprocessor_config.json", "model.safetensors"])
            File.WriteAllBytes(model.PathOf(file), File.ReadAllBytes(Path.Combine(ClapFixtures.Folder, "fused", file)));

        AssertRefused(model, "audio_config.enable_fusion is true");
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("preprocessor_config.json")]
    [InlineData("tokenizer.json")]
    public void Load_TextThatIsNoJson_NamesTheFile(string file)
    {
        using var model = new EditedClap();
        File.WriteAllText(model.PathOf(file), "{\"model_type\": ");

        AssertRefused(model, file);
    }

    [Theory]
    [InlineData(TextLayer + "attention.self.key.bias")]
    [InlineData(TextLayer + "output.LayerNorm.weight")]
    [InlineData("text_model.pooler.dense.weight")]
    [InlineData("text_projection.linear2.bias")]
    [InlineData("audio_model.audio_encoder.batch_norm.running_var")]
    [InlineData("audio_model.audio_encoder.patch_embed.proj.weight")]
    [InlineData(AudioBlock + "attention.self.relative_position_bias_table")]
    [InlineData(AudioBlock + "intermediate.dense.weight")]
    [InlineData("audio_model.audio_encoder.layers.1.downsample.reduction.weight")]
    [InlineData("audio_projection.linear1.weight")]
    public void Load_TensorMissing_NamesIt(string tensor)
    {
        using var model = new EditedClap().WithWeights(weight => weight.Name == tensor ? null : weight);

        AssertRefused(model, model.Folder, $"the weights lack {tensor}");
    }

    [Theory]
    [InlineData(TextLayer + "intermediate.dense.weight")]
    [InlineData(AudioBlock + "attention.output.dense.weight")]
    public void Load_TensorTurned_NamesItsShape(string tensor)
    {
        using var model = new EditedClap().WithWeights(weight => weight.Name != tensor ? weight : weight with { Shape = [1, weight.Values.Length] });

        AssertRefused(model, "model.safetensors", $"{tensor} has the shape [1, ");
    }

    [Fact]
    public void Load_ShardMissing_NamesIt()
    {
        using var model = new EditedClap().WithWeights(weight => weight, shards: 2);
        File.Delete(model.PathOf("model-00002-of-00002.safetensors"));

        AssertRefused(model, "model-00002-of-00002.safetensors does not exist");
    }

    [Theory]
    [InlineData("onnx/text_model.onnx", "onnx/audio_model.onnx", "audio_model.onnx has no input input_features; it has input_ids, attention_mask")]
    [InlineData("onnx/audio_model.onnx", "onnx/text_model.onnx", "text_model.onnx has no input input_ids; it has input_features")]
    public void Load_OnnxFileOfTheOtherHalf_NamesTheFile(string from, string to, string said)
    {
        using var model = new EditedClap("onnx/text_model.onnx", "onnx/audio_model.onnx");
        File.Copy(model.PathOf(from), model.PathOf(to), overwrite: true);

        AssertRefused(model, said);
    }

    [Fact]
    public void Load_OnnxFileCutShort_NamesTheFile()
    {
        using var model = new EditedClap("onnx/text_model.onnx", "onnx/audio_model.onnx");
        using (var file = File.OpenWrite(model.PathOf("onnx/audio_model.onnx"))) file.SetLength(file.Length / 2);

        AssertRefused(model, "audio_model.onnx cannot be loaded by ONNX Runtime");
    }

    [Fact]
    public void Load_OnlyOneOnnxFile_SaysWhatIsMissing()
    {
        using var model = new EditedClap("onnx/text_model.onnx");

        AssertRefused(model, "nor onnx/text_model.onnx with onnx/audio_model.onnx");
    }

    private static void AssertRefused(EditedClap model, params string[] said)
    {
        var refused = Assert.Throws<CheckpointException>(() => model.Load().Dispose());

        Assert.All(said, part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(model.CacheFolder));
    }
}
