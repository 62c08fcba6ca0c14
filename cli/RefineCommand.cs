using System.CommandLine;
using System.Text.Json;
using AudioReprompt.Cli.Refining;
using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.FrontDoor.Operations;
using AudioReprompt.Hosting;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli;

/// <summary><c>audioreprompt refine "PROMPT"</c>: what a prompt becomes and why, in this process and without a server.</summary>
internal static class RefineCommand
{
    public static Command Create()
    {
        var prompt = new Argument<string?>("PROMPT")
        {
            Description = "Where you are, what you eat and how you feel: 16 to 800 characters, English or Spanish.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = new Option<bool>("--json") { Description = "Print what POST /api/prompt/refine answers." };
        var csv = new Option<string?>("--csv") { Description = "Refine each row's column prompt of this file instead.", HelpName = "IN.csv" };
        var output = new Option<string?>("--out")
        {
            Description = $"Where the rows go, with the columns {string.Join(", ", PromptCsv.Added)} added.",
            HelpName = "OUT.csv",
        };
        var command = new Command("refine", "Show the musical prompt and plan that a sentence becomes, and why.") { prompt, json, csv, output };
        command.Validators.Add(parsed =>
        {
            var (hasPrompt, hasCsv) = (parsed.GetValue(prompt) is not null, parsed.GetValue(csv) is not null);
            if (hasPrompt == hasCsv) parsed.AddError(hasPrompt ? "Give PROMPT or --csv, not both." : "Give PROMPT or --csv.");
            if (hasCsv != parsed.GetValue(output) is not null) parsed.AddError("--csv and --out go together.");
            if (hasCsv && parsed.GetValue(json)) parsed.AddError("--json goes with PROMPT, not with --csv.");
        });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            (refiner, token) => parsed.GetValue(csv) is { } file
                ? RefineFileAsync(refiner, file, parsed.GetValue(output)!, token)
                : RefineOneAsync(refiner, parsed.GetValue(prompt)!, parsed.GetValue(json), token),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Func<PromptRefiner, CancellationToken, Task<int>> refine, CancellationToken cancellationToken)
    {
        if (ConfigCommand.Load() is not { } configuration || LoadRefiner(configuration) is not { } refiner) return ServerProcess.BadInput;
        try
        {
            return await refine(refiner, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ServerProcess.BadInput;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The input was good; the place for the output was not.
            await Console.Error.WriteLineAsync(exception.Message);
            return ServerProcess.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return ServerProcess.Failed;
        }
    }

    /// <returns>null after the problem was printed.</returns>
    public static PromptRefiner? LoadRefiner(LoadedConfiguration configuration)
    {
        try
        {
            return PromptRefiner.Load(configuration.DataFolder, configuration.EmbeddingsFolder);
        }
        catch (InvalidDataException exception)
        {
            // The knowledge base is edited by hand; the message names the file and the line.
            Console.Error.WriteLine(exception.Message);
            return null;
        }
    }

    private static async Task<int> RefineOneAsync(PromptRefiner refiner, string text, bool json, CancellationToken cancellationToken)
    {
        var prompt = PromptLimits.Checked(text, out var problem) ?? throw new InvalidDataException(problem);
        var answer = await RefinePrompt.AnswerAsync(refiner, prompt, cancellationToken);
        if (json) Console.WriteLine(JsonSerializer.Serialize(answer, ApiJson.Default.RefineAnswer));
        else RefineReport.Print(prompt, answer);
        return ServerProcess.Done;
    }

    private static async Task<int> RefineFileAsync(PromptRefiner refiner, string input, string output, CancellationToken cancellationToken)
    {
        var csv = PromptCsv.Read(input);
        var refined = new List<RefineAnswer>();
        foreach (var prompt in csv.Prompts) refined.Add(await RefinePrompt.AnswerAsync(refiner, prompt, cancellationToken));
        csv.Write(output, refined);
        Console.WriteLine($"{output}: {refined.Count} {(refined.Count == 1 ? "row" : "rows")}");
        return ServerProcess.Done;
    }
}
