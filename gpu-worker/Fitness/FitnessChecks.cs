using System.Globalization;
using AudioReprompt.Music;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Worker.Fitness;

/// <summary>
/// What a worker checks before its first take (section 16 of RunPod's worker protocol). On a machine with a GPU: the driver, its memory,
/// the machine's memory and disk, and one short generation. On one without, only what is asked for by its variable.
/// </summary>
public sealed partial class FitnessChecks(IGpuProbe gpu, IMusicEngine engine, Func<string, string?> variable, ILogger<FitnessChecks> logger)
{
    private const double DefaultMemoryGigabytes = 4;
    private const double DefaultDiskPercent = 10;
    private const double DefaultTestSeconds = 30;

    /// <summary>Less than this is left to nobody's model: somebody else has the GPU.</summary>
    private const long LeastFreeMegabytes = 1024;
    private static readonly Version DefaultCuda = new(11, 8);

    /// <summary>The shortest piece that an engine makes.</summary>
    private static readonly MusicRequest OneStep =
        new("fitness check", MusicalPlan.Neutral, DurationSeconds: 1, Seed: 0, new SamplingOptions());

    /// <summary>The checks for this machine, in their order: the GPU, then the system, then the generation that needs both.</summary>
    public IReadOnlyList<FitnessCheck> ForThisMachine()
    {
        var checks = new List<FitnessCheck>();
        if (gpu.IsCudaHost && !IsOn("RUNPOD_SKIP_GPU_CHECK")) checks.Add(new FitnessCheck("gpu", CheckGpuAsync));
        if (!gpu.IsCudaHost) LogNoGpu(engine.Name);
        if (!IsOn("RUNPOD_SKIP_AUTO_SYSTEM_CHECKS"))
        {
            // RunPod's limits are meant for its GPU machines; elsewhere they hold when somebody sets them.
            if (gpu.IsCudaHost || variable("RUNPOD_MIN_MEMORY_GB") is not null) checks.Add(new FitnessCheck("memory", CheckMemoryAsync));
            if (gpu.IsCudaHost || variable("RUNPOD_MIN_DISK_PERCENT") is not null) checks.Add(new FitnessCheck("disk", CheckDiskAsync));
            if (gpu.IsCudaHost) checks.Add(new FitnessCheck("cuda_version", CheckCudaVersionAsync));
        }

        if (gpu.IsCudaHost && !IsOn("RUNPOD_SKIP_GPU_CHECK")) checks.Add(new FitnessCheck("generation", CheckGenerationAsync));
        return checks;
    }

    private async Task CheckGpuAsync(CancellationToken cancellationToken)
    {
        var report = await gpu.QueryAsync(cancellationToken);
        if (report.Gpus.Count == 0) throw new UnfitException("the driver sees no GPU");
        var best = report.Gpus.MaxBy(one => one.FreeMegabytes)!;
        if (best.FreeMegabytes < LeastFreeMegabytes)
            throw new UnfitException($"{best.Name} has {best.FreeMegabytes} MiB free of {best.TotalMegabytes}; at least {LeastFreeMegabytes} are needed");
        LogGpu(best.Name, best.DriverVersion, best.FreeMegabytes, best.TotalMegabytes);
    }

    private async Task CheckCudaVersionAsync(CancellationToken cancellationToken)
    {
        var least = Version.TryParse(variable("RUNPOD_MIN_CUDA_VERSION"), out var set) ? set : DefaultCuda;
        if ((await gpu.QueryAsync(cancellationToken)).CudaVersion is { } found && found < least)
            throw new UnfitException($"the driver serves CUDA {found}; at least {least} is needed");
    }

    private Task CheckMemoryAsync(CancellationToken cancellationToken)
    {
        var least = Number("RUNPOD_MIN_MEMORY_GB", DefaultMemoryGigabytes);
        var available = AvailableMemoryBytes() / (1024.0 * 1024 * 1024);
        return available >= least
            ? Task.CompletedTask
            : throw new UnfitException(string.Create(CultureInfo.InvariantCulture, $"{available:0.0} GiB of memory are available; at least {least:0.#} are needed"));
    }

    private Task CheckDiskAsync(CancellationToken cancellationToken)
    {
        var least = Number("RUNPOD_MIN_DISK_PERCENT", DefaultDiskPercent);
        var disk = new DriveInfo("/");
        var free = 100.0 * disk.AvailableFreeSpace / disk.TotalSize;
        return free >= least
            ? Task.CompletedTask
            : throw new UnfitException(string.Create(CultureInfo.InvariantCulture, $"{free:0.0} % of the disk is free; at least {least:0.#} % is needed"));
    }

    private async Task CheckGenerationAsync(CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(Number("RUNPOD_GPU_TEST_TIMEOUT", DefaultTestSeconds));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        over.CancelAfter(limit);
        try
        {
            var audio = await engine.GenerateAsync(OneStep, null, over.Token);
            if (audio.Samples.Length == 0 || audio.Samples.Any(sample => !float.IsFinite(sample)))
                throw new UnfitException($"{engine.Name} made {audio.Samples.Length} samples, not all of them numbers");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnfitException($"{engine.Name} made nothing within {limit.TotalSeconds:0} s");
        }
    }

    /// <summary>proc(5): what programs can have without swapping; elsewhere what the runtime may use.</summary>
    private static long AvailableMemoryBytes()
    {
        const string Field = "MemAvailable:";
        if (!File.Exists("/proc/meminfo")) return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var line = File.ReadLines("/proc/meminfo").First(line => line.StartsWith(Field, StringComparison.Ordinal));
        return 1024 * long.Parse(line[Field.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private bool IsOn(string name) => string.Equals(variable(name), "true", StringComparison.OrdinalIgnoreCase);

    private double Number(string name, double absent) =>
        double.TryParse(variable(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : absent;

    [LoggerMessage(1, LogLevel.Information, "This machine has no GPU; {Engine} plays on its processor.")]
    private partial void LogNoGpu(string engine);

    [LoggerMessage(2, LogLevel.Information, "{Gpu}, driver {Driver}, {Free} of {Total} MiB free.")]
    private partial void LogGpu(string gpu, string driver, long free, long total);
}
