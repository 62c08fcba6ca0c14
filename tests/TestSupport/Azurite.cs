using System.Diagnostics;
using System.Text.RegularExpressions;
using AudioReprompt.Configuration;

namespace AudioReprompt.TestSupport;

/// <summary>
/// Microsoft's emulator of Azure Storage as a process: blobs and queues in memory, on free ports of loopback. <c>./audioreprompt test</c>
/// installs it below <c>.build/azurite</c>.
/// </summary>
public sealed partial class Azurite : IAsyncDisposable
{
    /// <summary>The emulator's well-known account; its key is in Azurite's documentation and protects nothing.</summary>
    public const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const string AccountName = "devstoreaccount1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<Azurite>> Common = new(StartAsync);

    private readonly Process _process;

    private Azurite(Process process, string blobAddress, string queueAddress)
    {
        _process = process;
        ConnectionString = $"DefaultEndpointsProtocol=http;AccountName={AccountName};AccountKey={AccountKey};" +
            $"BlobEndpoint={blobAddress}/{AccountName};QueueEndpoint={queueAddress}/{AccountName};";
    }

    public string ConnectionString { get; }

    /// <summary>The one that all tests of a process share; it ends with the process. Each test takes names of its own.</summary>
    public static Task<Azurite> SharedAsync() => Common.Value;

    /// <summary>One of its own, to be stopped.</summary>
    public static async Task<Azurite> StartAsync()
    {
        var folder = Path.Combine(Repository.Root, ".build", "azurite");
        var script = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "azurite.js");
        if (!File.Exists(script)) throw new InvalidOperationException($"Azurite is not installed at {folder}; './audioreprompt test' installs it.");
        var start = new ProcessStartInfo("node", [
            "--require", Path.Combine(Repository.Root, "eng", "azurite", "preload.cjs"), script,
            "--blobPort", "0", "--queuePort", "0", "--tablePort", "0", "--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        var addresses = new Dictionary<string, string>();
        while (!addresses.ContainsKey("Blob") || !addresses.ContainsKey("Queue"))
        {
            var line = await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("Azurite ended before it listened.");
            if (Listening().Match(line) is { Success: true } match) addresses[match.Groups[1].Value] = match.Groups[2].Value;
        }

        // What else it says is of no interest, but must not fill the pipe.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
        return new Azurite(process, addresses["Blob"], addresses["Queue"]);
    }

    /// <summary>Settings for a storage of one's own in this account.</summary>
    public StorageOptions NewStorage() => new() { Kind = "azure", AzureConnectionString = ConnectionString, AzureNamePrefix = $"t{Guid.NewGuid():N}-" };

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex("Azurite (Blob|Queue) service is successfully listening at (http://[^ ]+)")]
    private static partial Regex Listening();
}
