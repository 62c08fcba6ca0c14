using System.Globalization;
using System.Net.Sockets;
using AudioReprompt.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;

namespace AudioReprompt.Hosting;

/// <summary>What the front door and the worker do alike as processes: flags, configuration, one line when ready, exit codes.</summary>
public static class ServerProcess
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadInput = 2;

    /// <param name="name">As it stands in the line that says it is ready: <c>NAME listening on http://…</c>.</param>
    /// <param name="section">The configuration's section that holds <c>host</c> and <c>port</c>.</param>
    /// <param name="args"><c>--host ADDRESS</c>, <c>--port PORT</c>; they go before every other setting.</param>
    /// <param name="build">Makes the application; must not start it.</param>
    /// <returns>0 after a clean stop, 1 when it could not start, 2 for a bad flag or configuration.</returns>
    public static async Task<int> RunAsync(string name, string section, string[] args, Func<LoadedConfiguration, WebApplication> build)
    {
        LoadedConfiguration configuration;
        try
        {
            configuration = ConfigurationLoader.LoadDefault(EnvironmentWith(args, section));
        }
        catch (Exception exception) when (exception is ConfigurationException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return BadInput;
        }

        try
        {
            await using var app = build(configuration);
            await app.StartAsync();
            Console.WriteLine($"{name} listening on {app.Urls.First()}");
            await app.WaitForShutdownAsync();
            return Done;
        }
        catch (Exception exception) when (exception.GetBaseException() is SocketException or AddressInUseException)
        {
            var port = section == "api" ? configuration.Options.Api.Port : configuration.Options.Worker.Port;
            await Console.Error.WriteLineAsync(
                $"The {name} cannot listen on port {port}: {exception.GetBaseException().Message}. Choose another with --port, or {section}.port in config.yaml.");
            return Failed;
        }
        catch (Exception exception) when (exception is InvalidDataException or Storage.StorageUnavailableException)
        {
            // The knowledge base or the storage is not usable; the message says which file and why.
            await Console.Error.WriteLineAsync($"The {name} cannot start: {exception.Message}");
            return Failed;
        }
    }

    private static Dictionary<string, string> EnvironmentWith(string[] args, string section)
    {
        var environment = new Dictionary<string, string>(ConfigurationLoader.ProcessEnvironment());
        for (var index = 0; index < args.Length; index += 2)
        {
            if (args[index] is not ("--host" or "--port") || index + 1 == args.Length)
                throw new ArgumentException($"'{args[index]}' is not understood; allowed: --host ADDRESS, --port PORT.");
            environment[string.Create(CultureInfo.InvariantCulture, $"AUDIOREPROMPT__{section.ToUpperInvariant()}__{args[index][2..].ToUpperInvariant()}")] = args[index + 1];
        }

        return environment;
    }
}
