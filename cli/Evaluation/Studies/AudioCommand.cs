using System.CommandLine;
using System.Text.Json;
using AudioReprompt.Configuration;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Hosting;
using Spectre.Console;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary><c>audioreprompt evaluate audio FOLDER</c>: recordings that were made elsewhere.</summary>
internal static class AudioCommand
{
    private const int Played = 3;

    public static Command Create()
    {
        var recordings = new Argument<string>("FOLDER") { Description = "WAVE files (*.wav), also in folders below it." };
        var prompts = new Option<string?>("--prompts")
        {
            Description = "The table of their prompts; the files are then pairs named ID-raw.wav and ID-refined.wav, or ID-NUMBER-raw.wav and so on where a prompt has several.",
            HelpName = "PROMPTS.csv",
        };
        var strict = new Option<bool>("--strict") { Description = "Start nothing where a row of the table is at fault." };
        var output = new Option<string?>("--out") { Description = "Write results.csv, results.json, report.html and report.md into this folder.", HelpName = "FOLDER" };
        var common = new StudyOptions();
        var command = new Command("audio", "Score WAVE files that were made elsewhere, alone or as raw and refined pairs.") { recordings, prompts, strict, output };
        common.AddTo(command);
        command.SetAction((parsed, cancellationToken) => StudyCall.RunAsync(configuration => RunAsync(
            configuration, parsed.GetValue(recordings)!, parsed.GetValue(prompts), parsed.GetValue(strict), parsed.GetValue(output), common.Read(parsed), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(
        LoadedConfiguration configuration, string recordings, string? prompts, bool strict, string? output, StudyOptions.Values options, CancellationToken cancellationToken)
    {
        var files = WaveFolder.FilesOf(recordings);
        if (options.Reference is { } reference) WaveFolder.FilesOf(reference);
        var table = prompts is null ? null : StudyCall.ReadPrompts(prompts, strict);
        var scorer = Scorers.Open(options.Scorer, configuration);
        using var scorersModel = scorer as IDisposable;
        var parallel = options.Parallel ?? Environment.ProcessorCount;
        using var folder = output is null ? null : StudyFolder.Open(output);
        if (folder is not null && File.Exists(folder.Combine("run.json")))
            throw new InvalidDataException($"{output} holds a study that was run; choose another folder with --out.");
        using var clock = new SessionClock(folder?.OpenTimings(), parallel, TimeProvider.System);
        ReferenceSet? references = null;
        if (options.Reference is { } of)
        {
            using var scores = new ClipScores(scorer, lines: null);
            references = await StudyProgress.ShowAsync(
                WaveFolder.FilesOf(of).Count, TimeProvider.System, progress => ReferenceSet.HearAsync(of, scores, parallel, progress, cancellationToken));
        }

        var judging = new RecordingJudging(recordings, scorer, parallel, clock);

        if (table is null)
        {
            var heard = await judging.AloneAsync(files, references, cancellationToken);
            if (folder is not null) await WriteAsync(folder, heard, clock.End(), cancellationToken);
            if (options.Json) Console.WriteLine(JsonSerializer.Serialize(heard, StudyJson.Readable.RecordingResult));
            else Print(heard, output);
            return ServerProcess.Done;
        }

        if (RefineCommand.LoadRefiner(configuration) is not { } refiner) return ServerProcess.BadInput;
        var study = await judging.InPairsAsync(files, table, refiner, references, folder, cancellationToken);
        if (folder is not null) await StudyOutput.WriteAsync(folder, study, clock.End(), recordings, Excerpt.WordsAlone, Played, cancellationToken);
        StudyOutput.Print(study, output, options.Json);
        return ServerProcess.Done;
    }

    private static async Task WriteAsync(StudyFolder folder, RecordingResult heard, RunFacts facts, CancellationToken cancellationToken)
    {
        await folder.WriteAsync("results.csv", heard.Csv(), cancellationToken);
        await folder.WriteAsync(StudyFolder.Results, JsonSerializer.Serialize(heard, StudyJson.Readable.RecordingResult) + "\n", cancellationToken);
        await folder.WriteAsync("report.md", heard.Markdown(facts), cancellationToken);
        await folder.WriteAsync("report.html", heard.Page(facts), cancellationToken);
    }

    private static void Print(RecordingResult heard, string? output)
    {
        var console = Terminal.Open();
        StudyOutput.Print(console, heard.Tables());
        console.WriteLine($"\n{heard.Headline()}");
        if (output is not null) console.WriteLine(Path.Combine(output, "report.html"));
    }
}
