using System.CommandLine;
using System.Text.Json;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Hosting;
using Spectre.Console;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary><c>audioreprompt evaluate compare A B</c>.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var a = new Argument<string>("A") { Description = "Folder of a finished study." };
        var b = new Argument<string>("B") { Description = "Folder of another one, of the same prompts and scorer." };
        var output = new Option<string?>("--out") { Description = "Write comparison.html, comparison.md and comparison.json into this folder.", HelpName = "FOLDER" };
        var json = new Option<bool>("--json") { Description = "Print the comparison as JSON." };
        var command = new Command("compare", "Hold two studies against each other, prompt by prompt.") { a, b, output, json };
        command.SetAction((parsed, cancellationToken) => StudyCall.RunAsync(_ =>
            RunAsync(parsed.GetValue(a)!, parsed.GetValue(b)!, parsed.GetValue(output), parsed.GetValue(json), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(string a, string b, string? output, bool json, CancellationToken cancellationToken)
    {
        var (one, ones) = StudyFolder.Read(a);
        var (two, twos) = StudyFolder.Read(b);
        var compared = ComparisonResult.Of(a, one, ones, b, two, twos);
        if (output is not null)
        {
            using var folder = StudyFolder.Open(output);
            await folder.WriteAsync("comparison.json", JsonSerializer.Serialize(compared, StudyJson.Readable.ComparisonResult) + "\n", cancellationToken);
            await folder.WriteAsync("comparison.md", compared.Markdown(), cancellationToken);
            await folder.WriteAsync("comparison.html", compared.Page(), cancellationToken);
        }

        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(compared, StudyJson.Readable.ComparisonResult));
            return ServerProcess.Done;
        }

        var console = Terminal.Open();
        console.WriteLine(compared.Headline());
        StudyOutput.Print(console, compared.Tables());
        return ServerProcess.Done;
    }
}
