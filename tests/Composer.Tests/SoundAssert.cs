using AudioReprompt.Music;

namespace AudioReprompt.Composing.Tests;

internal static class SoundAssert
{
    private const int MillisecondSamples = 2 * 32;

    /// <summary>Finite, no louder than −1 dBFS, no click at either end, no DC, no long silence.</summary>
    public static void IsClean(GeneratedAudio audio, double longestSilenceSeconds = 1.5)
    {
        var samples = audio.Samples;
        double sum = 0;
        float peak = 0;
        foreach (var sample in samples)
        {
            if (!float.IsFinite(sample)) Assert.Fail("A sample is not finite.");
            peak = Math.Max(peak, Math.Abs(sample));
            sum += sample;
        }

        Assert.InRange(peak, 0.02f, 0.89f);
        Assert.InRange(sum / samples.Length, -1e-3, 1e-3);
        Assert.Equal(0, samples[0]);
        Assert.Equal(0, samples[^1]);
        Assert.All(samples[..MillisecondSamples], sample => Assert.InRange(sample, -0.02f, 0.02f));
        Assert.All(samples[^MillisecondSamples..], sample => Assert.InRange(sample, -0.02f, 0.02f));
        Assert.InRange(new Listening(audio).LongestSilenceSeconds, 0, longestSilenceSeconds);
    }
}
