using System.CommandLine;
using AudioReprompt.Cli;
using AudioReprompt.Hosting;

var root = new RootCommand("Music that carries the taste of what you eat.")
{
    UpCommand.Create(),
    GenerateCommand.Create(),
    ConfigCommand.Create(),
    BenchCommand.Create(),
    TestCommand.Create(),
    PrepareEmbeddingsCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
    var command = parsed.CommandResult.Command == root ? "" : $"{parsed.CommandResult.Command.Name} ";
    await Console.Error.WriteLineAsync($"See ./audioreprompt {command}--help.");
    return ServerProcess.BadInput;
}

// Stopping two servers cleanly may take as long as their running jobs are granted; a second Ctrl-C does not wait.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
