using System.CommandLine;
using AudioReprompt.Hosting;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli;

/// <summary><c>audioreprompt prepare-embeddings</c>: a step of the build, which encodes the knowledge base once.</summary>
internal static class PrepareEmbeddingsCommand
{
    public static Command Create()
    {
        var command = new Command("prepare-embeddings", "Encode the knowledge base for the sentence encoder; a step of the build.") { Hidden = true };
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        if (ConfigCommand.Load() is not { } configuration) return ServerProcess.BadInput;
        try
        {
            if (configuration.EmbeddingsFolder is { } folder) PromptRefiner.PrepareEmbeddings(configuration.DataFolder, folder);
            return ServerProcess.Done;
        }
        catch (InvalidDataException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ServerProcess.BadInput;
        }
    }
}
