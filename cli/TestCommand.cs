using System.CommandLine;

namespace AudioReprompt.Cli;

/// <summary>Stands here for <c>--help</c> alone: the launcher runs the tests itself, since they rebuild this program.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var command = new Command("test", "Install what the tests need, build, and run all tests.");
        command.SetAction(_ =>
        {
            Console.Error.WriteLine("Run it as ./audioreprompt test, from the repository.");
            return 1;
        });
        return command;
    }
}
