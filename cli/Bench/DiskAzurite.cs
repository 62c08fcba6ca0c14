using System.Diagnostics;
using System.Globalization;
using AudioReprompt.Cli.Servers;

namespace AudioReprompt.Cli.Bench;

/// <summary>Microsoft's emulator of Azure Storage with its data in a folder, so that it can be away for a while and come back with all it had.</summary>
internal sealed class DiskAzurite : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";

    /// <summary>The emulator's well-known key; it is in Azurite's documentation and protects nothing.</summary>
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>After it, what was acknowledged is on the disk.</summary>
    private static readonly TimeSpan Saved = TimeSpan.FromSeconds(8);

    private readonly string _root;
    private readonly string _folder;
    private readonly int _blobPort = ServerPair.FreePort();
    private readonly int _queuePort = ServerPair.FreePort();
    private Process _process = null!;

    private DiskAzurite(string root, string folder) => (_root, _folder) = (root, folder);

    public string Blobs => $"http://127.0.0.1:{_blobPort}";

    public string Queues => $"http://127.0.0.1:{_queuePort}";

    /// <exception cref="InvalidOperationException">It is not installed, or ended at once.</exception>
    public static async Task<DiskAzurite> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var azurite = new DiskAzurite(FindRoot(), folder);
        await azurite.RunAsync(cancellationToken);
        return azurite;
    }

    /// <param name="blobs">Where blobs are reached: at <see cref="Blobs"/>, or through something in between.</param>
    /// <param name="queues">As <paramref name="blobs"/>.</param>
    public static string ConnectionString(string blobs, string queues) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint={blobs}/{Account};QueueEndpoint={queues}/{Account};";

    /// <summary>Takes connections and answers nothing for this long.</summary>
    public async Task FreezeAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        ChildServer.Signal(_process, ChildServer.SigStop);
        try
        {
            await Task.Delay(time, cancellationToken);
        }
        finally
        {
            ChildServer.Signal(_process, ChildServer.SigCont);
        }
    }

    /// <summary>
    /// Ends it and starts it again after this time, on the same folder and ports. It is asked to end (SIGTERM) first, which closes its doors, and killed
    /// only when it has saved its tables, which it does every five seconds: a kill at once would lose what it has acknowledged, which the real
    /// service does not. Asked alone, it waits for connections that its callers keep.
    /// </summary>
    public async Task RestartAsync(TimeSpan away, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        ChildServer.Terminate(_process);
        await Task.WhenAny(_process.WaitForExitAsync(cancellationToken), Task.Delay(Saved, cancellationToken));
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(cancellationToken);
        _process.Dispose();
        var left = away - Stopwatch.GetElapsedTime(begun);
        if (left > TimeSpan.Zero) await Task.Delay(left, cancellationToken);
        await RunAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node", [
            "--require", Path.Combine(_root, "eng", "azurite", "preload.cjs"),
            Path.Combine(_root, ".build", "azurite", "node_modules", "azurite", "dist", "src", "azurite.js"),
            "--blobPort", _blobPort.ToString(CultureInfo.InvariantCulture), "--queuePort", _queuePort.ToString(CultureInfo.InvariantCulture), "--tablePort", "0",
            "--location", _folder, "--silent", "--skipApiVersionCheck", "--disableTelemetry"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        var listening = 0;
        while (listening < 2)
        {
            var line = await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken)
                ?? throw new InvalidOperationException("Azurite ended before it listened.");
            if (line.Contains("service is successfully listening", StringComparison.Ordinal) && !line.Contains("Table", StringComparison.Ordinal)) listening++;
        }

        // What else it says is of no interest, but must not fill the pipe.
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, ".build", "azurite", "node_modules", "azurite", "package.json"))) return folder.FullName;
        }

        throw new InvalidOperationException("Azurite is not installed; './audioreprompt test' installs it.");
    }
}
