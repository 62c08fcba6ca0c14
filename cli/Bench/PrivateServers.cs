using System.Net;
using AudioReprompt.Cli.Servers;
using AudioReprompt.Configuration;

namespace AudioReprompt.Cli.Bench;

/// <summary>
/// A front door and a worker for one measurement: as they are configured, but on this machine and in a temporary folder that goes with
/// them.
/// </summary>
internal sealed class PrivateServers : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    /// <summary>What somebody's own configuration must not lead away from this machine, or slow down.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["AUDIOREPROMPT__API__PUBLIC_URL"] = "",
        ["AUDIOREPROMPT__API__KEYS"] = "",
        ["AUDIOREPROMPT__API__MOCKED_RESPONSE"] = "false",
        ["AUDIOREPROMPT__RUNPOD__API_URL"] = "",
        ["AUDIOREPROMPT__WORKER__ENGINE"] = "composer",
        ["AUDIOREPROMPT__WORKER__UPLOAD_HOSTS"] = "127.0.0.1",
        ["AUDIOREPROMPT__STORAGE__KIND"] = "embedded",
        ["AUDIOREPROMPT__LOGGING__LEVEL"] = "information",
        ["AUDIOREPROMPT__TELEMETRY__OTLP_ENDPOINT"] = "",
    };

    private readonly DirectoryInfo _folder;
    private readonly ServerPair _pair;

    private PrivateServers(DirectoryInfo folder, ServerPair pair) =>
        (_folder, _pair, FrontDoor, Address) = (folder, pair, pair.FrontDoor, EndPointOf(pair.Address));

    /// <summary>The one that runs now.</summary>
    public ChildServer FrontDoor { get; private set; }

    /// <summary>Where <see cref="FrontDoor"/> listens.</summary>
    public IPEndPoint Address { get; private set; }

    /// <summary>Where the embedded storage is.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The settings that belong to a private pair, with a storage folder.</summary>
    public static Dictionary<string, string> SettingsFor(string folder) => new(Settings) { ["AUDIOREPROMPT__STORAGE__PATH"] = folder };

    /// <summary>Starts both and waits until both listen.</summary>
    /// <param name="more">Settings of this measurement, as environment variables.</param>
    /// <exception cref="InvalidOperationException">One of them ended.</exception>
    /// <exception cref="TimeoutException">One of them did not listen in time.</exception>
    public static async Task<PrivateServers> StartAsync(CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? more = null)
    {
        var settings = new Dictionary<string, string>(Settings);
        foreach (var (variable, value) in more ?? new Dictionary<string, string>()) settings[variable] = value;
        var environment = new Dictionary<string, string>(ConfigurationLoader.ProcessEnvironment());
        foreach (var (variable, value) in settings) environment[variable] = value;
        var configuration = ConfigurationLoader.LoadDefault(environment);
        var folder = Directory.CreateTempSubdirectory("audioreprompt-bench-");
        try
        {
            var pair = await ServerPair.StartPrivateAsync(configuration, folder.FullName, settings, cancellationToken);
            return new PrivateServers(folder, pair);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Kills the front door as a crash would, and starts another one on the same storage.</summary>
    public async Task CrashAndRestartFrontDoorAsync(CancellationToken cancellationToken)
    {
        FrontDoor.Kill();
        await FrontDoor.WaitForExitAsync(cancellationToken);
        if (FrontDoor != _pair.FrontDoor) await FrontDoor.DisposeAsync();
        FrontDoor = ServerPair.StartFrontDoor(_pair.Environment, Path.Combine(_folder.FullName, "logs"));
        Address = EndPointOf(await FrontDoor.ReadyAsync(StartTimeout, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (FrontDoor != _pair.FrontDoor) await FrontDoor.DisposeAsync();
            await _pair.DisposeAsync();
        }
        finally
        {
            _folder.Delete(recursive: true);
        }
    }

    private static IPEndPoint EndPointOf(string address)
    {
        var uri = new Uri(address);
        return new IPEndPoint(IPAddress.Parse(uri.Host), uri.Port);
    }
}
