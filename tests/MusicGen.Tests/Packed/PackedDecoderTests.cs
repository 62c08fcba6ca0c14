namespace AudioReprompt.MusicGen.Tests.Packed;

/// <summary>The 8-bit decoder against the reference's logits in single precision.</summary>
public sealed class PackedDecoderTests
{
    [Theory]
    [InlineData("musicgen-tiny", 1)]
    [InlineData("musicgen-tiny", 3)]
    [InlineData("musicgen-tiny-stereo", 3)]
    public void Run_FirstSteps_LogitsAreTheReferencesButForRounding(string model, int guidance)
    {
        var golden = new Golden(model);
        using var packed = new PackedFixture(golden);
        for (var prompt = 0; prompt < golden.Prompts.Length; prompt++)
        {
            var expected = golden.Floats($"prompt{prompt}_guidance{guidance}_guided_logits_first4").Values;
            var actual = packed.GuidedLogits(prompt, guidance, steps: 4);
            // Guidance multiplies the difference of two rounded branches.
            Assert.InRange(RelativeError(expected, actual), 0, 0.01 * guidance);
        }
    }

    internal static double RelativeError(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
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
