using System.Runtime.InteropServices;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Decoding;
using AudioReprompt.MusicGen.Decoding.Packed;
using AudioReprompt.MusicGen.Generation;

namespace AudioReprompt.MusicGen.Tests.Packed;

/// <summary>The 8-bit decoder, against the reference's logits and against plain arithmetic on the same rounded weights.</summary>
public sealed class PackedDecoderTests
{
    private const int Steps = 4;

    public static TheoryData<string, int> Models => new() { { "musicgen-tiny", 1 }, { "musicgen-tiny", 3 }, { "musicgen-tiny-stereo", 3 } };

    public static TheoryData<string, int, int> ModelsAndBits => new()
    {
        { "musicgen-tiny", 1, 8 },
        { "musicgen-tiny", 3, 8 },
        { "musicgen-tiny-stereo", 3, 8 },
        { "musicgen-tiny", 1, 4 },
        { "musicgen-tiny", 3, 4 },
        { "musicgen-tiny-stereo", 3, 4 },
    };

    /// <summary>The plain decoder is right: with the weights as they are it gives the reference's logits.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void PlainDecoder_ExactWeights_IsTheReference(string model, int guidance)
    {
        var golden = new Golden(model);
        using var packed = new PackedFixture(golden);
        var expected = golden.Floats($"prompt0_guidance{guidance}_guided_logits_first4").Values;
        var actual = Plain(packed, golden, guidance, bits: 0);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4);
    }

    /// <summary>
    /// With the same rounded weights and cache only the rounding of activations to 16 bits is left. It lets some values of the cache fall to the
    /// other side of a rounding: shifting the plain decoder's own by a five-hundredth of a step changes these logits by 0.12 to 0.4 %
    /// (measured for each case).
    /// </summary>
    [Theory]
    [MemberData(nameof(ModelsAndBits))]
    public void Run_FirstSteps_LogitsAreThoseOfItsRoundedWeights(string model, int guidance, int bits)
    {
        var golden = new Golden(model);
        using var packed = new PackedFixture(golden, bits);
        var expected = Plain(packed, golden, guidance, bits);
        Assert.InRange(RelativeError(expected, packed.GuidedLogits(prompt: 0, guidance, Steps)), 0, 0.008);
    }

    /// <summary>What the rounding of the weights costs in models as small as these; <c>bench quality</c> measures a full-size one.</summary>
    [Theory]
    [MemberData(nameof(Models))]
    public void Run_FirstSteps_LogitsAreNearTheReference(string model, int guidance)
    {
        var golden = new Golden(model);
        using var packed = new PackedFixture(golden);
        for (var prompt = 0; prompt < golden.Prompts.Length; prompt++)
        {
            var expected = Array.ConvertAll(golden.Floats($"prompt{prompt}_guidance{guidance}_guided_logits_first4").Values, value => (double)value);
            Assert.InRange(RelativeError(expected, packed.GuidedLogits(prompt, guidance, Steps)), 0, 0.05);
        }
    }

    /// <param name="bits">Of the weights, rounded as the packed ones are; 0: as they are.</param>
    private static double[] Plain(PackedFixture packed, Golden golden, int guidance, int bits)
    {
        using var checkpoint = CheckpointFolder.Open(golden.Folder);
        var known = new Dictionary<string, double[,]>(StringComparer.Ordinal);
        var config = packed.Config;
        var codes = golden.Codes($"prompt0_guidance{guidance}_codes");
        var song = new SongCodes(new DelayPattern(config.Decoder.Codebooks, config.Channels, config.Decoder.PadToken), [], codes[0].Length);
        var positions = new SinusoidalPositions(config.Decoder.Width, DecoderGraph.IsHalf(checkpoint));
        var (with, without) = (NewBranch(), NewBranch());
        var text = with.Project(golden.Floats("prompt0_text_encoder").Values);
        var logits = new List<double>();
        var pattern = new DelayPattern(config.Decoder.Codebooks, config.Channels, config.Decoder.PadToken);
        for (var step = 1; step <= Steps; step++)
        {
            var tokens = song.NextTokens();
            var conditional = with.Step(tokens, step - 1, text);
            logits.AddRange(guidance == 1 ? conditional : conditional.Zip(without.Step(tokens, step - 1, null), (a, b) => b + guidance * (a - b)));
            song.Accept(book => codes[book][pattern.FrameAt(step, book, codes[0].Length)]);
        }

        return [.. logits];

        PlainDecoder NewBranch() => new(config, checkpoint, Weight, positions, bits > 0);

        double[,] Weight(string name)
        {
            if (known.TryGetValue(name, out var found)) return found;
            var tensor = checkpoint.Get(name, -1, -1);
            // The heads are always in 8 bits.
            return known[name] = Read(tensor, bits > 0 && name.Contains("lm_heads", StringComparison.Ordinal) ? 8 : bits);
        }
    }

    private static unsafe double[,] Read(CheckpointTensor tensor, int bits)
    {
        var (rows, columns) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var values = tensor.ToFloats();
        var matrix = new double[rows, columns];
        var stored = bits > 0 ? bits : 8;
        var memory = (nint)NativeMemory.AlignedAlloc((nuint)PackedMatrix.ByteCount(rows, columns, stored), 64);
        var packed = new PackedMatrix(rows, columns, stored, memory);
        for (var group = 0; group < packed.Groups; group++)
        {
            var part = new float[PackedMatrix.Group * columns];
            var from = group * PackedMatrix.Group * columns;
            values.AsSpan(from, Math.Min(part.Length, values.Length - from)).CopyTo(part);
            packed.Pack(group, part);
        }

        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) matrix[row, column] = bits > 0 ? packed[row, column] : values[row * columns + column];
        }

        NativeMemory.AlignedFree((void*)memory);
        return matrix;
    }

    private static double RelativeError(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual)
    {
        var (error, size) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            error += Math.Pow(expected[i] - actual[i], 2);
            size += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(error / size);
    }
}
