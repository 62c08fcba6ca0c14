using AudioReprompt.Audio;

namespace AudioReprompt.Tests.Scoring;

/// <summary>Sounds whose numbers are known beforehand.</summary>
internal static class Signals
{
    public const int SampleRate = 48_000;

    public static float[] Sine(double seconds, double hz, double amplitude, int sampleRate = SampleRate) =>
        [.. Enumerable.Range(0, (int)(seconds * sampleRate)).Select(frame => (float)(amplitude * Math.Sin(2 * Math.PI * hz * frame / sampleRate)))];

    public static float[] Noise(double seconds, double amplitude)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, (int)(seconds * SampleRate)).Select(_ => (float)(amplitude * ((2 * random.NextDouble()) - 1)))];
    }

    /// <summary>Short bursts of a tone.</summary>
    public static float[] Clicks(double seconds, double bpm)
    {
        var sound = new float[(int)(seconds * SampleRate)];
        for (var beat = 0.0; beat < seconds; beat += 60 / bpm)
        {
            var start = (int)(beat * SampleRate);
            for (var frame = 0; frame < SampleRate / 50 && start + frame < sound.Length; frame++)
                sound[start + frame] = (float)(0.8 * Math.Exp(-frame / (SampleRate / 300.0)) * Math.Sin(2 * Math.PI * 1_500 * frame / SampleRate));
        }

        return sound;
    }

    public static Func<IAudioReader> Reader(float[] samples, int channels = 1, int sampleRate = SampleRate) => () => new MemoryReader(samples, channels, sampleRate);
}
