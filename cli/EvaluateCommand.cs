using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AudioReprompt.Cli.Evaluation;
using AudioReprompt.Cli.Evaluation.Composer;
using AudioReprompt.Cli.Evaluation.Studies;
using AudioReprompt.Hosting;

namespace AudioReprompt.Cli;

/// <summary><c>audioreprompt evaluate WHAT</c>: how good the results are: studies with a report, and checks against sets of known answers.</summary>
internal static class EvaluateCommand
{
    public static Command Create() => new("evaluate", "Measure how good the results are and compare with the goals.")
    {
        RunCommand.Create(),
        CompareCommand.Create(),
        AudioCommand.Create(),
        CreateRefine(),
        CreateComposer(),
    };

    private static Command CreateRefine()
    {
        var misses = new Option<bool>("--misses") { Description = "List the prompts whose taste was read otherwise than people read it." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON; the misses are in it." };
        var set = new Option<string>("--set")
        {
            Description = $"known: {EvaluationSet.Known}. blind: {EvaluationSet.Blind}, by another hand. third: {EvaluationSet.Third}, by a third. Or a file of your own with the same columns.",
            DefaultValueFactory = _ => "known",
            HelpName = "known|blind|third|FILE",
        };
        var command = new Command("refine", "Refine labelled prompts and compare with their labels.") { set, misses, json };
        command.SetAction((parsed, cancellationToken) =>
            RefineAsync(FileOf(parsed.GetValue(set)!), parsed.GetValue(misses), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static Command CreateComposer()
    {
        var seeds = new Option<int>("--seeds") { Description = "Pieces of each taste, 2 to 1000.", DefaultValueFactory = _ => 12, HelpName = "N" };
        seeds.Validators.Add(result => Within(result, 2, 1000));
        var seconds = new Option<double>("--seconds") { Description = "Length of each piece, 2 to 300.", DefaultValueFactory = _ => 10, HelpName = "S" };
        seconds.Validators.Add(result => Within(result, 2, 300));
        var keep = new Option<string?>("--keep") { Description = "Write the pieces into this folder as TASTE-SEED.wav.", HelpName = "FOLDER" };
        var report = new Option<string?>("--report") { Description = "Write a page with spectrogram, onsets and piano roll of one piece of each taste.", HelpName = "FILE.html" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var command = new Command("composer", "Render every taste and let a listener that knows the published directions alone tell them apart.")
        {
            seeds, seconds, keep, report, json,
        };
        command.SetAction((parsed, cancellationToken) => ComposerAsync(
            new ComposerEvaluationOptions(parsed.GetValue(seeds), parsed.GetValue(seconds), parsed.GetValue(keep)),
            parsed.GetValue(report),
            parsed.GetValue(json),
            cancellationToken));
        return command;
    }

    /// <summary>What is no number at all is refused by the parser itself.</summary>
    public static void Within(OptionResult result, double from, double to)
    {
        if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && (value < from || value > to))
            result.AddError(FormattableString.Invariant($"{result.Option.Name} must be {from} to {to}."));
    }

    private static async Task<int> ComposerAsync(ComposerEvaluationOptions options, string? page, bool json, CancellationToken cancellationToken)
    {
        if (ConfigCommand.Load() is not { } configuration || RefineCommand.LoadRefiner(configuration) is not { } refiner) return ServerProcess.BadInput;
        try
        {
            var report = await Terminal.WithProgressAsync("rendering", show => ComposerEvaluation.RunAsync(options, refiner.PlanOf, show, cancellationToken));
            if (page is not null) await File.WriteAllTextAsync(page, ComposerPage.Write(report), cancellationToken);
            if (json) Console.WriteLine(report.ToJson());
            else report.Print();
            return ServerProcess.Done;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Where the files should go cannot be written to.
            await Console.Error.WriteLineAsync(exception.Message);
            return ServerProcess.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return ServerProcess.Failed;
        }
    }

    private static string FileOf(string set) => set switch
    {
        "known" => EvaluationSet.Known,
        "blind" => EvaluationSet.Blind,
        "third" => EvaluationSet.Third,
        _ => Path.GetFullPath(set),
    };

    private static async Task<int> RefineAsync(string set, bool misses, bool json, CancellationToken cancellationToken)
    {
        if (ConfigCommand.Load() is not { } configuration) return ServerProcess.BadInput;
        try
        {
            var report = await RefineEvaluation.RunAsync(set, configuration.DataFolder, configuration.EmbeddingsFolder, cancellationToken);
            if (json) Console.WriteLine(report.ToJson());
            else report.Print(misses);
            return ServerProcess.Done;
        }
        catch (InvalidDataException exception)
        {
            // The set or the knowledge base is broken; the message names the file and the line.
            await Console.Error.WriteLineAsync(exception.Message);
            return ServerProcess.BadInput;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return ServerProcess.Failed;
        }
    }
}
