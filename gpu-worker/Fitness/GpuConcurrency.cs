using AudioReprompt.Worker.Jobs;

namespace AudioReprompt.Worker.Fitness;

/// <summary>Keeps the concurrency to what fits into the GPU's memory: as many jobs as there is room for at the start, and always one.</summary>
/// <param name="wanted">What is configured; is never exceeded.</param>
/// <param name="megabytesPerJob">MiB that one job takes; 0 asks for no limit.</param>
public sealed partial class GpuConcurrency(ConcurrencyModifier wanted, IGpuProbe gpu, int megabytesPerJob, ILogger<GpuConcurrency> logger)
{
    private Task<int>? _fitting;

    /// <summary>A <see cref="ConcurrencyModifier"/>; until the driver has answered, one job at a time.</summary>
    public int Next(int current)
    {
        var most = wanted(current);
        if (megabytesPerJob == 0 || !gpu.IsCudaHost) return most;
        _fitting ??= FitAsync();
        return Math.Min(most, _fitting.IsCompletedSuccessfully ? _fitting.Result : 1);
    }

    private async Task<int> FitAsync()
    {
        try
        {
            var report = await gpu.QueryAsync(CancellationToken.None);
            var free = report.Gpus.Select(one => one.FreeMegabytes).DefaultIfEmpty(0).Max();
            var fitting = (int)Math.Clamp(free / megabytesPerJob, 1, int.MaxValue);
            LogFitting(fitting, free, megabytesPerJob);
            return fitting;
        }
        catch (UnfitException exception)
        {
            // The fitness check decides whether the worker may run; here one job at a time is the safe answer.
            LogUnknown(exception.Message);
            return 1;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Fitting} jobs fit into the GPU at once: {Free} MiB are free, one takes {PerJob}.")]
    private partial void LogFitting(int fitting, long free, int perJob);

    [LoggerMessage(2, LogLevel.Warning, "How many jobs fit into the GPU is not known: {Reason}")]
    private partial void LogUnknown(string reason);
}
