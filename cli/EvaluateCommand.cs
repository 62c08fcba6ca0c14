using System.CommandLine;
using AudioReprompt.Cli.Evaluation;
using AudioReprompt.Hosting;

namespace AudioReprompt.Cli;

/// <summary><c>audioreprompt evaluate WHAT</c>: how good the results are, against sets of known answers.</summary>
internal static class EvaluateCommand
{
    public static Command Create() => new("evaluate", "Measure how good the results are and compare with the goals.") { CreateRefine() };

    private static Command CreateRefine()
    {
        var misses = new Option<bool>("--misses") { Description = "List the prompts whose taste was read otherwise than people read it." };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON; the misses are in it." };
        var set = new Option<string>("--set")
        {
            Description = $"known: {EvaluationSet.Known}. blind: {EvaluationSet.Blind}, by another hand. Or a file of your own with the same columns.",
            DefaultValueFactory = _ => "known",
            HelpName = "known|blind|FILE",
        };
        var command = new Command("refine", "Refine labelled prompts and compare with their labels.") { set, misses, json };
        command.SetAction((parsed, cancellationToken) =>
            RefineAsync(FileOf(parsed.GetValue(set)!), parsed.GetValue(misses), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static string FileOf(string set) => set switch
    {
        "known" => EvaluationSet.Known,
        "blind" => EvaluationSet.Blind,
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
