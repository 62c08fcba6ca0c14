using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using AudioReprompt.Audio.Mel;
using AudioReprompt.Audio.Resampling;

namespace AudioReprompt.Cli.Bench;

/// <summary>What stands before every CLAP score: the conversion to 48 kHz and the mel spectrogram of ten seconds, on one thread.</summary>
internal static class MelBench
{
    private const int Runs = 30;
    private const int Seconds = 10;
    private const double GoalMelMilliseconds = 15;
    private const double GoalResamplingMilliseconds = 100;

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stereo = Noise(2 * Seconds * 32_000);
        yield return await MeasureAsync(
            "mel.resample", $"{Seconds} s of stereo from 32 to 48 kHz", GoalResamplingMilliseconds,
            () => ResamplingReader.Resample(stereo, 2, 32_000, 48_000), cancellationToken);
        var disc = Noise(2 * Seconds * 44_100);
        yield return await MeasureAsync(
            "mel.resample.44100", $"{Seconds} s of stereo from 44.1 to 48 kHz", GoalResamplingMilliseconds,
            () => ResamplingReader.Resample(disc, 2, 44_100, 48_000), cancellationToken);
        var extractor = new ClapFeatureExtractor(new ClapPreprocessing { FrequencyMin = 50, Truncation = ClapPreprocessing.RandomTruncation });
        var mono = Noise(extractor.WindowSamples);
        var decibels = new float[extractor.Frames * extractor.MelBins];
        yield return await MeasureAsync(
            "mel.clap", $"{Seconds} s at 48 kHz to CLAP's mel spectrogram", GoalMelMilliseconds,
            () => extractor.ExtractWindow(mono, decibels), cancellationToken);
    }

    internal static Task<Measurement> MeasureAsync(string name, string what, double goalMilliseconds, Action work, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var times = new List<double>();
            // The first half warms up: the code is compiled again once it is known to be hot.
            for (var run = 0; run < 2 * Runs; run++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var started = Stopwatch.GetTimestamp();
                work();
                if (run >= Runs) times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }

            times.Sort();
            var detail = string.Create(CultureInfo.InvariantCulture, $"median of {Runs} on one thread, best {times[0]:0.00}, 95th percentile {times[Runs * 95 / 100]:0.00}");
            return new Measurement(name, what, times[Runs / 2], "ms", Goal.AtMost(goalMilliseconds), detail);
        },
        cancellationToken);

    /// <summary>White noise: no value makes the work shorter, and none is subnormal.</summary>
    internal static float[] Noise(int count)
    {
        var random = new Random(1);
        var samples = new float[count];
        foreach (ref var sample in samples.AsSpan()) sample = random.NextSingle() - 0.5f;
        return samples;
    }
}
