using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace AudioReprompt.Cli.Servers;

/// <summary>
/// A front door or worker as a process of our own. It says where it listens in its first line, writes its log into a file,
/// and ends with us whatever happens: its standard input closes when we are gone.
/// </summary>
public sealed partial class ChildServer : IAsyncDisposable
{
    /// <summary>Holds a process until <see cref="SigCont"/>; the numbers are Linux's on x86 and Arm.</summary>
    internal const int SigStop = 19;
    internal const int SigCont = 18;
    private const int SigTerm = 15;
    private const int KeptLines = 20;

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _lastLines = new();

    private ChildServer(string name, Process process, StreamWriter log)
    {
        (Name, _process, _log) = (name, process, log);
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
    }

    public string Name { get; }

    public int ProcessId => _process.Id;

    /// <summary>Of all cores, since its start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it last said: for the message when it ends unexpectedly.</summary>
    public string LastWords
    {
        get
        {
            lock (_lastLines) return string.Join('\n', _lastLines);
        }
    }

    /// <param name="name">As in its ready line: <c>NAME listening on http://…</c>.</param>
    /// <param name="assembly">File name of the program, beside this one.</param>
    /// <param name="environment">On top of our own.</param>
    /// <param name="logFile">Written anew.</param>
    /// <param name="arguments">The program's flags.</param>
    public static ChildServer Start(
        string name, string assembly, IReadOnlyDictionary<string, string> environment, string logFile, params string[] arguments)
    {
        var start = new ProcessStartInfo(DotNet())
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, assembly) },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["AUDIOREPROMPT_STOP_WITH_STDIN"] = "true";
        foreach (var (variable, value) in environment) start.Environment[variable] = value;
        Directory.CreateDirectory(Path.GetDirectoryName(logFile)!);
        var log = new StreamWriter(new FileStream(logFile, FileMode.Create, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var server = new ChildServer(name, new Process { StartInfo = start, EnableRaisingEvents = true }, log);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <returns>The address it listens on.</returns>
    /// <exception cref="InvalidOperationException">It ended instead; the message holds its last words.</exception>
    /// <exception cref="TimeoutException">It said nothing in time.</exception>
    public async Task<string> ReadyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var ended = _process.WaitForExitAsync(cancellationToken);
        var first = await Task.WhenAny(_address.Task, ended).WaitAsync(timeout, cancellationToken);
        if (first == _address.Task) return await _address.Task;
        await ended;
        throw new InvalidOperationException($"The {Name} ended at once with exit code {ExitCode}:\n{LastWords}");
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>As a crash would: no handler runs.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Asks it to stop, and kills it when it has not within <paramref name="grace"/>.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (_process.HasExited) return;
        Terminate(_process);
        try
        {
            await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(grace);
        }
        catch (TimeoutException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(5));
        _process.Dispose();
        lock (_log) _log.Dispose();
    }

    /// <summary>Asks a program of ours to stop cleanly. Its standard input must be redirected.</summary>
    internal static void Terminate(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            // No signals there; the program stops when its standard input ends.
            process.StandardInput.Close();
        }
        else
        {
            Signal(process, SigTerm);
        }
    }

    /// <summary>Not on Windows, which has no signals. To a process that has ended it does nothing.</summary>
    internal static void Signal(Process process, int signal) => _ = SendSignal(process.Id, signal);

    private void Take(string? line)
    {
        if (line is null) return;
        var ready = $"{Name} listening on ";
        if (line.StartsWith(ready, StringComparison.Ordinal)) _address.TrySetResult(line[ready.Length..].Trim());
        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > KeptLines) _lastLines.Dequeue();
        }

        lock (_log)
        {
            if (_log.BaseStream is { CanWrite: true }) _log.WriteLine(line);
        }
    }

    /// <summary>The runtime that runs us, so that a machine with several takes the same one.</summary>
    internal static string DotNet() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath!
        : "dotnet";

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
