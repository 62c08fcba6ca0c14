using System.Diagnostics;
using AudioReprompt.Configuration;
using AudioReprompt.Hub;

namespace AudioReprompt.Cli.Bench;

/// <summary>The model that is measured: the configured one, or a full-size one with random weights, which is as fast.</summary>
internal static class BenchModel
{
    private const string RandomModel = "musicgen-small-random";

    public static LoadedConfiguration Configuration { get; } = ConfigurationLoader.LoadDefault();

    /// <returns>Its folder.</returns>
    /// <exception cref="InvalidOperationException">There is none, and none can be made.</exception>
    public static async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        var configured = Configuration.Options.MusicGen.Model;
        if (configured.Length > 0) return ModelFolder.Locate(configured, HubCache.Open(Configuration.ModelCacheFolder, ConfigurationLoader.ProcessEnvironment()));
        var maker = Path.GetFullPath(Path.Combine(Configuration.Folder, "..", "shared", "fixtures", RandomModel, "fill.mjs"));
        if (!File.Exists(maker)) throw new InvalidOperationException($"musicgen.model names no model, and {maker}, which makes one with random weights, is not there.");
        var folder = Path.Combine(Configuration.Folder, ".build", RandomModel);
        var whole = Path.Combine(folder, ".whole");
        if (File.Exists(whole)) return folder;
        await Console.Error.WriteLineAsync($"Making {RandomModel} in {folder} (4.6 GB) …");
        await RunAsync("node", [maker, folder], Configuration.Folder, cancellationToken);
        await File.WriteAllTextAsync(whole, "", cancellationToken);
        return folder;
    }

    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It is not installed, or failed.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            await using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode == 0) return await output;
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {(await errors).Trim()}");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException($"{program} cannot be started: {exception.Message}", exception);
        }
    }
}
