using System.Diagnostics;
using AudioReprompt.Cli.Servers;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

/// <summary>The built programs, as a user's shell starts them.</summary>
internal static class Programs
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Where the command lies with everything it starts: the project's own output, not the tests' copy.</summary>
    private static readonly string Folder =
        Path.Combine(Repository.Root, "cli", "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0");

    /// <summary>Runs <c>audioreprompt</c> to its end.</summary>
    public static async Task<Ended> RunAsync(string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Start(folder, arguments, environment);
        using var limit = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new Ended(process.ExitCode, await output, await error);
    }

    /// <param name="folder">The current folder of the command, without a configuration of its own.</param>
    public static Process Start(string folder, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Folder, "audioreprompt.dll"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AUDIOREPROMPT_CONFIG"] = Path.Combine(Repository.Root, "config.yaml");
        start.Environment["AUDIOREPROMPT__STORAGE__PATH"] = folder;
        // Nobody listens there, so that a front door of the developer's own is not used.
        start.Environment["AUDIOREPROMPT__API__PORT"] = ServerPair.FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task TerminateAsync(Process process)
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        using var limit = new CancellationTokenSource(Patience);
        await kill.WaitForExitAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
    }
}

/// <summary>What a finished command left.</summary>
internal sealed record Ended(int ExitCode, string Output, string Error);
