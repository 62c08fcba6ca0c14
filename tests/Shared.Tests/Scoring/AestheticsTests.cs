using AudioReprompt.Audio.Loudness;
using AudioReprompt.Scoring.Aesthetics;

namespace AudioReprompt.Tests.Scoring;

public sealed class AestheticsTests
{
    [Fact]
    public void Measure_SineOfKnownLevel_HasItsLoudnessAndPeak()
    {
        // BS.1770-4: a sine of 997 Hz at 0 dBFS in one channel reads -3.01 LUFS.
        var scores = Measure(Signals.Sine(3, 997, 0.1));

        Assert.Equal(-23.01, scores.LoudnessLufs!.Value, 0.02);
        Assert.Equal(-20, scores.TruePeakDbtp!.Value, 0.02);
        Assert.Equal((0.0, 0.0), (scores.ClippedShare, scores.SilenceShare));
        Assert.Null(scores.BeatClarity);
        Assert.Equal("Fewer than 4 notes begin.", scores.Reasons["beat_clarity"]);
    }

    [Fact]
    public void Measure_SineThatSwellsAndFades_HasABandwidthUpToItself()
    {
        // One that is cut off is a click at its end, and a click has all frequencies.
        var sine = Signals.Sine(3, 997, 0.1);
        for (var frame = 0; frame < sine.Length; frame++) sine[frame] *= MathF.Sin(MathF.PI * frame / sine.Length);
        Assert.InRange(Measure(sine).BandwidthHz!.Value, 997, 1_030);
    }

    [Fact]
    public void Measure_SquareWaveAtFullScale_IsClippedThroughout()
    {
        var square = Enumerable.Range(0, Signals.SampleRate).Select(frame => frame / 50 % 2 == 0 ? 1f : -1f).ToArray();
        var scores = Measure(square);

        Assert.Equal(1, scores.ClippedShare);
        Assert.True(scores.TruePeakDbtp > 0, $"{scores.TruePeakDbtp} dBTP");
    }

    [Theory]
    [InlineData(1.0, 0)]
    [InlineData(2.0, 2.0 / 3)]
    public void Measure_SineDrivenBeyondFullScale_ClipsTheShareThatLiesAbove(double gain, double expected)
    {
        // |sin x| > 1/2 for two thirds of the time; at full scale a sine only touches.
        var clipped = Signals.Sine(1, 400, gain).Select(sample => Math.Clamp(sample, -1f, 1f)).ToArray();
        Assert.Equal(expected, Measure(clipped).ClippedShare!.Value, 0.02);
    }

    [Fact]
    public void Measure_Silence_IsNullWithTheReasonWhereNothingCanBeMeasured()
    {
        var scores = Measure(new float[2 * Signals.SampleRate]);

        Assert.Equal((1.0, 0.0), (scores.SilenceShare, scores.ClippedShare));
        Assert.Equal((null, null, null), (scores.LoudnessLufs, scores.TruePeakDbtp, scores.KeyClarity));
        Assert.Equal((null, null), (scores.BeatClarity, scores.BandwidthHz));
        string[] named = ["audiobox", "bandwidth_hz", "beat_clarity", "key_clarity", "loudness_lufs", "true_peak_dbtp"];
        Assert.Equal(named, scores.Reasons.Keys);
        Assert.Equal("The recording is silent.", scores.Reasons["loudness_lufs"]);
    }

    [Fact]
    public void Measure_HalfSilent_SaysHalf()
    {
        float[] sound = [.. Signals.Sine(2, 440, 0.5), .. new float[2 * Signals.SampleRate]];
        Assert.Equal(0.5, Measure(sound).SilenceShare!.Value, 0.01);
    }

    [Fact]
    public void Measure_ClickTrack_HasAClearBeatAndNoiseHasNone()
    {
        var clicks = Measure(Signals.Clicks(8, 120)).BeatClarity!.Value;
        var noise = Measure(Signals.Noise(8, 0.3)).BeatClarity ?? 0;

        Assert.InRange(clicks, 0.9, 1);
        Assert.InRange(noise, 0, 0.4);
    }

    [Fact]
    public void Measure_MajorTriad_HasAClearerKeyThanNoise()
    {
        var triad = Signals.Sine(3, 261.63, 0.2).Zip(Signals.Sine(3, 329.63, 0.2), Signals.Sine(3, 392, 0.2)).Select(one => one.First + one.Second + one.Third).ToArray();
        var clear = Measure(triad).KeyClarity!.Value;
        var noise = Measure(Signals.Noise(3, 0.3));

        Assert.InRange(clear, 0.8, 1);
        Assert.True(noise.KeyClarity < clear - 0.2, $"{noise.KeyClarity} against {clear}");
        Assert.InRange(noise.BandwidthHz!.Value, 23_900, 24_000);
    }

    [Fact]
    public void Measure_LongStereo_LevelsAreThoseOfTheWhole()
    {
        // 30.1 s: several windows, and a rest that is no whole number of hops or stretches.
        var left = Signals.Noise(30.1, 0.4);
        var stereo = new float[2 * left.Length];
        for (var frame = 0; frame < left.Length; frame++) (stereo[2 * frame], stereo[(2 * frame) + 1]) = (left[frame], 0.5f * left[^(frame + 1)]);
        var levels = SignalLevels.Measure(Signals.Reader(stereo, 2)(), CancellationToken.None);

        Assert.Equal(left.Length, levels.Frames);
        Assert.Equal(IntegratedLoudness.Measure(stereo, 2, Signals.SampleRate), levels.Loudness);
        Assert.Equal(TruePeak.Measure(stereo, 2), levels.TruePeak);
    }

    [Theory]
    [InlineData(3, 48_000)]
    [InlineData(1, 4_000)]
    public void Measure_ChannelsOrRateOutsideTheStandard_HasNoLoudnessAndTheRest(int channels, int sampleRate)
    {
        var sine = Signals.Sine(1, 440, 0.5, sampleRate);
        var samples = sine.SelectMany(sample => Enumerable.Repeat(sample, channels)).ToArray();
        var scores = new AestheticMeasurement(null).Measure(Signals.Reader(samples, channels, sampleRate), CancellationToken.None);

        Assert.Null(scores.LoudnessLufs);
        Assert.Contains("4,001 Hz", scores.Reasons["loudness_lufs"], StringComparison.Ordinal);
        Assert.Equal(-6.02, scores.TruePeakDbtp!.Value, 0.1);
    }

    [Fact]
    public void Measure_NoSamples_IsRefused() => Assert.Throws<InvalidDataException>(() => Measure([]));

    private static AestheticScores Measure(float[] samples) => new AestheticMeasurement(null).Measure(Signals.Reader(samples), CancellationToken.None);
}
