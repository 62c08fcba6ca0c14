using System.Text;
using AudioReprompt.Audio;
using AudioReprompt.Audio.Mel;

namespace AudioReprompt.SharedTests.Audio.Mel;

/// <summary>Goldens: fixtures/clap-tiny, Hugging Face transformers 4.57.6; tolerances as its README states them.</summary>
public sealed class ClapFeatureExtractorTests
{
    private const double Tolerance = 1e-3;
    private const int Values = 1_001 * 64;

    private static readonly ClapPreprocessing Unfused = Preprocessing("preprocessor_config.json");
    private static readonly ClapPreprocessing Fused = Preprocessing("fused/preprocessor_config.json");

    [Theory]
    [InlineData("tone")]
    [InlineData("noise")]
    [InlineData("pluck")]
    public void ExtractWindow_ShortClip_EqualsTheGolden(string name)
    {
        var decibels = new float[Values];
        new ClapFeatureExtractor(Unfused).ExtractWindow(ClapFixtures.Clip(name).Samples, decibels);
        ClapFixtures.AssertClose(ClapFixtures.Golden($"mel_{name}"), decibels, Tolerance);
    }

    [Fact]
    public void ExtractWindow_ExactlyTenSeconds_EqualsTheGolden()
    {
        var decibels = new float[Values];
        new ClapFeatureExtractor(Unfused).ExtractWindow(ClapFixtures.Clip("exact_10s").Samples, decibels);
        ClapFixtures.AssertClose(ClapFixtures.Golden("mel_exact_10s_every10th"), ClapFixtures.EveryNthFrame(decibels, 10), Tolerance);
    }

    [Fact]
    public void ExtractWindow_CropOfALongClip_EqualsTheGolden()
    {
        var (samples, offset) = ClapFixtures.Clip("chirp_12s");
        var decibels = new float[Values];
        new ClapFeatureExtractor(Unfused).ExtractWindow(samples.AsSpan(offset!.Value, ClapFixtures.WindowSamples), decibels);
        ClapFixtures.AssertClose(ClapFixtures.Golden("mel_chirp_12s"), decibels, Tolerance);
    }

    [Fact]
    public void ExtractWindow_Silence_IsExactlyMinusOneHundred()
    {
        var decibels = new float[Values];
        new ClapFeatureExtractor(Unfused).ExtractWindow(ClapFixtures.Clip("silence").Samples, decibels);
        Assert.All(decibels, value => Assert.Equal(-100f, value));
    }

    [Fact]
    public void Extract_LongClip_IsTheWindowThatNumpysGeneratorChooses()
    {
        var (samples, _) = ClapFixtures.Clip("chirp_12s");
        var extractor = new ClapFeatureExtractor(Unfused);
        var expected = new float[Values];
        // numpy.random.seed(0); numpy.random.randint(0, 96001)
        extractor.ExtractWindow(samples.AsSpan(new NumpyRandom(0).Next(96_001), ClapFixtures.WindowSamples), expected);

        var features = extractor.Extract(samples, new NumpyRandom(0));

        Assert.Equal((1, false), (features.Planes, features.IsLonger));
        Assert.Equal(expected, features.Values);
    }

    [Fact]
    public void Fuse_LongClip_EqualsTheGoldens()
    {
        var (samples, _) = ClapFixtures.Clip("chirp_12s");
        var offsets = ClapFixtures.Goldens.GetProperty("fusion_offsets").EnumerateArray().Select(offset => offset.GetInt32()).ToArray();
        var whole = ClapFixtures.Golden("fusion_mel_full_every10th");

        var features = new ClapFeatureExtractor(Fused).Fuse(samples, offsets);

        Assert.Equal((4, true), (features.Planes, features.IsLonger));
        ClapFixtures.AssertClose(ClapFixtures.Golden("fusion_mel_shrunk_every10th"), ClapFixtures.EveryNthFrame(features.Values.AsSpan(0, Values), 10), 1e-2);
        for (var part = 0; part < offsets.Length; part++)
        {
            // The golden has frames 0, 10, 20 … of the whole: those that lie in this part.
            var plane = features.Values.AsSpan((part + 1) * Values, Values);
            for (var frame = (offsets[part] + 9) / 10 * 10; frame < offsets[part] + 1_001; frame += 10)
                ClapFixtures.AssertClose(whole[(frame / 10 * 64)..((frame / 10 * 64) + 64)], plane.Slice((frame - offsets[part]) * 64, 64), Tolerance);
        }
    }

