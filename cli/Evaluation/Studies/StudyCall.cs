using System.CommandLine;
using AudioReprompt.Checkpoints;
using AudioReprompt.Configuration;
using AudioReprompt.Evaluation;
using AudioReprompt.Hosting;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>The options that the commands of a study share.</summary>
internal sealed class StudyOptions
{
    private readonly Option<string> _scorer = new("--scorer")
    {
        Description = "What judges the recordings. acoustic: features against the published directions, no model. clap: the CLAP score, by the model of clap.model.",
        DefaultValueFactory = _ => Scorers.Names[0],
        HelpName = string.Join('|', Scorers.Names),
    };

    private readonly Option<string?> _reference = new("--reference") { Description = "Recordings (*.wav) that the Fréchet distances are taken to.", HelpName = "FOLDER" };
    private readonly Option<int?> _parallel = new("--parallel") { Description = "Recordings at a time, 1 to 64. Default: as many as there are cores.", HelpName = "N" };
    private readonly Option<bool> _json = new("--json") { Description = "Print the results as JSON." };

    public StudyOptions()
    {
        _scorer.AcceptOnlyFromAmong(Scorers.Names);
        _parallel.Validators.Add(result => EvaluateCommand.Within(result, 1, 64));
    }

    /// <param name="Parallel">null: as many as the engine likes.</param>
    internal sealed record Values(string Scorer, string? Reference, int? Parallel, bool Json);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _scorer, _reference, _parallel, _json }) command.Add(option);
    }

    public Values Read(ParseResult parsed) =>
        new(parsed.GetValue(_scorer)!, parsed.GetValue(_reference), parsed.GetValue(_parallel), parsed.GetValue(_json));
}

/// <summary>What a command of a study says when it cannot do its work.</summary>
internal static class StudyCall
{
    /// <summary>As many bad rows are named; the rest are counted.</summary>
    private const int MostProblems = 20;

    public static async Task<int> RunAsync(Func<LoadedConfiguration, Task<int>> work)
    {
        if (ConfigCommand.Load() is not { } configuration) return ServerProcess.BadInput;
        try
        {
            return await work(configuration);
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException or CheckpointException)
        {
            // The input, an option or the model; the message names it.
            await Console.Error.WriteLineAsync(exception.Message);
            return ServerProcess.BadInput;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Where the files lie, or should go; what was made so far stays.
            await Console.Error.WriteLineAsync(exception.Message);
            return ServerProcess.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped. The same command goes on from here.");
            return ServerProcess.Failed;
        }
    }

    /// <summary>Reads a table of prompts; bad rows are named on standard error.</summary>
    /// <exception cref="InvalidDataException">No row can be used, or one cannot and the call is strict.</exception>
    public static PromptTable ReadPrompts(string file, bool strict)
    {
        PromptTable table;
        try
        {
            table = PromptTable.Read(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{file} cannot be read: {exception.Message}", exception);
        }

        if (table.Problems.Count == 0) return table;
        var named = string.Join('\n', table.Problems.Take(MostProblems).Select(problem => $"{file}, {problem}"));
        if (table.Problems.Count > MostProblems) named += FormattableString.Invariant($"\n… and {table.Problems.Count - MostProblems} more.");
        if (table.Rows.Count == 0) throw new InvalidDataException(named);
        if (strict) throw new InvalidDataException($"{named}\nNothing was started; without --strict the other {table.Rows.Count} rows are used.");
        Console.Error.WriteLine($"{named}\nThe other {table.Rows.Count} {(table.Rows.Count == 1 ? "row is" : "rows are")} used.");
        return table;
    }
}
