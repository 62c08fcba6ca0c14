using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.MusicGen.Codec;
using AudioReprompt.Onnx;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Codec;

/// <summary>Configurations that MusicGen's own codec does not have, against the description's plain loops.</summary>
public sealed class CodecConfigurationTests
{
    /// <summary>Of the loudest sample, which random weights put anywhere between 1 and 40: twenty rounding steps of a float.</summary>
    private const float Tolerance = 2e-6f;

    private static readonly Dictionary<string, CodecConfig> Configurations = new()
    {
        ["as it is"] = RandomCodec.Small,
        ["causal"] = RandomCodec.Small with { Causal = true },
        ["causal, trimmed on both sides"] = RandomCodec.Small with { Causal = true, TrimRightRatio = 0.4 },
        ["causal, trimmed on the left"] = RandomCodec.Small with { Causal = true, TrimRightRatio = 0 },
        ["convolution in the shortcut"] = RandomCodec.Small with { ConvolutionShortcut = true },
        ["two residual layers"] = RandomCodec.Small with { ResidualLayers = 2, DilationGrowth = 3 },
        ["three residual layers, causal, shortcut"] = RandomCodec.Small with { ResidualLayers = 3, Causal = true, ConvolutionShortcut = true },
        ["no LSTM"] = RandomCodec.Small with { LstmLayers = 0 },
        ["three LSTM layers, one row each"] = RandomCodec.Small with { LstmLayers = 3, Ratios = [1, 4] },
        ["even kernels"] = RandomCodec.Small with { Kernel = 4, LastKernel = 2, ResidualKernel = 6 },
        ["kernels of one"] = RandomCodec.Small with { Kernel = 1, LastKernel = 1, ResidualKernel = 1 },
        ["wide kernels, longer than a short song"] = RandomCodec.Small with { Kernel = 11, LastKernel = 31, ResidualKernel = 9, ResidualLayers = 2 },
        ["odd widths"] = RandomCodec.Small with { Width = 7, CodebookWidth = 7, Filters = 9, Compress = 4 },
        ["more than a panel"] = RandomCodec.Small with { Filters = 33, Ratios = [5] },
        ["four ratios"] = RandomCodec.Small with { Ratios = [2, 3, 1, 2], Filters = 3, Compress = 3 },
    };

    public static IEnumerable<object[]> Cases() => from name in Configurations.Keys from newer in new[] { false, true } select new object[] { name, newer };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_AnyConfigurationAndLength_FollowsTheDescription(string configuration, bool newerNames)
    {
        var random = new RandomCodec(Configurations[configuration], newerNames: newerNames);
        using var scratch = new TemporaryFolder();
        random.Save(scratch.Path);
        using var folder = CheckpointFolder.Open(scratch.Path);
        using var codec = EncodecCodec.Load(folder, random.Config, threads: 2);
        var path = Path.Combine(scratch.Path, "codec.onnx");
        EncodecGraph.Save(folder, random.Config, path);
        using var graph = PublishedCodec.Load(path, random.Config, 3, new OnnxSettings(1));
        var reference = new EncodecReference(random.Config, random.Tensors);
        foreach (var frames in new[] { 1, 2, 3, 4, 5, 9, 70 })
        {
            var codes = random.Codes(frames);
            var expected = reference.Decode(codes);
            Assert.Equal(frames * random.Config.HopLength, expected.Length);
            Assert.InRange(GoldenCodec.Difference(expected, codec.Decode(codes)), 0, Tolerance * expected.Max(Math.Abs));
            Assert.InRange(GoldenCodec.Difference(expected, graph.Decode(codes)), 0, Tolerance * expected.Max(Math.Abs));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Push_AnyConfigurationInChunks_IsTheWholeBitForBit(string configuration, bool newerNames)
    {
        var random = new RandomCodec(Configurations[configuration], seed: 2, newerNames);
        using var scratch = new TemporaryFolder();
        random.Save(scratch.Path);
        using var folder = CheckpointFolder.Open(scratch.Path);
        using var codec = EncodecCodec.Load(folder, random.Config, threads: 2);
        foreach (var frames in new[] { 1, 2, 5, 23 })
        {
            var codes = random.Codes(frames);
            var whole = codec.Decode(codes);
            foreach (var chunk in new[] { 1, 2, 3, 7 }) Assert.Equal(whole, Chunks.Decode(codec, codes, [chunk]));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_AnyConfigurationAndLength_FollowsTheDescription(string configuration, bool newerNames)
    {
        var random = new RandomCodec(Configurations[configuration], seed: 3, newerNames);
        using var scratch = new TemporaryFolder();
        random.Save(scratch.Path);
        using var folder = CheckpointFolder.Open(scratch.Path);
        using var encoder = EncodecEncoder.Load(folder, random.Config, threads: 2);
        var reference = new EncodecReference(random.Config, random.Tensors);
        // The last is taken in two pieces.
        foreach (var length in new[] { 1, 2, 3, 5, 6, 7, 12, 13, 17, 100, 101, 9000 })
        {
            var samples = Enumerable.Range(0, length).Select(i => 0.5f * MathF.Sin(i * 0.7f) + 0.2f * MathF.Cos(i * 0.11f)).ToArray();
            var expected = reference.Embed(samples);
            var embeddings = encoder.Embed(samples);
            Assert.Equal((length + random.Config.HopLength - 1) / random.Config.HopLength, expected.Length);
            Assert.Equal(expected.Length, embeddings.Length);
            float[] all = [.. expected.SelectMany(row => row)];
            Assert.InRange(GoldenCodec.Difference(all, [.. embeddings.SelectMany(row => row)]), 0, Tolerance * all.Max(Math.Abs));
        }
    }
}
