using System.Diagnostics;
using AudioReprompt.Cli.Servers;

namespace AudioReprompt.Cli.Bench;

/// <summary>A worker process against a bench's control plane; what it says is not kept.</summary>
internal sealed class BenchWorker : IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(40);

    private readonly Process _process;

    private BenchWorker(Process process) => _process = process;

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <param name="assembly">File name of the program, beside this one.</param>
    /// <param name="environment">On top of our own.</param>
    public static BenchWorker Start(string assembly, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(ChildServer.DotNet(), [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        process.Start();
        // Read to the end, so that the worker never waits for us.
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        return new BenchWorker(process);
    }

    /// <summary>Waits for something that the worker does.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public async Task WaitAsync(Task done, TimeSpan limit, CancellationToken cancellationToken)
    {
        var exit = _process.WaitForExitAsync(cancellationToken);
        if (await Task.WhenAny(done, exit).WaitAsync(limit, cancellationToken) == exit && !done.IsCompleted)
            throw new InvalidOperationException($"The worker ended by itself with exit code {_process.ExitCode}.");
    }

    /// <summary>As a crash would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It does not end.</exception>
    public async Task<int> TerminateAsync()
    {
        if (!_process.HasExited) ChildServer.Terminate(_process);
        await _process.WaitForExitAsync(CancellationToken.None).WaitAsync(LongestStop);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }
}
