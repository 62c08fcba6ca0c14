using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Codec;
using AudioReprompt.Onnx;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Codec;

/// <summary>A channel decoded as its codes come.</summary>
public sealed class CodecStreamTests
{
    private const string Model = "musicgen-tiny";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(50)]
    [InlineData(74)]
    [InlineData(75)]
    [InlineData(1, 20, 0, 3)]
    [InlineData(0, 0, 5, 1, 1)]
    [InlineData(30, 1, 44)]
    public void Push_AnyChunks_AreTheWholeBitForBit(params int[] sizes)
    {
        using var codec = GoldenCodec.Open(Model);
        var (codes, _) = GoldenCodec.Alone(Model);
        Assert.Equal(codec.Decode(codes), Chunks.Decode(codec, codes, sizes));
    }

    [Fact]
    public void Push_FrameByFrame_HoldsBackOnlyWhatLaterFramesChange()
    {
        using var codec = GoldenCodec.Open(Model);
        var (codes, _) = GoldenCodec.Alone(Model);
        var held = LookAhead.Samples(codec.Config);
        using var stream = codec.OpenStream();
        var given = 0;
        for (var frame = 0; frame < codes[0].Length - 1; frame++)
        {
            given += stream.Push(Chunks.Slice(codes, frame, frame + 1), last: false).Length;
            Assert.Equal(Math.Max(0, (frame + 1) * codec.Config.HopLength - held), given);
        }
    }

    [Fact]
    public void LookAhead_OfMusicGensCodec_IsUnderFourFramesAndNotMoreThanTheSamplesDependOn()
    {
        using var codec = GoldenCodec.Open(Model);
        var held = LookAhead.Samples(codec.Config);
        Assert.InRange(held, 1, 4 * codec.Config.HopLength);

        // Another last frame changes the last sample that was held back, and none before.
        var (codes, _) = GoldenCodec.Alone(Model);
        var whole = codec.Decode(codes);
        int[][] otherwise = [.. codes.Select(row => (int[])[.. row[..^1], (row[^1] + 7) % codec.Config.CodebookSize])];
        var other = codec.Decode(otherwise);
        var first = Enumerable.Range(0, whole.Length).First(sample => whole[sample] != other[sample]);
        Assert.InRange(first, (codes[0].Length - 1) * codec.Config.HopLength - held, whole.Length);
        Assert.True(first <= (codes[0].Length - 1) * codec.Config.HopLength - held + codec.Config.HopLength / 4);
    }

    [Fact]
    public void Push_TwoStreamsInTurn_DoNotTouchOneAnother()
    {
        using var codec = GoldenCodec.Open(Model);
        var (codes, _) = GoldenCodec.Alone(Model);
        int[][] reversed = [.. codes.Select(row => row.Reverse().ToArray())];
        using var one = codec.OpenStream();
        using var two = codec.OpenStream();
        var (first, second) = (new List<float>(), new List<float>());
        for (var frame = 0; frame < 75; frame += 15)
        {
            first.AddRange(one.Push(Chunks.Slice(codes, frame, frame + 15), frame == 60));
            second.AddRange(two.Push(Chunks.Slice(reversed, frame, frame + 15), frame == 60));
        }

        Assert.Equal(codec.Decode(codes), first);
        Assert.Equal(codec.Decode(reversed), second);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Decode_AnyNumberOfThreads_GivesTheSameBytes(int threads)
    {
        var (codes, _) = GoldenCodec.Alone(Model);
        using var two = GoldenCodec.Open(Model);
        using var other = GoldenCodec.Open(Model, threads);
        Assert.Equal(two.Decode(codes), other.Decode(codes));
    }

    [Fact]
    public void Push_NothingAtAll_GivesNothing()
    {
        using var codec = GoldenCodec.Open(Model);
        using var stream = codec.OpenStream();
        Assert.Empty(stream.Push([[], [], [], []], last: false));
        Assert.Empty(stream.Push([[], [], [], []], last: true));
        Assert.Throws<InvalidOperationException>(() => stream.Push([[], [], [], []], last: true));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(73, 130)]
    public void Push_PublishedGraph_IsWithinAHundredThousandthOfTheWhole(params int[] sizes)
    {
        using var codec = Published();
        var codes = LongCodes(310);
        Assert.InRange(GoldenCodec.Difference(codec.Decode(codes), Chunks.Decode(codec, codes, sizes)), 0, 2e-5f);
    }

    [Fact]
    public void Push_GraphWhoseLstmForgetsNothing_WaitsForTheEnd()
    {
        var random = new RandomCodec(RandomCodec.Small with { LstmLayers = 1 });
        // A forget gate that stays open: what a window left out would never come back.
        var bias = random.Tensors["audio_encoder.decoder.layers.1.lstm.bias_ih_l0"].Values;
        for (var unit = bias.Length / 4; unit < bias.Length / 2; unit++) bias[unit] = 12;
        using var scratch = new TemporaryFolder();
        random.Save(scratch.Path);
        var path = Path.Combine(scratch.Path, "codec.onnx");
        using (var folder = CheckpointFolder.Open(scratch.Path)) EncodecGraph.Save(folder, random.Config, path);
        using var codec = PublishedCodec.Load(path, random.Config, 3, new OnnxSettings(1));
        var codes = random.Codes(480);
        var whole = codec.Decode(codes);
        Assert.InRange(GoldenCodec.Difference(whole, Chunks.Decode(codec, codes, [60])), 0, 1e-5f * whole.Max(Math.Abs));

        // What the test is about: fifty frames of the past alone would not do.
        var part = codec.Decode(Chunks.Slice(codes, 400, 480));
        Assert.True(GoldenCodec.Difference(whole[^(30 * random.Config.HopLength)..], part[^(30 * random.Config.HopLength)..]) > 1e-3f);
    }

    [Fact]
    public void Decode_LongChannelByPublishedGraph_IsTheKernelsChannel()
    {
        using var codec = Published();
        using var kernels = GoldenCodec.Open(Model);
        var codes = LongCodes(1130);
        Assert.InRange(GoldenCodec.Difference(kernels.Decode(codes), codec.Decode(codes)), 0, 2e-5f);
    }

    [Fact]
    public void Push_StreamOrCodecDisposed_IsRefused()
    {
        var codec = GoldenCodec.Open(Model);
        var stream = codec.OpenStream();
        codec.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Push([[1], [2], [3], [4]], last: true));
        stream.Dispose();
    }

    private static PublishedCodec Published() => PublishedCodec.Load(
        Path.Combine(GoldenCodec.Folder(Model), "onnx", "encodec_decode.onnx"), GoldenCodec.Config(Model), 4, new OnnxSettings(1));

    private static int[][] LongCodes(int frames)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, frames).Select(_ => random.Next(256)).ToArray())];
    }
}
