using System.CommandLine;
using System.CommandLine.Parsing;
using AudioReprompt.Cli;
using AudioReprompt.Cli.Bench;
using AudioReprompt.Cli.Models;
using AudioReprompt.Cli.RunPod;
using AudioReprompt.Hosting;

if (WorkerCommand.TryBecome(args) is { } workerExit) return workerExit;
if (await BenchWorkerProcess.TryRunAsync(args) is { } benchExit) return benchExit;

var root = new RootCommand("Music that carries the taste of what you eat.")
{
    UpCommand.Create(),
    GenerateCommand.Create(),
    RefineCommand.Create(),
    EvaluateCommand.Create(),
    WorkerCommand.Create(),
    RunPodCommand.Create(),
    ModelsCommand.Create(),
    ConfigCommand.Create(),
    OpenApiCommand.Create(),
    BenchCommand.Create(),
    TestCommand.Create(),
    PrepareEmbeddingsCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
    await Console.Error.WriteLineAsync($"See ./audioreprompt {PathOf(parsed.CommandResult)}--help.");
    return ServerProcess.BadInput;
}

// Stopping two servers cleanly may take as long as their running jobs are granted; a second Ctrl-C does not wait.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });

// "generate ", "evaluate refine "; empty for the root.
static string PathOf(CommandResult command) =>
    command.Parent is CommandResult parent ? $"{PathOf(parent)}{command.Command.Name} " : "";
