using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace AudioReprompt.Cli.Bench;

/// <summary>
/// How long it takes until front door and worker listen: the two processes alone, and all that <c>./audioreprompt up</c> does.
/// </summary>
internal static class StartupBench
{
    private const int Runs = 5;
    private const double GoalSeconds = 3;

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await MeasureAsync(
            "startup.processes", "Start of front door and worker until both listen", TimePairAsync, cancellationToken);
        if (Launcher.Find() is not { } launcher) yield break;

        // The first one installs and builds what is not up to date; that is no part of a start.
        await launcher.TimeUpAsync(cancellationToken);
        yield return await MeasureAsync(
            "startup.up",
            "./audioreprompt up until it says that it is ready (stops on SIGTERM with exit code 0)",
            launcher.TimeUpAsync,
            cancellationToken);
    }

    private static async Task<TimeSpan> TimePairAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var servers = await PrivateServers.StartAsync(cancellationToken);
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<Measurement> MeasureAsync(
        string name, string what, Func<CancellationToken, Task<TimeSpan>> timeAsync, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        while (times.Count < Runs) times.Add((await timeAsync(cancellationToken)).TotalSeconds);
        times.Sort();
        return new Measurement(
            name,
            what,
            times[Runs / 2],
            "s",
            Goal.AtMost(GoalSeconds),
            string.Create(CultureInfo.InvariantCulture, $"median of {Runs}; {times[0]:0.00} … {times[^1]:0.00}"));
    }
}
