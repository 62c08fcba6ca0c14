using System.CommandLine;

namespace AudioReprompt.Cli.Models;

/// <summary><c>audioreprompt models …</c>: the weights on this machine, each operation in a file of its own beside this one.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", $"Download models and look after them. {ModelCall.Exits}")
    {
        ModelCall.Cache,
        PullCommand.Create(),
        ListCommand.Create(),
        VerifyCommand.Create(),
        InfoCommand.Create(),
        BuildCommand.Create(),
        CodesCommand.Create(),
    };
}
