using AudioReprompt.Audio.Loudness;
using AudioReprompt.Music;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Tests;

internal static class SoundAssert
{
    private const int MillisecondSamples = 2 * 32;

    /// <summary>As <see cref="IsClean"/>, and as loud as the plan's dynamics ask: −22 LUFS (soft) to −14 LUFS (loud), within 1 LU.</summary>
    public static void IsMastered(GeneratedAudio audio, MusicalPlan plan, double longestSilenceSeconds = 1.5)
    {
        IsClean(audio, longestSilenceSeconds);
        var loudness = IntegratedLoudness.Measure(audio.Samples, audio.Channels, audio.SampleRate).Lufs;
        var wanted = -22 + (8 * plan.Dynamics);
        Assert.True(Math.Abs(loudness!.Value - wanted) <= 1, $"{loudness:0.00} LUFS instead of {wanted:0.00}: {plan}, {string.Join(", ", plan.Instruments)}, {audio.DurationSeconds} s");
    }

    /// <summary>Finite, true peak at most −1 dBTP, no click at either end, no DC, no long silence.</summary>
    public static void IsClean(GeneratedAudio audio, double longestSilenceSeconds = 1.5)
    {
        var samples = audio.Samples;
        double sum = 0;
        foreach (var sample in samples)
        {
            if (!float.IsFinite(sample)) Assert.Fail("A sample is not finite.");
            sum += sample;
        }

        Assert.InRange(TruePeak.ToDecibels(TruePeak.Measure(samples, audio.Channels)), -34, -1);
        Assert.InRange(sum / samples.Length, -1e-3, 1e-3);
        Assert.Equal(0, samples[0]);
        Assert.Equal(0, samples[^1]);
        Assert.All(samples[..MillisecondSamples], sample => Assert.InRange(sample, -0.02f, 0.02f));
        Assert.All(samples[^MillisecondSamples..], sample => Assert.InRange(sample, -0.02f, 0.02f));
        Assert.InRange(new Listening(audio).LongestSilenceSeconds, 0, longestSilenceSeconds);
    }
}
