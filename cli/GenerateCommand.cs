using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AudioReprompt.Cli.Servers;
using AudioReprompt.Composing;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.Hosting;
using AudioReprompt.Jobs;
using AudioReprompt.MusicGen;
using Spectre.Console;

namespace AudioReprompt.Cli;

/// <summary><c>audioreprompt generate "PROMPT"</c>: one WAV, on the same way that every request goes.</summary>
internal static class GenerateCommand
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var prompt = new Argument<string>("PROMPT") { Description = "Where you are, what you eat and how you feel: 16 to 800 characters, English or Spanish." };
        var output = new Option<string?>("--output", "-o") { Description = "File to write; - is standard output. Default: a name made from the prompt and the seed.", HelpName = "FILE" };
        var duration = new Option<double?>("--duration") { Description = "Seconds of music, 1 to 300. Default 10.", HelpName = "SECONDS" };
        var seed = new Option<long?>("--seed") { Description = "0 to 4294967295; the same seed and prompt give the same music. Default: drawn.", HelpName = "N" };
        var midi = new Option<string?>("--midi") { Description = "Write the score to this file too, as a Standard MIDI File; the composer's music has one.", HelpName = "FILE" };
        var engine = new Option<string?>("--engine") { Description = "What must make the music; the call fails if the worker plays with another. Default: whatever the worker plays with.", HelpName = "NAME" };
        engine.AcceptOnlyFromAmong(ComposerEngine.EngineName, MusicGenEngine.EngineName);
        var json = new Option<bool>("--json") { Description = "Print the finished job as JSON." };
        var url = new Option<string?>("--url") { Description = "Address of a running front door. Default: the one of the configuration, else one that is started for this call.", HelpName = "URL" };
        var command = new Command("generate", "Make one WAV.") { prompt, output, duration, seed, engine, midi, json, url };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new Request(
                parsed.GetValue(prompt)!, parsed.GetValue(output), parsed.GetValue(duration), parsed.GetValue(seed), parsed.GetValue(engine), parsed.GetValue(midi),
                parsed.GetValue(json), parsed.GetValue(url)),
            cancellationToken));
        return command;
    }

    private sealed record Request(
        string Prompt, string? Output, double? DurationSeconds, long? Seed, string? Engine, string? Midi, bool Json, string? Url);

    private static async Task<int> RunAsync(Request request, CancellationToken cancellationToken)
    {
        if (ConfigCommand.Load() is not { } configuration) return ServerProcess.BadInput;
        if (request.Url is not null && (!Uri.TryCreate(request.Url, UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https")))
        {
            await Console.Error.WriteLineAsync("--url must be an address such as http://127.0.0.1:8080.");
            return ServerProcess.BadInput;
        }

        try
        {
            return await MakeAsync(request, configuration, cancellationToken);
        }
        catch (FrontDoorException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return exception.IsBadInput ? ServerProcess.BadInput : ServerProcess.Failed;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidOperationException or TimeoutException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ServerProcess.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return ServerProcess.Failed;
        }
    }

    private static async Task<int> MakeAsync(Request request, LoadedConfiguration configuration, CancellationToken cancellationToken)
    {
        var address = request.Url ?? $"http://{configuration.Options.Api.Host.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)}:{configuration.Options.Api.Port}";
        var client = FrontDoorClient.Create(address);
        if (request.Url is not null || await client.IsThereAsync(ProbeTimeout, cancellationToken))
            return await MakeAsync(request, client, cancellationToken);

        var folder = Directory.CreateTempSubdirectory("audioreprompt-");
        try
        {
            await using var pair = await ServerPair.StartPrivateAsync(configuration, folder.FullName, new Dictionary<string, string>(), cancellationToken);
            return await MakeAsync(request, FrontDoorClient.Create(pair.Address), cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<int> MakeAsync(Request request, FrontDoorClient client, CancellationToken cancellationToken)
    {
        var accepted = await client.GenerateAsync(request.Prompt, request.DurationSeconds, request.Seed, cancellationToken);
        var ended = await ShowAsync(show => client.FollowAsync(accepted.AudioId, show, cancellationToken));
        if (ended.Status != JobState.Completed)
        {
            await Console.Error.WriteLineAsync($"The music was not made: {ended.Error}");
            return ServerProcess.Failed;
        }

        if (request.Engine is { } engine && ended.Engine != engine)
        {
            await Console.Error.WriteLineAsync($"The worker plays with {ended.Engine}, not with {engine}. Set worker.engine: {engine}.");
            return ServerProcess.Failed;
        }

        var file = request.Output ?? FileNameFor(request.Prompt, ended.Seed);
        await SaveAsync(file, stream => client.DownloadAsync(ended.AudioId, stream, cancellationToken));
        if (request.Midi is { } midi) await SaveAsync(midi, stream => client.DownloadScoreAsync(ended.AudioId, stream, cancellationToken));
        if (file == "-") return ServerProcess.Done;
        if (request.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(ended, ApiJson.Default.AudioAnswer));
        }
        else
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {ended.DurationSeconds:0.###} s, seed {ended.Seed}, engine {ended.Engine}"));
            if (request.Midi is not null) Console.WriteLine($"{request.Midi}: the score");
            Console.WriteLine($"  {ended.ImprovedPrompt}");
            Console.WriteLine($"  {ended.Explanation.Summary}");
        }

        return ServerProcess.Done;
    }

    /// <summary>A bar on a terminal, a line for each change in a pipe; both on standard error, so that results can be piped on.</summary>
    private static async Task<AudioAnswer> ShowAsync(Func<Action<AudioAnswer>, Task<AudioAnswer>> follow)
    {
        if (Console.IsErrorRedirected)
        {
            var last = "";
            return await follow(answer =>
            {
                var line = string.Create(CultureInfo.InvariantCulture, $"{Name(answer.Status)} {Math.Floor(answer.Progress * 10) * 10:0} %");
                if (line == last) return;
                last = line;
                Console.Error.WriteLine(line);
            });
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("queued", maxValue: 1);
                return await follow(answer => (bar.Description, bar.Value) = (Name(answer.Status), answer.Progress));
            });
    }

    private static string Name(JobState state) => state.ToString().ToLowerInvariant();

    /// <summary>Written aside and moved: an interrupted download leaves no half file under the name.</summary>
    private static async Task SaveAsync(string file, Func<Stream, Task> download)
    {
        if (file == "-")
        {
            await using var standardOutput = Console.OpenStandardOutput();
            await download(standardOutput);
            return;
        }

        var aside = $"{file}.part";
        try
        {
            await using (var output = File.Create(aside)) await download(output);
            File.Move(aside, file, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private static string FileNameFor(string prompt, long seed)
    {
        const int longest = 40;
        var name = new StringBuilder();
        foreach (var letter in prompt.ToLowerInvariant())
        {
            if (name.Length == longest) break;
            if (char.IsAsciiLetterOrDigit(letter)) name.Append(letter);
            else if (name.Length > 0 && name[^1] != '-') name.Append('-');
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(name.Length == 0 ? "music" : name.ToString().Trim('-'))}-{seed}.wav");
    }
}
