using System.Runtime.Intrinsics;
using AudioReprompt.Audio.Mel;

namespace AudioReprompt.SharedTests.Audio.Mel;

public sealed class LogMelSpectrogramTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(128)]
    [InlineData(512)]
    [InlineData(1_024)]
    [InlineData(2_048)]
    public void Power_FourFrames_EqualsTheTransformByDefinition(int size)
    {
        const int Hop = 5;
        var random = new Random(size);
        var samples = Enumerable.Range(0, size + (3 * Hop)).Select(_ => (2 * random.NextSingle()) - 1).ToArray();
        var window = Enumerable.Range(0, size).Select(_ => random.NextDouble()).ToArray();
        var power = new Vector256<double>[(size / 2) + 1];

        new FourFrameFft(size).Power(samples, Hop, window, power);

        for (var frame = 0; frame < 4; frame++)
        {
            for (var bin = 0; bin < power.Length; bin++)
            {
                var (real, imaginary) = (0.0, 0.0);
                for (var index = 0; index < size; index++)
                {
                    var (sine, cosine) = Math.SinCos(2 * Math.PI * ((long)bin * index % size) / size);
                    real += samples[(frame * Hop) + index] * window[index] * cosine;
                    imaginary -= samples[(frame * Hop) + index] * window[index] * sine;
                }

                Assert.Equal((real * real) + (imaginary * imaginary), power[bin][frame], 1e-12 * size);
            }
        }
    }

    [Theory]
    [InlineData(MelScale.Slaney, "mel_filters_slaney", 1e-8)]
    [InlineData(MelScale.Htk, "mel_filters_htk", 1e-6)]
    public void Filters_OfClap_EqualTheGoldens(MelScale scale, string golden, double tolerance)
    {
        var filters = new MelFilterBank(scale, 64, 1_024, 48_000, 50, 14_000);

        ClapFixtures.AssertClose(ClapFixtures.Golden(golden), Array.ConvertAll(filters.ToDense(), weight => (float)weight), tolerance);
    }

    [Theory]
    [InlineData(0, 0, 14_000)]
    [InlineData(64, 14_000, 14_000)]
    [InlineData(64, 50, 24_001)]
    [InlineData(64, -1, 14_000)]
    public void Filters_ImpossibleRange_AreRefused(int melBins, double lowest, double highest) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MelFilterBank(MelScale.Htk, melBins, 1_024, 48_000, lowest, highest));

    /// <summary>The last group of four frames is rarely full, and the first and last frames are reflected.</summary>
    [Theory]
    [InlineData(33)]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(79)]
    [InlineData(80)]
    [InlineData(1_000)]
    public void Compute_AnyLength_EqualsEveryFrameByDefinition(int length)
    {
        var mel = Small();
        var random = new Random(length);
        var samples = Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1).ToArray();
        var reflected = Enumerable.Range(-32, length + 64)
            .Select(index => samples[index < 0 ? -index : index >= length ? (2 * (length - 1)) - index : index]).ToArray();
        var decibels = new float[mel.Frames(length) * mel.MelBins];

        mel.Compute(samples, decibels);

        Assert.Equal((length / 10) + 1, mel.Frames(length));
        var expected = Enumerable.Range(0, mel.Frames(length)).SelectMany(frame => SpectrumOf(reflected.AsSpan(frame * 10, 64))).ToArray();
        ClapFixtures.AssertClose(expected, decibels, 1e-5);
    }

    [Fact]
    public void Compute_TooFewSamples_SaysHowManyAreNeeded()
    {
        var refusal = Assert.Throws<ArgumentException>(() => Small().Compute(new float[32], new float[100]));
        Assert.Contains("32 samples are fewer than 33", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compute_AfterTheFirstTime_AllocatesNothing()
    {
        var mel = Small();
        var samples = new float[48_000];
        var decibels = new float[mel.Frames(samples.Length) * mel.MelBins];
        mel.Compute(samples, decibels);
        // A collection that another test causes counts the rest of this thread's allocation block (8 KiB) as allocated; a call that allocates does so every time.
        var least = Enumerable.Range(0, 10).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            mel.Compute(samples, decibels);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, least);
    }

    private static LogMelSpectrogram Small() => new(new MelFilterBank(MelScale.Htk, 8, 64, 8_000, 0, 4_000), 64, 10);

    /// <summary>One frame by the definition: Hann window, transform, triangles, logarithm.</summary>
    private static float[] SpectrumOf(ReadOnlySpan<float> frame)
    {
        var weights = new MelFilterBank(MelScale.Htk, 8, 64, 8_000, 0, 4_000).ToDense();
        var mel = new double[8];
        for (var bin = 0; bin <= 32; bin++)
        {
            var (real, imaginary) = (0.0, 0.0);
            for (var index = 0; index < 64; index++)
            {
                var windowed = frame[index] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * index / 64)));
                real += windowed * Math.Cos(2 * Math.PI * bin * index / 64);
                imaginary += windowed * Math.Sin(2 * Math.PI * bin * index / 64);
            }

            for (var triangle = 0; triangle < 8; triangle++) mel[triangle] += weights[(bin * 8) + triangle] * ((real * real) + (imaginary * imaginary));
        }

        return Array.ConvertAll(mel, power => (float)(10 * Math.Log10(Math.Max(1e-10, power))));
    }
}
