using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AudioReprompt.Configuration;
using AudioReprompt.Hosting;
using AudioReprompt.Hub;
using AudioReprompt.Scoring.Clap;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Cli.Models;

/// <summary><c>audioreprompt models build FOLDER|org/name</c>.</summary>
internal static class BuildCommand
{
    public static Command Create()
    {
        var arguments = new MusicGenArguments();
        var command = new Command("build", "Build what makes a checkpoint fast into musicgen.cache or clap.cache: of MusicGen packed weights and graphs, of CLAP graphs; the first start does it otherwise.");
        arguments.AddTo(command);
        command.SetAction((parsed, token) => MusicGenArguments.RunAsync(
            parsed,
            async (call, settings) =>
            {
                var start = Stopwatch.GetTimestamp();
                var folder = arguments.Folder(parsed, call);
                if (ModelKinds.Of(ModelFolder.Read(folder).Type) == ModelKind.Clap) return BuildClap(arguments, parsed, folder);
                using var model = await Terminal.WithProgressAsync("Building", report => Task.Run(() => arguments.Load(parsed, call, settings, new Relay(report))));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{model.Folder}: ready as {model.Precision} after {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s; what was built is in {settings.CacheFolder}."));
                return ServerProcess.Done;
            },
            token));
        return command;
    }

    private static int BuildClap(MusicGenArguments arguments, ParseResult parsed, string folder)
    {
        var configuration = ConfigurationLoader.LoadDefault();
        var settings = ClapSettings.Of(configuration);
        using var logging = LoggerFactory.Create(builder => builder.Configure(configuration.Options.Logging));
        var start = Stopwatch.GetTimestamp();
        using var model = arguments.LoadClap(parsed, folder, settings, logging.CreateLogger(typeof(ClapModel).FullName!));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{folder}: ready after {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s; what was built is in {settings.CacheFolder}. A sine and white noise have the cosine {model.SineToNoise:F3}."));
        return ServerProcess.Done;
    }

    /// <summary>Reports where it is called.</summary>
    private sealed class Relay(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
