using System.CommandLine;
using AudioReprompt.Configuration;
using AudioReprompt.Hosting;

namespace AudioReprompt.Cli;

/// <summary><c>audioreprompt config</c>: what is in force, and where each value comes from.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var command = new Command("config", "Print every setting in force and where it comes from; secrets are masked.");
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        if (Load() is not { } configuration) return ServerProcess.BadInput;
        Console.Out.Write(ConfigurationReport.Render(configuration));
        return ServerProcess.Done;
    }

    /// <returns>null after the problems were printed.</returns>
    public static LoadedConfiguration? Load()
    {
        try
        {
            return ConfigurationLoader.LoadDefault();
        }
        catch (ConfigurationException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return null;
        }
    }
}