    [Fact]
    public void Extract_FusionOfALongClip_TakesOnePartOfEachThird()
    {
        var (samples, _) = ClapFixtures.Clip("chirp_12s");
        var extractor = new ClapFeatureExtractor(Fused);
        // 201 starts in thirds of 67.
        var random = new NumpyRandom(7);
        var expected = extractor.Fuse(samples, [random.Next(67), 67 + random.Next(67), 134 + random.Next(67)]);

        var features = extractor.Extract(samples, new NumpyRandom(7));

        Assert.Equal(expected.Values, features.Values);
    }

    [Theory]
    [InlineData("tone")]
    [InlineData("one_sample_over")]
    public void Extract_FusionOfNoMoreFramesThanOneWindow_IsFourEqualPlanes(string name)
    {
        var features = new ClapFeatureExtractor(Fused).Extract(ClapFixtures.Clip(name).Samples, new NumpyRandom(0));

        Assert.Equal((4, false), (features.Planes, features.IsLonger));
        for (var plane = 1; plane < 4; plane++) Assert.Equal(features.Values[..Values], features.Values[(plane * Values)..((plane + 1) * Values)]);
    }

    [Theory]
    [InlineData("repeatpad", 48_000, 480_000)]
    [InlineData("repeatpad", 130_000, 390_000)]
    [InlineData("repeatpad", 240_001, 240_001)]
    [InlineData("repeat", 130_000, 480_000)]
    [InlineData("repeat", 480_000, 480_000)]
    [InlineData("pad", 48_000, 48_000)]
    public void ExtractWindow_ShorterThanTheWindow_IsRepeatedAndPadded(string padding, int length, int filled)
    {
        var random = new Random(1);
        var samples = Enumerable.Range(0, length).Select(_ => (2 * random.NextSingle()) - 1).ToArray();
        var padded = new float[ClapFixtures.WindowSamples];
        for (var index = 0; index < filled; index++) padded[index] = samples[index % length];
        var extractor = new ClapFeatureExtractor(Unfused with { Padding = padding });
        var (expected, decibels) = (new float[Values], new float[Values]);
        extractor.ExtractWindow(padded, expected);

        extractor.ExtractWindow(samples, decibels);

        Assert.Equal(expected, decibels);
    }

