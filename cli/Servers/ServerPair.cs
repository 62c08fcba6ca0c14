using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AudioReprompt.Configuration;

namespace AudioReprompt.Cli.Servers;

/// <summary>A front door and, unless an endpoint elsewhere is configured, a worker: two processes on this machine.</summary>
public sealed class ServerPair : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private ServerPair(ChildServer frontDoor, ChildServer? worker, string address, IReadOnlyDictionary<string, string> environment)
    {
        (FrontDoor, Worker, Address, Environment) = (frontDoor, worker, address, environment);
    }

    public ChildServer FrontDoor { get; }

    /// <summary>null: the configured endpoint is elsewhere.</summary>
    public ChildServer? Worker { get; }

    /// <summary>Of the front door, without a trailing slash.</summary>
    public string Address { get; }

    /// <summary>What both were started with; a front door that is started with it goes on from the same storage.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Starts both at once and waits until both listen.</summary>
    /// <param name="environment">Settings for both, as environment variables.</param>
    /// <exception cref="InvalidOperationException">One of them ended; the message holds its last words.</exception>
    public static async Task<ServerPair> StartAsync(
        IReadOnlyDictionary<string, string> environment, bool withWorker, string logFolder, CancellationToken cancellationToken)
    {
        var worker = withWorker ? StartWorker(environment, logFolder) : null;
        var frontDoor = StartFrontDoor(environment, logFolder);
        try
        {
            if (worker is not null) await worker.ReadyAsync(StartTimeout, cancellationToken);
            return new ServerPair(frontDoor, worker, await frontDoor.ReadyAsync(StartTimeout, cancellationToken), environment);
        }
        catch
        {
            await frontDoor.DisposeAsync();
            if (worker is not null) await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>A pair for ourselves alone: free ports, a storage folder of its own, nothing limited.</summary>
    /// <param name="folder">Holds storage and logs.</param>
    /// <param name="configuration">Whether the endpoint is elsewhere.</param>
    /// <param name="settings">As environment variables; where they name no storage, it is the embedded one.</param>
    public static Task<ServerPair> StartPrivateAsync(
        LoadedConfiguration configuration, string folder, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(settings)
        {
            ["AUDIOREPROMPT__API__HOST"] = "127.0.0.1",
            ["AUDIOREPROMPT__API__PORT"] = "0",
            ["AUDIOREPROMPT__API__RATE_LIMIT_PER_MINUTE"] = "0",
            ["AUDIOREPROMPT__WORKER__HOST"] = "127.0.0.1",
            ["AUDIOREPROMPT__WORKER__PORT"] = FreePort().ToString(CultureInfo.InvariantCulture),
            ["AUDIOREPROMPT__STORAGE__PATH"] = folder,
        };
        environment.TryAdd("AUDIOREPROMPT__STORAGE__KIND", "embedded");
        var withWorker = configuration.Options.RunPod.ApiUrl.Length == 0 && !configuration.Options.Api.MockedResponse;
        return StartAsync(environment, withWorker, Path.Combine(folder, "logs"), cancellationToken);
    }

    public static ChildServer StartFrontDoor(IReadOnlyDictionary<string, string> environment, string logFolder) =>
        ChildServer.Start("front door", "AudioReprompt.FrontDoor.dll", environment, Path.Combine(logFolder, "front-door.log"));

    public static ChildServer StartWorker(IReadOnlyDictionary<string, string> environment, string logFolder) =>
        ChildServer.Start("worker", "AudioReprompt.Worker.dll", environment, Path.Combine(logFolder, "worker.log"), "--rp_serve_api");

    /// <summary>A port that nobody listens on at present.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task StopAsync(TimeSpan grace) =>
        await Task.WhenAll(FrontDoor.StopAsync(grace), Worker?.StopAsync(grace) ?? Task.CompletedTask);

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(5));
        await FrontDoor.DisposeAsync();
        if (Worker is not null) await Worker.DisposeAsync();
    }
}
