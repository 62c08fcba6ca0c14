using System.Net.Sockets;
using AudioReprompt.Checkpoints;
using AudioReprompt.Configuration;
using AudioReprompt.Storage;
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
    /// <param name="args"><c>--host ADDRESS</c>, <c>--port PORT</c>; they go before every other setting.</param>
    /// <param name="configured">Where the configuration says to listen.</param>
    /// <param name="build">Makes the application; must not start it.</param>
    /// <returns>0 after a clean stop, 1 when it could not start, 2 for a bad flag or configuration.</returns>
    public static async Task<int> RunAsync(
        string name,
        string[] args,
        Func<AudioRepromptOptions, (string Host, int Port)> configured,
        Func<LoadedConfiguration, ListenAddress, WebApplication> build)
    {
        LoadedConfiguration configuration;
        ListenAddress address;
        try
        {
            configuration = ConfigurationLoader.LoadDefault();
            var (host, port) = configured(configuration.Options);
            address = ListenAddress.Read(host, port, args);
        }
        catch (Exception exception) when (exception is ConfigurationException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"{name}: {exception.Message}");
            return BadInput;
        }

        try
        {
            await using var app = build(configuration, address);
            await app.StartAsync();
            Console.WriteLine($"{name} listening on {app.Urls.First()}");
            // What the start left behind goes back to the system; a quiet server would not collect it for hours.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            await app.WaitForShutdownAsync();
            return Done;
        }
        catch (OperationCanceledException)
        {
            // Told to stop while it was still starting: that is a clean stop too.
            return Done;
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync(
                $"{name}: port {address.Port} on {address.Host} is taken; choose another with --port (with audioreprompt up: --port, --worker-port)");
            return Failed;
        }
        catch (SocketException exception)
        {
            // No right to the port, or no such address on this machine.
            await Console.Error.WriteLineAsync($"{name}: cannot listen on {address}: {exception.Message}; choose another with --host and --port");
            return Failed;
        }
        catch (ConfigurationException exception)
        {
            // Settings that are right one by one and not together.
            await Console.Error.WriteLineAsync($"{name}: {exception.Message}");
            return BadInput;
        }
        catch (Exception exception) when (exception is InvalidDataException or StorageUnavailableException or CheckpointException)
        {
            // The knowledge base, the storage or a model is not usable; the message says which file and why.
            await Console.Error.WriteLineAsync($"{name}: cannot start: {exception.Message}");
            return Failed;
        }
    }
}
