using System.Text;
using System.Text.Json.Nodes;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Tests.Support;
using AudioReprompt.MusicGen.Text;
using AudioReprompt.Onnx;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Text;

/// <summary>The text encoder that reads the mapped checkpoint, against the reference's states and against ONNX Runtime.</summary>
public sealed class LeanTextEncoderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encode_Checkpoint_EqualsReference(bool stereo)
    {
        var model = ReferenceModel.Of(stereo);
        using var encoder = Load(model);
        for (var prompt = 0; prompt < 3; prompt++) TextEncoderTests.AssertClose(model.PromptStates(prompt), encoder.Encode(model.PromptIds(prompt)), 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(130)]
    [InlineData(512)]
    public void Encode_AnyLength_EqualsPublishedExport(int length)
    {
        var model = ReferenceModel.Mono;
        var ids = Ids(length);
        using var own = Load(model);
        using var published = PublishedTextEncoder.Load(model.Export("text_encoder.onnx"), model.Config.Text, new OnnxSettings());

        TextEncoderTests.AssertClose(published.Encode(ids), own.Encode(ids), 1e-5);
    }

    [Fact]
    public void Encode_OneThreadOrFour_EveryBitEqual()
    {
        using var one = Load(ReferenceModel.Mono, threads: 1);
        using var four = Load(ReferenceModel.Mono, threads: 4);

        Assert.Equal(one.Encode(Ids(103)), four.Encode(Ids(103)));
    }

    [Fact]
    public void Encode_SeveralAtOnce_EachAsAlone()
    {
        using var encoder = Load(ReferenceModel.Mono, threads: 2);
        var expected = Enumerable.Range(1, 24).Select(length => encoder.Encode(Ids(length))).ToArray();

        // One gives memory back that another is reading.
        Parallel.For(0, 24, i => Assert.Equal(expected[i], encoder.Encode(Ids(i + 1))));
    }

    /// <summary>Half precision on disk is computed with as the same numbers in single precision.</summary>
    [Theory]
    [InlineData(TensorType.Float16)]
    [InlineData(TensorType.BFloat16)]
    public void Encode_HalfPrecisionCheckpoint_EqualsTheSameNumbersInSingle(TensorType type)
    {
        using var halves = new TemporaryFolder();
        using var singles = new TemporaryFolder();
        var config = ReferenceModel.Mono.Config.Text;
        WriteRounded(halves.Path, type, type);
        WriteRounded(singles.Path, type, TensorType.Float32);
        using var half = LeanTextEncoder.Load(halves.Path, config, 2);
        using var single = LeanTextEncoder.Load(singles.Path, config, 2);

        Assert.Equal(single.Encode(Ids(30)), half.Encode(Ids(30)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(211)]
    public void Encode_IdOutsideOfVocabulary_IsRefused(int id)
    {
        using var encoder = Load(ReferenceModel.Mono);

        Assert.Contains($"{id}", Assert.Throws<ArgumentException>(() => encoder.Encode([5, id, 1])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text_encoder.encoder.final_layer_norm.weight")]
    [InlineData("text_encoder.encoder.block.1.layer.1.DenseReluDense.wo.weight")]
    [InlineData("text_encoder.encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight")]
    public void Load_TensorMissing_NamesIt(string tensor)
    {
        using var model = new EditedCheckpoint().WithRenamed(tensor, "somewhere.else");

        AssertRefused($"lack {tensor}", model);
    }

    [Fact]
    public void Load_TensorOfWholeNumbers_NamesIt()
    {
        const string query = "text_encoder.encoder.block.0.layer.0.SelfAttention.q.weight";
        using var model = new EditedCheckpoint().WithHeader(header => header[query]!["dtype"] = "I32");

        AssertRefused($"{query} is Int32", model);
    }

    [Fact]
    public void Load_GatedGelu_IsRecognised()
    {
        const string wi = "text_encoder.encoder.block.0.layer.1.DenseReluDense.wi";
        using var model = new EditedCheckpoint().WithRenamed($"{wi}.weight", $"{wi}_0.weight");

        AssertRefused("gated GELU", model);
    }

    private static void AssertRefused(string named, EditedCheckpoint model)
    {
        var refusal = Assert.Throws<CheckpointException>(() => LeanTextEncoder.Load(model.Folder, model.Config.Text, 1).Dispose());
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    private static LeanTextEncoder Load(ReferenceModel model, int threads = 2) => LeanTextEncoder.Load(model.Folder, model.Config.Text, threads);

    private static int[] Ids(int length) => [.. Enumerable.Range(0, length).Select(i => (i * 37 + 3) % 200)];

    /// <summary>The text encoder's weights, rounded to one type and written as another.</summary>
    private static void WriteRounded(string folder, TensorType rounded, TensorType written)
    {
        using var checkpoint = ReferenceModel.Mono.OpenCheckpoint();
        var header = new JsonObject();
        using var values = new MemoryStream();
        using var writer = new BinaryWriter(values);
        foreach (var tensor in checkpoint.Tensors.Values.Where(tensor => tensor.Name.StartsWith("text_encoder.", StringComparison.Ordinal)))
        {
            var start = values.Position;
            foreach (var value in tensor.ToFloats())
            {
                var upper = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
                if (written == TensorType.Float32) writer.Write(rounded == TensorType.Float16 ? (float)(Half)value : BitConverter.UInt32BitsToSingle((uint)upper << 16));
                else writer.Write(written == TensorType.Float16 ? BitConverter.HalfToUInt16Bits((Half)value) : upper);
            }

            header[tensor.Name] = new JsonObject
            {
                ["dtype"] = CheckpointTensor.NameOf(written),
                ["shape"] = new JsonArray([.. tensor.Shape.Select(size => JsonValue.Create(size))]),
                ["data_offsets"] = new JsonArray(start, values.Position),
            };
        }

        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        File.WriteAllBytes(Path.Combine(folder, CheckpointFolder.SingleFile), [.. BitConverter.GetBytes((long)text.Length), .. text, .. values.ToArray()]);
    }
}
