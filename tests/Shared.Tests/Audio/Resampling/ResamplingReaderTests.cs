using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.Audio.Resampling;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Audio.Resampling;

/// <summary>
/// fixtures/audio/resample: every case of cases.json. The reference is the signals' own formula, not another resampler; peers.json has
/// what well known ones reach.
/// </summary>
public sealed class ResamplingReaderTests
{
    private static readonly string Folder = Path.Combine(Repository.Fixtures, "audio", "resample");
    private static readonly JsonElement Cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "cases.json"))).RootElement;

    /// <summary>dB below what a Kaiser-windowed sinc of the same length in double precision reaches, for single precision.</summary>
    private const double PeerAllowance = 3;

    public static TheoryData<string> Signals => [.. Arrays("snr").Select(Name)];

    public static TheoryData<string> Impulses => [.. Arrays("shape").Select(Name)];

    public static TheoryData<int> Sines => [.. Enumerable.Range(0, Cases.GetProperty("sines").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Signals))]
    public void Resample_Signal_IsItsFormulaOnTheNewGrid(string name)
    {
        var reference = Arrays("snr").Single(candidate => Name(candidate) == name);
        var channels = reference.GetProperty("channels").GetInt32();
        var expected = Npy.ReadFloats(Path.Combine(Folder, reference.GetProperty("output").GetString()!));

        var output = Resampled(reference);

        Assert.Equal(reference.GetProperty("frames_out").GetInt32() * channels, output.Length);
        var snr = SignalToNoise(expected, output, reference.GetProperty("margin_frames").GetInt32() * channels);
        Assert.True(snr >= reference.GetProperty("min_snr_db").GetDouble(), $"{snr} dB");
        using var peers = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "peers.json")));
        var peer = peers.RootElement.GetProperty("snr_db").GetProperty(name).GetProperty("kaiser_sinc_64_zero_crossings_beta_10").GetDouble();
        Assert.True(snr >= peer - PeerAllowance, $"{snr} dB, the peer has {peer} dB");
    }

    [Theory]
    [MemberData(nameof(Impulses))]
    public void Resample_Impulse_KeepsGainAndPlaceAndIsSymmetric(string name)
    {
        var reference = Arrays("shape").Single(candidate => Name(candidate) == name);
        var centre = (int)reference.GetProperty("centre_frame_out").GetDouble();

        var output = Resampled(reference);

        Assert.Equal(reference.GetProperty("frames_out").GetInt32(), output.Length);
        Assert.Equal(reference.GetProperty("sum_out").GetDouble(), output.Sum(sample => (double)sample), reference.GetProperty("sum_tolerance").GetDouble());
        Assert.Equal(centre, Array.IndexOf(output, output.Max()));
        for (var k = 1; k <= 500; k++) Assert.Equal(output[centre - k], output[centre + k], reference.GetProperty("symmetry_tolerance").GetSingle());
    }

    [Theory]
    [MemberData(nameof(Sines))]
    public void Resample_Sine_IsTheSameSineOrGone(int index)
    {
        var reference = Cases.GetProperty("sines")[index];
        var (rateIn, rateOut) = (reference.GetProperty("rate_in").GetInt32(), reference.GetProperty("rate_out").GetInt32());
        var margin = reference.GetProperty("margin_frames").GetInt32();
        var expected = Sine(reference, rateOut, "frames_out");

        var output = ResamplingReader.Resample(Sine(reference, rateIn, "frames_in"), 1, rateIn, rateOut);

        Assert.Equal(expected.Length, output.Length);
        var inner = output[margin..^margin];
        switch (reference.GetProperty("expected").GetString())
        {
            case "same sine":
                Assert.InRange(SignalToNoise(expected, output, margin), reference.GetProperty("min_snr_db").GetDouble(), double.MaxValue);
                var gain = Amplitude(inner, reference.GetProperty("freq_hz").GetDouble(), rateOut) / reference.GetProperty("amplitude").GetDouble();
                Assert.InRange(Math.Abs(Decibels(gain)), 0, reference.GetProperty("max_gain_error_db").GetDouble());
                break;
            case "silence":
                var rms = Math.Sqrt(inner.Sum(sample => (double)sample * sample) / inner.Length);
                Assert.InRange(Decibels(rms), double.MinValue, reference.GetProperty("max_output_rms_dbfs").GetDouble());
                break;
            case "no image":
                // Without the tone itself, whose own spectrum reaches over to its image.
                var rest = inner.Select((sample, frame) => sample - expected[margin + frame]).ToArray();
                var image = Amplitude(rest, reference.GetProperty("image_hz").GetDouble(), rateOut) / reference.GetProperty("amplitude").GetDouble();
                Assert.InRange(Decibels(image), double.MinValue, reference.GetProperty("max_image_dbc").GetDouble());
                break;
            default:
                Assert.Fail("A case of a kind that is not known.");
                break;
        }
    }

    [Fact]
    public void FramesOut_EveryLengthListed_IsRoundedHalvesUp()
    {
        foreach (var length in Cases.GetProperty("lengths").EnumerateArray())
        {
            var (rateIn, rateOut) = (length.GetProperty("rate_in").GetInt32(), length.GetProperty("rate_out").GetInt32());
            var frames = length.GetProperty("frames_in").GetInt32();
            var expected = length.GetProperty("frames_out").GetInt32();

            Assert.Equal(expected, ResamplingReader.FramesOut(frames, rateIn, rateOut));
            Assert.Equal(expected, ResamplingReader.Resample(new float[frames], 1, rateIn, rateOut).Length);
        }
    }

    [Fact]
    public void Resample_EqualRates_ReturnsTheInputUnchanged()
    {
        float[] samples = [0.1f, -1.5f, 1e-30f, 0.7f];
        Assert.Equal(samples, ResamplingReader.Resample(samples, 2, 44_100, 44_100));
    }

    [Theory]
    [InlineData(32_000, 48_000)]
    [InlineData(44_100, 48_000)]
    [InlineData(44_100, 32_000)]
    [InlineData(48_000, 32_000)]
    [InlineData(8_000, 48_000)]
    [InlineData(192_000, 48_000)]
    [InlineData(48_000, 44_101)]
    [InlineData(47_999, 96_001)]
    public void Resample_Constant_StaysConstant(int rateIn, int rateOut)
    {
        var output = ResamplingReader.Resample(Enumerable.Repeat(1f, 24_000).ToArray(), 1, rateIn, rateOut);
        Assert.All(output[1_024..^1_024], sample => Assert.Equal(1, sample, 0.0005));
    }

    /// <summary>Ratios of so many phases that they are interpolated, and far ones.</summary>
    [Theory]
    [InlineData(48_000, 44_101, 997)]
    [InlineData(48_000, 44_101, 19_000)]
    [InlineData(44_101, 48_000, 19_000)]
    [InlineData(47_999, 96_001, 20_000)]
    [InlineData(8_000, 48_000, 3_500)]
    [InlineData(192_000, 48_000, 20_000)]
    [InlineData(96_000, 48_000, 20_000)]
    [InlineData(22_050, 48_000, 9_900)]
    [InlineData(11_025, 32_000, 4_900)]
    [InlineData(191_999, 8_001, 3_500)]
    public void Resample_AnyRatio_GivesTheSameSine(int rateIn, int rateOut, double hertz)
    {
        float[] Tone(int rate, long frames) => [.. Enumerable.Range(0, (int)frames).Select(frame => (float)(0.5 * Math.Sin((2 * Math.PI * hertz * frame / rate) + 0.3)))];
        var input = Tone(rateIn, rateIn);

        var output = ResamplingReader.Resample(input, 1, rateIn, rateOut);

        Assert.InRange(SignalToNoise(Tone(rateOut, output.Length), output, rateOut / 20), 95, double.MaxValue);
    }

    [Fact]
    public void Resample_OneChannelSilent_StaysSilent()
    {
        var stereo = new float[8_000];
        for (var frame = 0; frame < 4_000; frame++) stereo[2 * frame] = MathF.Sin(frame);

        var output = ResamplingReader.Resample(stereo, 2, 32_000, 48_000);

        Assert.All(output.Where((_, index) => index % 2 == 1), sample => Assert.Equal(0, sample));
        Assert.Equal(output.Where((_, index) => index % 2 == 0), ResamplingReader.Resample(stereo.Where((_, index) => index % 2 == 0).ToArray(), 1, 32_000, 48_000));
    }

    [Theory]
    [InlineData(32_000, 48_000, 1)]
    [InlineData(44_100, 48_000, 7)]
    [InlineData(48_000, 32_000, 1_000)]
    [InlineData(48_000, 44_101, 4_097)]
    [InlineData(192_000, 8_000, 3)]
    public void Read_CutInAnyWay_GivesTheSameSamples(int rateIn, int rateOut, int cut)
    {
        var random = new Random(cut);
        var samples = Enumerable.Range(0, 2 * 15_000).Select(_ => (2 * random.NextSingle()) - 1).ToArray();
        var whole = ResamplingReader.Resample(samples, 2, rateIn, rateOut);
        using var reader = new ResamplingReader(new Trickle(new MemoryReader(samples, 2, rateIn), cut), rateOut);
        var parts = new List<float>();
        var block = new float[2 * cut];

        for (var frames = reader.Read(block); frames > 0; frames = reader.Read(block)) parts.AddRange(block.AsSpan(0, 2 * frames));

        Assert.Equal(whole, parts);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Resample_SampleNotFinite_IsRefusedByItsIndex(float bad)
    {
        var samples = new float[100];
        samples[37] = bad;
        var refusal = Assert.Throws<ArgumentException>(() => ResamplingReader.Resample(samples, 2, 32_000, 48_000));
        Assert.Contains("Sample 37", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(999, 48_000)]
    [InlineData(48_000, 768_001)]
    public void Resample_RateOutOfRange_SaysWhatIsAllowed(int rateIn, int rateOut)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => ResamplingReader.Resample(new float[10], 1, rateIn, rateOut));
        Assert.Contains("1000 to 768000 Hz", refusal.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonElement> Arrays(string check) =>
        Cases.GetProperty("arrays").EnumerateArray().Where(reference => reference.GetProperty("check").GetString() == check);

    private static string Name(JsonElement reference) => reference.GetProperty("name").GetString()!;

    private static float[] Resampled(JsonElement reference) => ResamplingReader.Resample(
        Npy.ReadFloats(Path.Combine(Folder, reference.GetProperty("input").GetString()!)),
        reference.GetProperty("channels").GetInt32(),
        reference.GetProperty("rate_in").GetInt32(),
        reference.GetProperty("rate_out").GetInt32());

    private static float[] Sine(JsonElement reference, int rate, string frames)
    {
        var (amplitude, hertz, phase) =
            (reference.GetProperty("amplitude").GetDouble(), reference.GetProperty("freq_hz").GetDouble(), reference.GetProperty("phase_rad").GetDouble());
        return [.. Enumerable.Range(0, reference.GetProperty(frames).GetInt32()).Select(n => (float)(amplitude * Math.Sin((2 * Math.PI * hertz * n / rate) + phase)))];
    }

    private static double SignalToNoise(float[] expected, float[] output, int margin)
    {
        var (signal, noise) = (0.0, 0.0);
        for (var index = margin; index < expected.Length - margin; index++)
        {
            signal += (double)expected[index] * expected[index];
            noise += Math.Pow((double)output[index] - expected[index], 2);
        }

        return 10 * Math.Log10(signal / noise);
    }

    /// <summary>Least squares: the component of one frequency, also where it does not fit a whole number of times.</summary>
    private static double Amplitude(float[] samples, double hertz, int rate)
    {
        var (cc, cs, ss, xc, xs) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (var index = 0; index < samples.Length; index++)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * hertz * index / rate);
            (cc, cs, ss) = (cc + (cosine * cosine), cs + (cosine * sine), ss + (sine * sine));
            (xc, xs) = (xc + (samples[index] * cosine), xs + (samples[index] * sine));
        }

        var determinant = (cc * ss) - (cs * cs);
        var (a, b) = (((xc * ss) - (xs * cs)) / determinant, ((xs * cc) - (xc * cs)) / determinant);
        return Math.Sqrt((a * a) + (b * b));
    }

    private static double Decibels(double ratio) => 20 * Math.Log10(Math.Max(ratio, 1e-30));

    /// <summary>Gives a few frames at a time, as the last block of a file does.</summary>
    private sealed class Trickle(IAudioReader source, int frames) : IAudioReader
    {
        public int SampleRate => source.SampleRate;

        public int Channels => source.Channels;

        public int Read(Span<float> samples) => source.Read(samples[..Math.Min(samples.Length, frames * Channels)]);

        public void Dispose() => source.Dispose();
    }
}
