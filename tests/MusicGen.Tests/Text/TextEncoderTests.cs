using AudioReprompt.MusicGen.Tests.Support;
using AudioReprompt.MusicGen.Text;
using AudioReprompt.Onnx;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Text;

public sealed class TextEncoderTests : IDisposable
{
    private readonly TemporaryFolder _cache = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encode_Checkpoint_EqualsReference(bool stereo)
    {
        var model = ReferenceModel.Of(stereo);
        using var encoder = Load(model, OnnxType.Float);
        for (var prompt = 0; prompt < 3; prompt++)
        {
            AssertClose(model.PromptStates(prompt), encoder.Encode(model.PromptIds(prompt)), 1e-5);
        }
    }

    [Fact]
    public void Encode_PublishedExport_EqualsReference()
    {
        var model = ReferenceModel.Mono;
        using var encoder = PublishedTextEncoder.Load(model.Export("text_encoder.onnx"), model.Config.Text, new OnnxSettings());
        for (var prompt = 0; prompt < 3; prompt++)
        {
            AssertClose(model.PromptStates(prompt), encoder.Encode(model.PromptIds(prompt)), 1e-5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(130)]
    [InlineData(512)]
    public void Encode_AnyLength_CheckpointEqualsPublishedExport(int length)
    {
        // Beyond the prompts of the reference data, to the last bucket of the relative positions and to the longest prompt.
        var model = ReferenceModel.Mono;
        int[] ids = [.. Enumerable.Range(0, length).Select(i => (i * 37 + 3) % model.Config.Text.VocabularySize)];
        using var own = Load(model, OnnxType.Float);
        using var published = PublishedTextEncoder.Load(model.Export("text_encoder.onnx"), model.Config.Text, new OnnxSettings());

        AssertClose(published.Encode(ids), own.Encode(ids), 1e-5);
    }

    [Fact]
    public void Encode_Float16_StaysNearReference()
    {
        var model = ReferenceModel.Mono;
        using var encoder = Load(model, OnnxType.Float16);

        AssertClose(model.PromptStates(0), encoder.Encode(model.PromptIds(0)), 0.02);
    }

    [Fact]
    public void Encode_OneThreadOrTwo_EveryBitEqual()
    {
        int[] ids = [.. Enumerable.Range(0, 100).Select(i => i * 7 % 200)];
        using var one = Load(ReferenceModel.Mono, OnnxType.Float, threads: 1);
        using var two = Load(ReferenceModel.Mono, OnnxType.Float, threads: 2);

        Assert.Equal(one.Encode(ids), two.Encode(ids));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(211)]
    public void Encode_IdOutsideOfVocabulary_IsRefused(int id)
    {
        using var encoder = Load(ReferenceModel.Mono, OnnxType.Float);

        Assert.Contains($"{id}", Assert.Throws<ArgumentException>(() => encoder.Encode([5, id, 1])).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _cache.Dispose();

    /// <returns>The largest difference.</returns>
    internal static double AssertClose(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual, (a, b) => float.IsNaN(b) ? double.PositiveInfinity : Math.Abs((double)a - b)).Max();
        Assert.True(worst <= tolerance, $"differs by up to {worst:E2}, more than {tolerance:E0}");
        return worst;
    }

    private T5TextEncoder Load(ReferenceModel model, OnnxType weights, int threads = 0)
    {
        using var checkpoint = model.OpenCheckpoint();
        return T5TextEncoder.Load(checkpoint, model.Config.Text, weights, new GraphCache(_cache.Path), new OnnxSettings(threads));
    }
}
