using System.CommandLine;
using AudioReprompt.Cli.Bench;
using AudioReprompt.Cli.Bench.MixedLoad;
using AudioReprompt.Cli.Bench.Requests;
using AudioReprompt.Cli.Bench.Soak;
using AudioReprompt.Hosting;

namespace AudioReprompt.Cli;

/// <summary><c>audioreprompt bench [NAME…]</c>: measures this machine against the goals.</summary>
internal static class BenchCommand
{
    private static readonly OrderedDictionary<string, Func<CancellationToken, IAsyncEnumerable<Measurement>>> Benches = new()
    {
        ["api"] = ApiBench.RunAsync,
        ["scoring-load"] = ScoringLoadBench.RunAsync,
        ["startup"] = StartupBench.RunAsync,
        ["composer"] = ComposerBench.RunAsync,
        ["worker"] = WorkerBench.RunAsync,
        ["storage"] = StorageBench.RunAsync,
        ["mel"] = MelBench.RunAsync,
        ["scoring"] = ScoringBench.RunAsync,
        ["musicgen"] = MusicGenBench.RunAsync,
        ["quality"] = QualityBench.RunAsync,
        ["transformersjs"] = PeerBench.RunAsync,
        ["soak"] = SoakBench.RunAsync,
        ["requests"] = RequestsBench.RunAsync,
        ["load"] = LoadBench.RunAsync,
    };

    /// <summary>Proofs under faults or load that take long: only when they are named.</summary>
    private static readonly string[] OnlyWhenNamed = ["soak", "requests", "load"];

    public static Command Create()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = $"What to measure: {string.Join(", ", Benches.Keys)}. Default: all but {string.Join(", ", OnlyWhenNamed)}.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        names.AcceptOnlyFromAmong([.. Benches.Keys]);
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var command = new Command("bench", "Compare speed and memory on this machine with the goals (some minutes; with scoring 1.3 GB of disk for a while, with musicgen 4.6 GB and a quarter of an hour).") { names, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(names)!, parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string[] names, bool json, CancellationToken cancellationToken)
    {
        if (ConfigCommand.Load() is null) return ServerProcess.BadInput;
        var machine = MachineFacts.Read();
        var measurements = new List<Measurement>();
        var failures = new Dictionary<string, string>();
        try
        {
            foreach (var (name, measure) in Benches)
            {
                if (names.Length > 0 ? !names.Contains(name) : OnlyWhenNamed.Contains(name)) continue;
                await Console.Error.WriteLineAsync($"Measuring {name} …");
                if (await CollectAsync(measure(cancellationToken), measurements, cancellationToken) is not { } failure) continue;
                await Console.Error.WriteLineAsync($"{name} could not be measured: {failure}");
                failures.Add(name, failure);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return ServerProcess.Failed;
        }

        var report = new BenchReport(machine, measurements, failures);
        if (json) Console.WriteLine(report.ToJson());
        else report.Print();
        return failures.Count == 0 ? ServerProcess.Done : ServerProcess.Failed;
    }

    /// <returns>Why the rest could not be measured; null when all was.</returns>
    private static async Task<string?> CollectAsync(IAsyncEnumerable<Measurement> source, List<Measurement> measurements, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var measurement in source) measurements.Add(measurement);
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, what has been measured and the other benches are still wanted.
            return exception.Message;
        }
    }
}
