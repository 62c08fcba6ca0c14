using AudioReprompt.Audio.Loudness;

namespace AudioReprompt.SharedTests.Audio.Loudness;

public sealed class TruePeakTests
{
    public static TheoryData<string> Files() => IntegratedLoudnessTests.Files();

    [Theory]
    [MemberData(nameof(Files))]
    public void Measure_GoldenFile_AgreesWithSixteenfoldOversampling(string name)
    {
        var golden = LoudnessFixtures.Files.EnumerateArray().Single(file => file.GetProperty("file").GetString() == name);
        var (samples, channels, _) = LoudnessFixtures.File16(name);

        Assert.Equal(golden.GetProperty("sample_peak_dbfs").GetDouble(), TruePeak.ToDecibels(TruePeak.SamplePeak(samples)), 0.001);
        Assert.Equal(golden.GetProperty("true_peak_16x_dbtp").GetDouble(), TruePeak.ToDecibels(TruePeak.Measure(samples, channels)), LoudnessFixtures.TruePeakTolerance);
    }

    [Theory]
    [InlineData(32_000)]
    [InlineData(44_100)]
    [InlineData(48_000)]
    public void Measure_QuarterOfTheRateAt45Degrees_FindsThePeakBetweenTheSamples(int sampleRate)
    {
        // Faded in: a sine that starts at once does overshoot.
        var (samples, _) = LoudnessFixtures.Signal("quarter_rate_phase_45", sampleRate);
        for (var frame = 0; frame < samples.Length; frame++)
            samples[frame] *= (float)Math.Pow(Math.Sin(Math.PI * frame / samples.Length), 2);

        Assert.Equal(-9.03, TruePeak.ToDecibels(TruePeak.SamplePeak(samples)), 0.05);
        Assert.Equal(-6, TruePeak.ToDecibels(TruePeak.Measure(samples, 1)), 0.05);
    }

    /// <summary>EBU Tech 3341 asks for +0.2/−0.4 dB.</summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(0.2)]
    [InlineData(0.3)]
    [InlineData(0.4)]
    [InlineData(0.45)]
    public void Measure_SineAnywhereInTheBand_ReadsItsAmplitude(double shareOfRate)
    {
        var worst = 0.0;
        for (var phase = 0; phase < 16; phase++)
        {
            var samples = Enumerable.Range(0, 4_000)
                .Select(frame => (float)(0.5 * Math.Pow(Math.Sin(Math.PI * frame / 4_000), 2)
                    * Math.Sin((2 * Math.PI * shareOfRate * (frame - 2_000)) + (phase * Math.PI / 16))))
                .ToArray();
            var error = TruePeak.ToDecibels(TruePeak.Measure(samples, 1)) - TruePeak.ToDecibels(0.5f);
            if (Math.Abs(error) > Math.Abs(worst)) worst = error;
        }

        Assert.InRange(worst, -0.2, 0.1);
    }

    [Fact]
    public void Measure_PeakOfOneChannelOnly_IsFoundInEither()
    {
        var mono = Enumerable.Range(0, 3_000)
            .Select(frame => (float)(0.5 * Math.Pow(Math.Sin(Math.PI * frame / 3_000), 2) * Math.Sin((Math.PI * frame / 2) + (Math.PI / 4)))).ToArray();
        var silence = new float[mono.Length];
        var expected = TruePeak.Measure(mono, 1);

        Assert.Equal(expected, TruePeak.Measure([.. mono.SelectMany(sample => new[] { 0, sample })], 2));
        Assert.Equal(expected, TruePeak.MeasurePlanar(mono, silence));
        Assert.Equal(expected, TruePeak.MeasurePlanar(silence, mono));
    }

    /// <summary>A stretch that is skipped because it is soft would be interpolated if it stood alone.</summary>
    [Fact]
    public void Measure_LoudBesideSoft_IsTheLouderOfBoth()
    {
        var random = new Random(7);
        var loud = Enumerable.Range(0, 5_000).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
        var soft = loud.Select(sample => sample * 0.7f).Reverse().ToArray();
        var gap = new float[100];

        var expected = Math.Max(TruePeak.Measure(loud, 1), TruePeak.Measure(soft, 1));

        Assert.Equal(expected, TruePeak.Measure([.. soft, .. gap, .. loud, .. gap, .. soft], 1));
    }

    [Fact]
    public void Measure_Nothing_IsSilence() => Assert.Equal(0, TruePeak.Measure([], 2));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Measure_SampleNotFinite_IsRefused(float bad)
    {
        var samples = new float[1_000];
        samples[999] = bad;

        Assert.Throws<ArgumentException>(() => TruePeak.Measure(samples, 2));
    }

    [Fact]
    public void OfBlocks_LoudestBlock_IsTheTruePeakOfTheWhole()
    {
        var random = new Random(7);
        var stereo = Enumerable.Range(0, 2 * 6_400).Select(index => (float)(Math.Sin(index * 1.1) * random.NextDouble())).ToArray();
        var peaks = new float[100];

        TruePeak.OfBlocks(stereo, peaks, relevant: 0, 0, 60);
        TruePeak.OfBlocks(stereo, peaks, relevant: 0, 60, 100);

        Assert.Equal(TruePeak.Measure(stereo, 2), peaks.Max(), 1e-6f);
        Assert.All(peaks.Index(), block => Assert.True(block.Item >= TruePeak.SamplePeak(stereo.AsSpan(block.Index * 128, 128))));
    }

    [Fact]
    public void OfBlocks_BlockThatDoesNotMatter_GetsABoundThatDoesNotMatterEither()
    {
        var stereo = new float[2 * 640];
        stereo[130] = 0.25f;
        var peaks = new float[10];

        TruePeak.OfBlocks(stereo, peaks, relevant: 0.9f, 0, 10);

        Assert.InRange(peaks[1], 0.25f, 0.9f);
        Assert.Equal(0, peaks[5]);
    }
}
