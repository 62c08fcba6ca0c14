using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AudioReprompt.Worker;
using AudioReprompt.Worker.Jobs;

namespace AudioReprompt.Cli.Bench;

/// <summary>
/// A worker like the product's, whose handler only calculates: what is measured is the worker, and every result can be checked. Hidden, as it is
/// of use to <c>bench worker</c> alone.
/// </summary>
internal static class BenchWorkerProcess
{
    public const string Name = "bench-worker-process";

    /// <summary>What the handler makes of <c>{"n": n}</c>.</summary>
    public static long ResultOf(long n) => (n * n) + 7;

    /// <summary>Comes before the parser, which would take SIGTERM for itself and keep it from the worker.</summary>
    /// <returns>null: another command was asked for; else the exit code.</returns>
    public static async Task<int?> TryRunAsync(string[] args) =>
        args is [Name, .. var flags] ? await WorkerProgram.RunAsync(flags, (_, _, _, _) => new WorkerParts(Handler.Of(Calculate), [])) : null;

    /// <summary>The result, and when the handler was called, by the clock that all processes of a machine share.</summary>
    private static JsonElement Calculate(JobContext job)
    {
        var called = Stopwatch.GetTimestamp();
        var n = job.Input.GetProperty("n").GetInt64();
        return JsonElement.Parse(string.Create(CultureInfo.InvariantCulture, $"{{\"result\":{ResultOf(n)},\"called\":{called}}}"));
    }
}
