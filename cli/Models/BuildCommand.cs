using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AudioReprompt.Hosting;

namespace AudioReprompt.Cli.Models;

/// <summary><c>audioreprompt models build FOLDER|org/name</c>.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var arguments = new MusicGenArguments();
        var command = new Command("build", "Build what makes a MusicGen checkpoint fast (packed weights, graphs) into musicgen.cache; the worker does it at its first start otherwise.");
        arguments.AddTo(command);
        command.SetAction((parsed, token) => MusicGenArguments.RunAsync(
            parsed,
            async (call, settings) =>
            {
                var start = Stopwatch.GetTimestamp();
                using var model = await Terminal.WithProgressAsync("Building", report => Task.Run(() => arguments.Load(parsed, call, settings, new Relay(report))));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{model.Folder}: ready as {model.Precision} after {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s; what was built is in {settings.CacheFolder}."));
                return ServerProcess.Done;
            },
            token));
        return command;
    }

    /// <summary>Reports where it is called.</summary>
    private sealed class Relay(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
