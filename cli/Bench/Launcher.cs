using System.Diagnostics;
using AudioReprompt.Cli.Servers;
using AudioReprompt.Hosting;

namespace AudioReprompt.Cli.Bench;

/// <summary>The script <c>./audioreprompt</c> of the repository that this program was built from.</summary>
internal sealed class Launcher(string path)
{
    private const string ReadyLine = "AudioReprompt is ready";

    private static readonly TimeSpan LongestBuild = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);

    /// <returns>
    /// null outside a repository, on Windows, and where the launcher has built nothing yet: it would build now, and so replace
    /// the program that is running.
    /// </returns>
    public static Launcher? Find()
    {
        if (OperatingSystem.IsWindows()) return null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "AudioReprompt.sln"))) continue;
            var hasBuilt = File.Exists(Path.Combine(folder.FullName, ".build", "programs"));
            return hasBuilt ? new Launcher(Path.Combine(folder.FullName, "audioreprompt")) : null;
        }

        return null;
    }

    /// <summary>Runs <c>up</c> until it is ready, then stops it.</summary>
    /// <returns>From the start of the script to the line that says so.</returns>
    /// <exception cref="InvalidOperationException">It ended before it was ready, or not cleanly.</exception>
    /// <exception cref="TimeoutException">It was not ready, or did not stop, in time.</exception>
    public async Task<TimeSpan> TimeUpAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("audioreprompt-bench-");
        using var up = new Process { StartInfo = StartInfo(folder.FullName) };
        var output = new List<string?>();
        var started = Stopwatch.GetTimestamp();
        up.Start();
        try
        {
            // Both streams are read to their ends, so that it never has to wait for us.
            var errors = up.StandardError.ReadToEndAsync(cancellationToken);
            do output.Add(await up.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(LongestBuild, cancellationToken));
            while (output[^1]?.StartsWith(ReadyLine, StringComparison.Ordinal) == false);
            var elapsed = Stopwatch.GetElapsedTime(started);
            var rest = up.StandardOutput.ReadToEndAsync(cancellationToken);
            if (!up.HasExited) ChildServer.Terminate(up);
            await up.WaitForExitAsync(cancellationToken).WaitAsync(LongestStop, cancellationToken);
            if (up.ExitCode == ServerProcess.Done && output[^1] is not null) return elapsed;

            output.Add(await rest + await errors);
            throw new InvalidOperationException($"./audioreprompt up ended with exit code {up.ExitCode}:\n{string.Join('\n', output)}");
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException(
                $"./audioreprompt up was not ready, or did not stop, in time:\n{string.Join('\n', output)}", exception);
        }
        finally
        {
            if (!up.HasExited)
            {
                up.Kill(entireProcessTree: true);
                await up.WaitForExitAsync(CancellationToken.None);
            }

            folder.Delete(recursive: true);
        }
    }

    private ProcessStartInfo StartInfo(string folder)
    {
        var start = new ProcessStartInfo(path)
        {
            ArgumentList = { "up", "--port", "0", "--worker-port", "0" },
            WorkingDirectory = Path.GetDirectoryName(path),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (variable, value) in PrivateServers.SettingsFor(folder)) start.Environment[variable] = value;
        return start;
    }
}
