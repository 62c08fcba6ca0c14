using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AudioReprompt.Cli.Servers;
using AudioReprompt.Configuration;
using AudioReprompt.Hosting;
using Spectre.Console;

namespace AudioReprompt.Cli;

/// <summary><c>audioreprompt up</c>: front door and worker on this machine until Ctrl-C.</summary>
internal static class UpCommand
{
    private const int MaxRestarts = 5;
    private static readonly TimeSpan RestartWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var port = new Option<int?>("--port") { Description = "Port of the page and the API (api.port)." };
        var workerPort = new Option<int?>("--worker-port") { Description = "Port of the worker (worker.port)." };
        var command = new Command("up", "Start the front door and the worker, print the page's address, and serve until Ctrl-C.") { port, workerPort };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(port), parsed.GetValue(workerPort), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int? port, int? workerPort, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        if (ConfigCommand.Load() is not { } configuration) return ServerProcess.BadInput;
        var options = configuration.Options;
        port ??= options.Api.Port;
        workerPort ??= options.Worker.Port;
        var withWorker = options.RunPod.ApiUrl.Length == 0 && !options.Api.MockedResponse;
        if (port is < 0 or > 65535 || workerPort is < 0 or > 65535)
        {
            await Console.Error.WriteLineAsync("A port must be from 0 to 65535.");
            return ServerProcess.BadInput;
        }

        if (!IsFree(options.Api.Host, port.Value, "--port", "the page and the API")) return ServerProcess.Failed;
        if (withWorker && !IsFree(options.Worker.Host, workerPort.Value, "--worker-port", "the worker")) return ServerProcess.Failed;
        if (withWorker && workerPort == 0) workerPort = ServerPair.FreePort();

        var environment = new Dictionary<string, string>
        {
            ["AUDIOREPROMPT__API__PORT"] = port.Value.ToString(CultureInfo.InvariantCulture),
            ["AUDIOREPROMPT__WORKER__PORT"] = workerPort.Value.ToString(CultureInfo.InvariantCulture),
        };
        if (configuration.FilePath is { } file) environment[ConfigurationLoader.PathVariable] = file;
        var logFolder = Path.Combine(configuration.StorageFolder, "logs");
        try
        {
            await using var pair = await ServerPair.StartAsync(environment, withWorker, logFolder, cancellationToken);
            Announce(pair, configuration, logFolder, Stopwatch.GetElapsedTime(started));
            var frontDoor = SuperviseAsync(pair.FrontDoor, () => ServerPair.StartFrontDoor(environment, logFolder), options.Worker, cancellationToken);
            var worker = pair.Worker is null
                ? Task.Delay(Timeout.Infinite, cancellationToken)
                : SuperviseAsync(pair.Worker, () => ServerPair.StartWorker(environment, logFolder), options.Worker, cancellationToken);
            var first = await Task.WhenAny(frontDoor, worker);
            if (!cancellationToken.IsCancellationRequested)
            {
                // One of the two keeps dying; without it the other is of no use.
                await first;
                return ServerProcess.Failed;
            }

            Console.WriteLine("Stopping …");
            await Task.WhenAll(frontDoor, worker.ContinueWith(_ => { }, TaskScheduler.Default));
            Console.WriteLine("Stopped.");
            return ServerProcess.Done;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ServerProcess.Done;
        }
        catch (Exception exception) when (exception is InvalidOperationException or TimeoutException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ServerProcess.Failed;
        }
    }

    private static void Announce(ServerPair pair, LoadedConfiguration configuration, string logFolder, TimeSpan took)
    {
        var options = configuration.Options;
        var address = pair.Address.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
        var worker = pair.Worker is not null ? "on this machine"
            : options.Api.MockedResponse ? "none (MOCKED_RESPONSE: the front door's own composer answers)"
            : options.RunPod.ApiUrl;
        var page = File.Exists(Path.Combine(configuration.WebFolder, "index.html")) ? $"{address}/" : "not built (it needs Node 20 or later); the API works without it";
        var ready = string.Create(CultureInfo.InvariantCulture, $"AudioReprompt is ready ({took.TotalSeconds:0.0} s)");
        if (Console.IsOutputRedirected) Console.WriteLine(ready);
        else AnsiConsole.MarkupLineInterpolated($"[green]{ready}[/]");
        Console.WriteLine($"  Page    {page}");
        Console.WriteLine($"  API     {address}/api  (try it at {address}/docs)");
        Console.WriteLine($"  Worker  {worker}");
        Console.WriteLine($"  Logs    {logFolder}");
        Console.WriteLine("Ctrl-C stops it.");
    }

    /// <summary>Starts the program again when it ends by itself; jobs go on from their records.</summary>
    /// <exception cref="InvalidOperationException">It ended too often in a short time.</exception>
    private static async Task SuperviseAsync(ChildServer server, Func<ChildServer> start, WorkerOptions options, CancellationToken cancellationToken)
    {
        // A running job gets its time, and the process a little more.
        var grace = TimeSpan.FromSeconds(options.ShutdownGraceSeconds + 5);
        var restarts = new Queue<long>();
        var current = server;
        try
        {
            while (true)
            {
                await current.WaitForExitAsync(cancellationToken);
                await Console.Error.WriteLineAsync($"The {current.Name} ended by itself (exit code {current.ExitCode}); starting it again.");
                while (restarts.TryPeek(out var oldest) && Stopwatch.GetElapsedTime(oldest) > RestartWindow) restarts.Dequeue();
                if (restarts.Count == MaxRestarts)
                    throw new InvalidOperationException($"The {current.Name} ended {MaxRestarts + 1} times within a minute:\n{current.LastWords}");
                restarts.Enqueue(Stopwatch.GetTimestamp());
                await Task.Delay(RestartPause, cancellationToken);
                if (current != server) await current.DisposeAsync();
                current = start();
                await current.ReadyAsync(StartTimeout, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await current.StopAsync(grace);
        }
        finally
        {
            if (current != server) await current.DisposeAsync();
        }
    }

    /// <summary>Asked before anything is started, so that the answer can name the flag.</summary>
    private static bool IsFree(string host, int port, string flag, string what)
    {
        try
        {
            using var listener = new TcpListener(host is "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out var address) ? address : IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException exception)
        {
            Console.Error.WriteLine($"Port {port} for {what} is not free ({exception.Message}). Choose another with {flag}.");
            return false;
        }
    }
}
