using System.Globalization;
using System.Text.Json;
using AudioReprompt.Audio.Loudness;

namespace AudioReprompt.SharedTests.Audio.Loudness;

public sealed class IntegratedLoudnessTests
{
    /// <summary>Two implementations of the same formulas; the standard itself allows 0.1 LU.</summary>
    private const double Agreement = 0.001;

    public static TheoryData<string, int> Signals()
    {
        var signals = new TheoryData<string, int>();
        foreach (var result in LoudnessFixtures.Results.EnumerateArray())
            signals.Add(result.GetProperty("signal").GetString()!, result.GetProperty("rate").GetInt32());
        return signals;
    }

    public static TheoryData<string> Files() => [.. LoudnessFixtures.Files.EnumerateArray().Select(file => file.GetProperty("file").GetString()!)];

    [Theory]
    [MemberData(nameof(Signals))]
    public void Measure_GoldenSignal_AgreesWithTheReference(string name, int sampleRate)
    {
        var golden = LoudnessFixtures.Results.EnumerateArray()
            .Single(result => result.GetProperty("signal").GetString() == name && result.GetProperty("rate").GetInt32() == sampleRate);
        var (samples, channels) = LoudnessFixtures.Signal(name, sampleRate);

        var measured = IntegratedLoudness.Measure(samples, channels, sampleRate);

        Assert.Equal(golden.GetProperty("blocks").GetInt32(), measured.Blocks);
        Assert.Equal(golden.GetProperty("blocks_kept").GetInt32(), measured.KeptBlocks);
        if (golden.GetProperty("lufs").ValueKind == JsonValueKind.Null) Assert.Null(measured.Lufs);
        else Assert.Equal(golden.GetProperty("lufs").GetDouble(), measured.Lufs!.Value, Agreement);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Measure_GoldenFile_AgreesWithTheReference(string name)
    {
        var golden = LoudnessFixtures.Files.EnumerateArray().Single(file => file.GetProperty("file").GetString() == name);
        var (samples, channels, sampleRate) = LoudnessFixtures.File16(name);

        var measured = IntegratedLoudness.Measure(samples, channels, sampleRate);

        Assert.Equal(golden.GetProperty("lufs").GetDouble(), measured.Lufs!.Value, Agreement);
        Assert.Equal(golden.GetProperty("blocks_kept").GetInt32(), measured.KeptBlocks);
    }

    /// <summary>EBU Tech 3341 (2016), table 1, signals 1 to 5: a stereo sine of 1 kHz, seconds at dBFS, all of them to read within 0.1 LU.</summary>
    [Theory]
    [InlineData(-23, "20 -23")]
    [InlineData(-33, "20 -33")]
    [InlineData(-23, "10 -36 60 -23 10 -36")]
    [InlineData(-23, "10 -72 10 -36 60 -23 10 -36 10 -72")]
    [InlineData(-23, "20 -26 20.1 -20 20 -26")]
    public void Measure_EbuTech3341_ReadsWhatIsPrescribed(double expected, string signal)
    {
        var secondsAndLevels = signal.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        const int sampleRate = 48_000;
        var samples = new List<float>();
        for (var segment = 0; segment < secondsAndLevels.Length; segment += 2)
        {
            var level = Math.Pow(10, secondsAndLevels[segment + 1] / 20);
            for (var frame = 0; frame < secondsAndLevels[segment] * sampleRate; frame++)
            {
                var sample = (float)(level * Math.Sin(2 * Math.PI * 1000 * frame / sampleRate));
                samples.AddRange([sample, sample]);
            }
        }

        Assert.Equal(expected, IntegratedLoudness.Measure(samples.ToArray(), 2, sampleRate).Lufs!.Value, 0.1);
    }

    [Fact]
    public void MeasurePlanar_SameChannels_IsTheSameBitByBit()
    {
        var (samples, _, sampleRate) = LoudnessFixtures.File16("music_stereo_gated_32k.wav");
        var left = samples.Where((_, index) => index % 2 == 0).ToArray();
        var right = samples.Where((_, index) => index % 2 == 1).ToArray();

        Assert.Equal(IntegratedLoudness.Measure(samples, 2, sampleRate), IntegratedLoudness.MeasurePlanar(left, right, sampleRate));
    }

    [Fact]
    public void Measure_HalfTheGain_Reads6DecibelsLess()
    {
        var (samples, channels, sampleRate) = LoudnessFixtures.File16("pink_noise_mono_32k.wav");
        var softer = samples.Select(sample => sample / 2).ToArray();

        var difference = IntegratedLoudness.Measure(samples, channels, sampleRate).Lufs - IntegratedLoudness.Measure(softer, channels, sampleRate).Lufs;

        Assert.Equal(20 * Math.Log10(2), difference!.Value, 1e-9);
    }

    [Theory]
    [InlineData(11_025)]
    [InlineData(22_050)]
    public void Measure_100MsNoWholeNumberOfFrames_CountsTheBlocksByTime(int sampleRate)
    {
        var samples = Enumerable.Range(0, 3 * sampleRate).Select(frame => (float)(0.1 * Math.Sin(2 * Math.PI * 997 * frame / sampleRate))).ToArray();

        var measured = IntegratedLoudness.Measure(samples, 1, sampleRate);

        Assert.Equal(27, measured.Blocks);
        Assert.Equal(-23.01, measured.Lufs!.Value, 0.15);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Measure_SampleNotFinite_IsRefused(float bad)
    {
        var samples = new float[32_000];
        samples[700] = bad;

        Assert.Throws<ArgumentException>(() => IntegratedLoudness.Measure(samples, 2, 32_000));
    }

    [Fact]
    public void Measure_Nothing_IsNotMeasurable() => Assert.Equal(default, IntegratedLoudness.Measure([], 2, 32_000));

    [Theory]
    [InlineData(3, 32_000)]
    [InlineData(0, 32_000)]
    [InlineData(2, 4_000)]
    public void Measure_FormatOutOfRange_IsRefused(int channels, int sampleRate) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => IntegratedLoudness.Measure(new float[64_000], channels, sampleRate));

    [Theory]
    [InlineData(32_000)]
    [InlineData(44_100)]
    [InlineData(48_000)]
    public void KWeighting_AnyRate_HasTheReferenceCoefficients(int sampleRate)
    {
        var golden = LoudnessFixtures.Weighting(sampleRate);
        double[] Of(string filter, string side) => [.. golden.GetProperty(filter).GetProperty(side).EnumerateArray().Select(number => number.GetDouble())];

        var coefficients = new KWeighting(sampleRate).Coefficients();

        double[] expected = [.. Of("shelf", "b"), .. Of("shelf", "a").Skip(1), .. Of("high_pass", "a").Skip(1)];
        Assert.Equal(expected.Length, coefficients.Length);
        for (var index = 0; index < expected.Length; index++) Assert.Equal(expected[index], coefficients[index], 1e-12);
    }
}
