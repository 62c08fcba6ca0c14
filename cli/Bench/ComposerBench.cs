using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using AudioReprompt.Composing;
using AudioReprompt.Music;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Bench;

/// <summary>The composer in this process: how long it takes for half a minute of music, and how much memory.</summary>
internal static class ComposerBench
{
    private const int Runs = 5;
    private const double DurationSeconds = 30;
    private const double GoalSeconds = 0.3;
    private const double GoalMegabytes = 60;

    /// <summary>As much as a plan can ask for: all voices, many notes, a long reverberation.</summary>
    private static readonly MusicalPlan Fullest = MusicalPlan.Neutral with
    {
        TempoBpm = 160,
        Density = 1,
        Roughness = 1,
        Brightness = 1,
        Reverberance = 1,
        Instruments = [Instrument.Piano, Instrument.BowedStrings, Instrument.Brass, Instrument.Pad, Instrument.Bass, Instrument.HandDrums],
    };

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string what = "30 s of music by the composer";
        foreach (var measurement in await MeasureAsync("composer.ordinary", $"{what}, ordinary plan", MusicalPlan.Neutral, cancellationToken)) yield return measurement;
        foreach (var measurement in await MeasureAsync("composer.fullest", $"{what}, fullest plan", Fullest, cancellationToken)) yield return measurement;
    }

    private static async Task<Measurement[]> MeasureAsync(string name, string what, MusicalPlan plan, CancellationToken cancellationToken)
    {
        var engine = new ComposerEngine();
        await TimeAsync(engine, plan, seed: 0, cancellationToken);
        GC.Collect();
        var memoryBefore = ResidentMemory.Of(Environment.ProcessId);
        ResidentMemory.ResetPeak();
        var times = new List<double>();
        while (times.Count < Runs) times.Add((await TimeAsync(engine, plan, seed: 1 + times.Count, cancellationToken)).TotalSeconds);
        var memory = Math.Max(0, ResidentMemory.Peak() - memoryBefore);
        times.Sort();
        var median = times[Runs / 2];
        const double outputMegabytes = DurationSeconds * 32_000 * 2 * sizeof(float) / 1e6;
        return
        [
            new(
                name, what, median, "s", Goal.AtMost(GoalSeconds),
                string.Create(CultureInfo.InvariantCulture, $"median of {Runs}; {DurationSeconds / median:0} times real time")),
            new(
                $"{name}.memory", $"{what}: memory beyond the output", Math.Max(0, (memory / 1e6) - outputMegabytes), "MB", Goal.AtMost(GoalMegabytes),
                string.Create(CultureInfo.InvariantCulture, $"the process grew by {memory / 1e6:0} MB at the peak, {outputMegabytes:0.0} MB of it the samples")),
        ];
    }

    private static async Task<TimeSpan> TimeAsync(ComposerEngine engine, MusicalPlan plan, long seed, CancellationToken cancellationToken)
    {
        var request = new MusicRequest("", plan, DurationSeconds, seed, new SamplingOptions());
        var started = Stopwatch.GetTimestamp();
        var audio = await engine.GenerateAsync(request, progress: null, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return Math.Abs(audio.DurationSeconds - DurationSeconds) < 0.1
            ? elapsed
            : throw new InvalidOperationException($"The composer made {audio.DurationSeconds} s of music instead of {DurationSeconds} s.");
    }
}
