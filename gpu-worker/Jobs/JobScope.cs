namespace AudioReprompt.Worker.Jobs;

/// <summary>The log scopes of a job: whatever is logged within belongs to it.</summary>
public static class JobScope
{
    public const string JobKey = "job";
    public const string BatchKey = "batch";

    public static IDisposable? BeginJob(this ILogger logger, string jobId, string? batchId)
    {
        var job = logger.BeginScope(new KeyValuePair<string, object>(JobKey, jobId));
        if (batchId is null) return job;
        var batch = logger.BeginScope(new KeyValuePair<string, object>(BatchKey, batchId));
        return new Both(batch, job);
    }

    private sealed class Both(IDisposable? inner, IDisposable? outer) : IDisposable
    {
        public void Dispose()
        {
            inner?.Dispose();
            outer?.Dispose();
        }
    }
}
