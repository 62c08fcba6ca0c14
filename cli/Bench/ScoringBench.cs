using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using AudioReprompt.Audio;
using AudioReprompt.Audio.Mel;
using AudioReprompt.Scoring.Clap;
using AudioReprompt.Statistics;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudioReprompt.Cli.Bench;

/// <summary>The CLAP score on this machine's CPU, by a full-size model with random weights, and distances between sets of embeddings.</summary>
internal static class ScoringBench
{
    private const int Runs = 15;
    private const int Seconds = 10;
    private const int SongRate = 32_000;
    private const double GoalMelMilliseconds = 15;
    private const double GoalScoreSeconds = 0.35;
    private const int Dimensions = 512;
    private const int Clips = 80;
    private const int Distances = 1_000;

    /// <summary>Of 62 bytes, and so with the model's tokenizer 64 tokens: as long as a refined prompt.</summary>
    private const string Prompt = "A slow legato melody of soft marimba and warm strings, sweetly";

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = Path.Combine(BenchModel.Configuration.Folder, ".build", "bench-clap");
        Directory.CreateDirectory(folder);
        try
        {
            foreach (var measurement in await Task.Run(() => MeasureModel(folder, cancellationToken).ToList(), cancellationToken)) yield return measurement;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var extractor = new ClapFeatureExtractor(new ClapPreprocessing { FrequencyMin = 50, Truncation = ClapPreprocessing.RandomTruncation });
        var (mono, decibels) = (MelBench.Noise(extractor.WindowSamples), new float[extractor.Frames * extractor.MelBins]);
        yield return await MelBench.MeasureAsync(
            "scoring.mel", $"{Seconds} s at 48 kHz to CLAP's mel spectrogram", GoalMelMilliseconds, () => extractor.ExtractWindow(mono, decibels), cancellationToken);
        yield return await Task.Run(() => MeasureDistances(cancellationToken), cancellationToken);
    }

    private static IEnumerable<Measurement> MeasureModel(string folder, CancellationToken cancellationToken)
    {
        ClapCheckpoint.Write(folder);
        var settings = ClapSettings.Of(BenchModel.Configuration) with { CacheFolder = Path.Combine(folder, "cache") };
        var started = Stopwatch.GetTimestamp();
        // Builds the graphs; that is paid once.
        ClapModel.Load(folder, "random", settings, NullLogger.Instance).Dispose();
        var first = Stopwatch.GetElapsedTime(started).TotalSeconds;
        GC.Collect();
        ResidentMemory.ResetPeak();
        started = Stopwatch.GetTimestamp();
        using var model = ClapModel.Load(folder, "random", settings, NullLogger.Instance);
        yield return new Measurement(
            "scoring.load", "CLAP ready, from a warm cache, with its test of a sine and noise", Stopwatch.GetElapsedTime(started).TotalSeconds, "s", Goal.Unlimited,
            string.Create(CultureInfo.InvariantCulture, $"{model.Device.Split(':')[0]}; the first load, which builds the graphs, {first:0.0} s"));

        var song = MelBench.Noise(Seconds * SongRate);
        var (texts, scores) = (new List<double>(), new List<double>());
        for (var run = 0; run < 2 * Runs; run++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            started = Stopwatch.GetTimestamp();
            var text = model.EmbedText(Prompt);
            var read = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var score = CosineSimilarity.Between(text, model.EmbedAudio(new MemoryReader(song, 1, SongRate), cancellationToken).Embedding);
            if (!double.IsFinite(score)) throw new InvalidOperationException($"The score is {score}.");
            // The first half warms up.
            if (run < Runs) continue;
            texts.Add(read);
            scores.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        texts.Sort();
        scores.Sort();
        yield return new Measurement(
            "scoring.score", $"CLAP score of {Seconds} s at 32 kHz and a prompt of {model.Tokenize(Prompt).Length} tokens", scores[Runs / 2], "s", Goal.AtMost(GoalScoreSeconds),
            string.Create(CultureInfo.InvariantCulture, $"median of {Runs}, best {scores[0]:0.000}; {texts[Runs / 2]:0.000} s of it the text"));
        yield return new Measurement("scoring.memory", "the process at its peak, loading and scoring", ResidentMemory.Peak() / 1e6, "MB", Goal.Unlimited, "resident, with the mapped weights");
    }

    private static Measurement MeasureDistances(CancellationToken cancellationToken)
    {
        var random = new Random(1);
        float[][] Set() => [.. Enumerable.Range(0, Clips).Select(_ => Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        var reference = GaussianFit.Of(Set());
        var sets = Enumerable.Range(0, 10).Select(_ => Set()).ToArray();
        var sum = 0.0;
        var started = Stopwatch.GetTimestamp();
        for (var distance = 0; distance < Distances; distance++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sum += FrechetDistance.Between(reference, GaussianFit.Of(sets[distance % sets.Length]));
        }

        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return sum > 0
            ? new Measurement(
                "scoring.frechet", $"{Distances} Fréchet distances of {Clips} against {Clips} embeddings of {Dimensions} numbers", elapsed, "s", Goal.Unlimited,
                string.Create(CultureInfo.InvariantCulture, $"{1000 * elapsed / Distances:0.0} ms each, with the fit of one set, on one thread"))
            : throw new InvalidOperationException($"The distances sum to {sum}.");
    }
}
