using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AudioReprompt.Worker.Fitness;

/// <summary>A GPU as its driver describes it.</summary>
/// <param name="FreeMegabytes">Memory that nobody uses, MiB.</param>
/// <param name="TotalMegabytes">MiB.</param>
public sealed record Gpu(string Name, string DriverVersion, long FreeMegabytes, long TotalMegabytes);

/// <summary>What the driver says.</summary>
/// <param name="CudaVersion">The newest CUDA that it serves; null where it does not say.</param>
public sealed record GpuReport(IReadOnlyList<Gpu> Gpus, Version? CudaVersion);

/// <summary>Asks this machine's GPU driver.</summary>
public interface IGpuProbe
{
    /// <summary>Whether this is a machine with a driver for NVIDIA's GPUs; starts no process.</summary>
    bool IsCudaHost { get; }

    /// <exception cref="UnfitException">The driver does not answer.</exception>
    Task<GpuReport> QueryAsync(CancellationToken cancellationToken);
}

/// <summary>Asks <c>nvidia-smi</c>, which comes with the driver.</summary>
public sealed partial class NvidiaSmi : IGpuProbe
{
    private const string Program = "nvidia-smi";
    private static readonly string[] DriverFiles = ["/proc/driver/nvidia/version", "/dev/nvidiactl"];

    /// <summary>A driver that hangs is as bad as none.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public bool IsCudaHost { get; } = DriverFiles.Any(File.Exists) || OnPath();

    public async Task<GpuReport> QueryAsync(CancellationToken cancellationToken)
    {
        var table = await RunAsync(["--query-gpu=name,driver_version,memory.free,memory.total", "--format=csv,noheader,nounits"], cancellationToken);
        return new GpuReport(ParseGpus(table), ParseCudaVersion(await RunAsync([], cancellationToken)));
    }

    /// <summary>Lines such as <c>NVIDIA L4, 550.90.07, 22515, 23034</c>. Another form is left out.</summary>
    internal static IReadOnlyList<Gpu> ParseGpus(string table) =>
    [
        .. table.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(',', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 4)
            .Select(cells => new Gpu(cells[0], cells[1], Megabytes(cells[2]), Megabytes(cells[3]))),
    ];

    /// <summary>From the head of the overview: <c>CUDA Version: 12.4</c>.</summary>
    internal static Version? ParseCudaVersion(string overview) =>
        CudaVersion().Match(overview) is { Success: true } match ? Version.Parse(match.Groups[1].Value) : null;

    /// <summary>Some GPUs answer <c>[N/A]</c>.</summary>
    private static long Megabytes(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static bool OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, Program)));

    private static async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            try
            {
                var errors = process.StandardError.ReadToEndAsync(limit.Token);
                var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await process.WaitForExitAsync(limit.Token);
                if (process.ExitCode == 0) return output;
                throw new UnfitException($"{Program} ended with {process.ExitCode}: {(output + await errors).Trim().ReplaceLineEndings(" ")}");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                process.Kill();
                throw new UnfitException($"{Program} did not answer within {Limit.TotalSeconds:0} s");
            }
        }
        catch (Win32Exception exception)
        {
            throw new UnfitException($"{Program} cannot be started: {exception.Message}");
        }
    }

    [GeneratedRegex(@"CUDA Version:\s*(\d+\.\d+)")]
    private static partial Regex CudaVersion();
}