    [Fact]
    public void ExtractWindow_Empty_SaysSo()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new ClapFeatureExtractor(Unfused).ExtractWindow([], new float[Values]));
        Assert.Contains("The recording is empty", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ExtractWindow_SampleNotFinite_NamesItsIndex()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new ClapFeatureExtractor(Unfused).ExtractWindow([0, 0, float.NaN], new float[Values]));
        Assert.Contains("Sample 2 is not finite", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>What people have: other rates, many channels, a tenth of a second; always finite features.</summary>
    [Theory]
    [InlineData(8_000, 1, 8_000)]
    [InlineData(44_100, 8, 4_410)]
    [InlineData(48_000, 2, 4_800)]
    [InlineData(32_000, 2, 320_000)]
    [InlineData(192_000, 1, 1)]
    public void Prepare_AnyFile_GivesAWindowOfFiniteFeatures(int sampleRate, int channels, int frames)
    {
        var samples = Enumerable.Range(0, frames * channels).Select(index => 0.5f * MathF.Sin(0.05f * (index / channels))).ToArray();
        var extractor = new ClapFeatureExtractor(Unfused);
        using var mono = extractor.Prepare(AudioFile.OpenRead(new MemoryStream(WavFile.EncodePcm16(samples, sampleRate, channels))));
        var decibels = new float[Values];
        var windows = 0;

        foreach (var window in ClapWindows.Read(mono, extractor.WindowSamples))
        {
            extractor.ExtractWindow(window.Span, decibels);
            windows++;
        }

        Assert.Equal(sampleRate == 192_000 ? 0 : 1, windows);
        Assert.All(decibels, value => Assert.InRange(value, -100, 60));
    }

    /// <summary>A tone keeps its mel bin and its level whatever the file's rate: 1 kHz in both channels of stereo.</summary>
    [Theory]
    [InlineData(8_000)]
    [InlineData(32_000)]
    [InlineData(44_100)]
    public void Prepare_ToneAtAnotherRate_HasTheSameFeatures(int sampleRate)
    {
        float[] Tone(int rate) => [.. Enumerable.Range(0, 20 * rate).Select(index => (float)(0.5 * Math.Sin(2 * Math.PI * 1_000 * (index / 2) / rate)))];
        var extractor = new ClapFeatureExtractor(Unfused);
        var (expected, decibels) = (new float[Values], new float[Values]);
        using (var direct = extractor.Prepare(new MemoryReader(Tone(48_000), 2, 48_000))) extractor.ExtractWindow(direct.ReadToEnd(1_000_000), expected);

        using (var mono = extractor.Prepare(new MemoryReader(Tone(sampleRate), 2, sampleRate))) extractor.ExtractWindow(mono.ReadToEnd(1_000_000), decibels);

        var loudest = Enumerable.Range(0, 64).MaxBy(mel => expected[(500 * 64) + mel]);
        for (var frame = 10; frame < 990; frame++) Assert.Equal(expected[(frame * 64) + loudest], decibels[(frame * 64) + loudest], 1e-3);
    }

    [Theory]
    [InlineData("{\"truncation\": \"rand\"}", "truncation is rand, allowed is rand_trunc or fusion")]
    [InlineData("{\"fft_window_size\": 1000}", "fft_window_size is 1000, allowed is a power of two")]
    [InlineData("{\"hop_length\": 0}", "hop_length is 0")]
    [InlineData("{\"frequency_max\": 30000}", "frequency_max is 30000, allowed is at most 24000")]
    [InlineData("{\"frequency_min\": 14000}", "frequency_min is 14000")]
    [InlineData("{\"sampling_rate\": \"x\"}", "sampling_rate is \"x\", allowed is a whole number")]
    [InlineData("{\"max_length_s\": 1e99}", "max_length_s is 1e99, allowed is a whole number")]
    [InlineData("{\"truncation\": null}", "truncation is null, allowed is a string")]
    [InlineData("{\"frequency_min\": []}", "frequency_min is [], allowed is a number")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{", "preprocessor_config.json")]
    public void Parse_ImpossibleSettings_AreNamed(string json, string expected)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => ClapPreprocessing.Parse(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_PublishedFile_AndDefaults()
    {
        Assert.Equal((48_000, 64, 1_024, 480, 10), (Unfused.SamplingRate, Unfused.FeatureSize, Unfused.FftWindowSize, Unfused.HopLength, Unfused.MaxLengthS));
        Assert.Equal((50, 14_000, "rand_trunc", "repeatpad", false), (Unfused.FrequencyMin, Unfused.FrequencyMax, Unfused.Truncation, Unfused.Padding, Unfused.IsFusion));
        Assert.True(Fused.IsFusion);
        // The class defaults of transformers 4.57.
        Assert.Equal((0, "fusion"), (ClapPreprocessing.Parse("{}"u8.ToArray()).FrequencyMin, ClapPreprocessing.Parse("{}"u8.ToArray()).Truncation));
    }

    private static ClapPreprocessing Preprocessing(string file) => ClapPreprocessing.Parse(File.ReadAllBytes(Path.Combine(ClapFixtures.Folder, file)));
}
