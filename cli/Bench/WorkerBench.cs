using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace AudioReprompt.Cli.Bench;

/// <summary>The worker on RunPod's protocol: how quick it is, and whether it loses anything when all goes wrong at once.</summary>
internal static class WorkerBench
{
    private const string Program = "AudioReprompt.Worker.dll";
    private const string Calculator = "audioreprompt.dll";

    private const int StartRuns = 5;
    private const int LatencyJobs = 300;
    private const int LatencyWarmUp = 100;
    private const int SpeedJobs = 20_000;
    private const int SpeedConcurrency = 32;
    private const int TortureJobs = 10_000;
    private const int TortureConcurrency = 8;
    private const double FaultShare = 0.05;
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(10);

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await MeasureStartAsync(cancellationToken);
        yield return await MeasureLatencyAsync(cancellationToken);
        yield return await MeasureSpeedAsync(cancellationToken);
        yield return await MeasureIdleAsync(cancellationToken);
        yield return await MeasureDeadServerAsync(cancellationToken);
        foreach (var measurement in await TortureAsync(cancellationToken)) yield return measurement;
    }

    private static async Task<Measurement> MeasureStartAsync(CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var run = 0; run < StartRuns; run++)
        {
            await using var plane = await BenchControlPlane.StartAsync(new BenchQueue(0), new BenchFaults(0, 0));
            var started = Stopwatch.GetTimestamp();
            await using var worker = BenchWorker.Start(Program, [], plane.Environment());
            await worker.WaitAsync(plane.FirstTake, LongestRun, cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(started, await plane.FirstTake).TotalSeconds);
        }

        times.Sort();
        return new Measurement(
            "worker.start",
            "Worker: process start until its first take",
            times[StartRuns / 2],
            "s",
            Goal.AtMost(0.5),
            Text($"median of {StartRuns}; {times[0]:0.00} … {times[^1]:0.00}"));
    }

    private static async Task<Measurement> MeasureLatencyAsync(CancellationToken cancellationToken)
    {
        var queue = new BenchQueue(LatencyWarmUp + LatencyJobs);
        await using var plane = await RunAsync(queue, concurrency: 1, cancellationToken);
        var delays = plane.HandlerDelays.Where(delay => delay.Key >= LatencyWarmUp).Select(delay => delay.Value).Order().ToArray();
        return new Measurement(
            "worker.latency",
            "Worker: answer of a take until its handler is called, one job after the other",
            delays[delays.Length / 2],
            "ms",
            Goal.AtMost(2),
            Text($"median of {delays.Length}; p95 {delays[delays.Length * 95 / 100]:0.00}, most {delays[^1]:0.00}"));
    }

    private static async Task<Measurement> MeasureSpeedAsync(CancellationToken cancellationToken)
    {
        var queue = new BenchQueue(SpeedJobs);
        await using var plane = await RunAsync(queue, SpeedConcurrency, cancellationToken);
        var took = Stopwatch.GetElapsedTime(await plane.FirstTake).TotalSeconds;
        return new Measurement(
            "worker.speed",
            $"Worker: trivial jobs through one process (concurrency {SpeedConcurrency}, log level ERROR), the control plane on the same cores",
            SpeedJobs / took,
            "jobs/s",
            Goal.AtLeast(2_000),
            Text($"{SpeedJobs:N0} jobs in {took:0.0} s, {plane.Takes:N0} takes"));
    }

    private static async Task<Measurement> MeasureIdleAsync(CancellationToken cancellationToken)
    {
        await using var plane = await BenchControlPlane.StartAsync(new BenchQueue(0), new BenchFaults(0, 0));
        await using var worker = BenchWorker.Start(Program, [], plane.Environment());
        await worker.WaitAsync(plane.FirstTake, LongestRun, cancellationToken);
        // What the start leaves to do in the background is no idling.
        await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
        var before = worker.ProcessorTime;
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(Watched, cancellationToken);
        var share = 100 * (worker.ProcessorTime - before) / Stopwatch.GetElapsedTime(start);
        return new Measurement(
            "worker.idle", "Worker: processor time while idle, of one core", share, "%", Goal.AtMost(1), Text($"over {Watched.TotalSeconds:0} s, a ping every second"));
    }

    private static async Task<Measurement> MeasureDeadServerAsync(CancellationToken cancellationToken)
    {
        await using var plane = await BenchControlPlane.StartAsync(new BenchQueue(0), new BenchFaults(0, 0));
        using var dead = new DeadServer();
        var environment = plane.Environment();
        environment["RUNPOD_WEBHOOK_GET_JOB"] = $"{dead.Url}/job-take/$ID?gpu=bench";
        await using var worker = BenchWorker.Start(Program, [], environment);
        var start = Stopwatch.GetTimestamp();
        while (dead.Takes == 0 && Stopwatch.GetElapsedTime(start) < LongestRun) await Task.Delay(5, cancellationToken);
        start = Stopwatch.GetTimestamp();
        await Task.Delay(Watched, cancellationToken);
        var rate = dead.Takes / Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Measurement("worker.dead", "Worker: takes against a dead server", rate, "per s", Goal.AtMost(2), Text($"{dead.Takes} in {Watched.TotalSeconds:0} s"));
    }

    /// <summary>Runs all jobs of a queue through one worker.</summary>
    private static async Task<BenchControlPlane> RunAsync(BenchQueue queue, int concurrency, CancellationToken cancellationToken)
    {
        var plane = await BenchControlPlane.StartAsync(queue, new BenchFaults(0, 0));
        await using var worker = StartCalculator(plane, concurrency, outbox: "");
        await worker.WaitAsync(queue.Done, LongestRun, cancellationToken);
        return plane;
    }

    /// <summary>Many jobs, faults of every kind, and a worker that is killed again and again.</summary>
    private static async Task<IReadOnlyList<Measurement>> TortureAsync(CancellationToken cancellationToken)
    {
        var outbox = Directory.CreateTempSubdirectory("audioreprompt-bench-");
        var queue = new BenchQueue(TortureJobs);
        var faults = new BenchFaults(FaultShare, seed: 86);
        var (crashes, stops, unclean) = (0, 0, 0);
        var start = Stopwatch.GetTimestamp();
        try
        {
            await using var plane = await BenchControlPlane.StartAsync(queue, faults);
            while (!queue.Done.IsCompleted && Stopwatch.GetElapsedTime(start) < LongestRun)
            {
                await using var worker = StartCalculator(plane, TortureConcurrency, outbox.FullName);
                if (await Task.WhenAny(queue.Done, Task.Delay(BetweenKills, cancellationToken)) == queue.Done) break;
                cancellationToken.ThrowIfCancellationRequested();
                if ((crashes + stops) % 2 == 0)
                {
                    await worker.KillAsync();
                    crashes++;
                }
                else
                {
                    if (await worker.TerminateAsync() != 0) unclean++;
                    stops++;
                }

                queue.WorkerGone();
            }

            // Whatever would come too late or twice gets its chance.
            await using (StartCalculator(plane, TortureConcurrency, outbox.FullName)) await Task.Delay(BetweenKills, cancellationToken);
        }
        finally
        {
            outbox.Delete(recursive: true);
        }

        var what = Text($"Torture, {TortureJobs:N0} jobs at concurrency {TortureConcurrency}, {FaultShare:P0} of the calls fail in seven ways, killed every {BetweenKills.TotalSeconds:0} s");
        var seen = Text($"{Stopwatch.GetElapsedTime(start).TotalSeconds:0} s, {faults.Total} faults, {crashes} times kill -9, {stops} times -15, {queue.QueuedAgain} jobs queued again");
        return
        [
            new Measurement("worker.torture.lost", $"{what}: jobs without their right result", queue.Count - queue.Ended + queue.Wrong, "", Goal.AtMost(0), seen),
            new Measurement("worker.torture.twice", "Torture: results posted again after they were acknowledged", queue.PostedAgain, "", Goal.AtMost(0), "the acknowledgement was sent in full"),
            new Measurement("worker.torture.exits", "Torture: exits after SIGTERM with a code other than 0", unclean, "", Goal.AtMost(0), Text($"{stops} exits")),
        ];
    }

    private static BenchWorker StartCalculator(BenchControlPlane plane, int concurrency, string outbox)
    {
        var environment = plane.Environment();
        environment["AUDIOREPROMPT__WORKER__CONCURRENCY"] = concurrency.ToString(CultureInfo.InvariantCulture);
        environment["AUDIOREPROMPT__WORKER__OUTBOX"] = outbox;
        return BenchWorker.Start(Calculator, [BenchWorkerProcess.Name, "--rp_log_level", "ERROR"], environment);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
