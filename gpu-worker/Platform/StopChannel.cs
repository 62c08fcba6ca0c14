using System.Text.Json;

namespace AudioReprompt.Worker.Platform;

/// <summary>Asks the platform all the time which jobs to stop (section 14), from the start until the worker has to stop itself.</summary>
internal sealed partial class StopChannel(
    PlatformClient client, PlatformEnvironment environment, Action<string> stop, TimeProvider time, ILogger<StopChannel> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SlowDownPause = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken stopping)
    {
        if (environment.StopUrl is not { } url)
        {
            LogOff();
            return;
        }

        try
        {
            while (true) await Task.Delay(await PollAsync(url, stopping), time, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The worker stops: its jobs are finished, whatever anybody wants of them.
        }
    }

    /// <returns>How long to wait before the next poll.</returns>
    private async Task<TimeSpan> PollAsync(string url, CancellationToken stopping)
    {
        var reply = await client.PollAsync(url, stopping);
        if (reply.Fault is { Kind: FaultKind.Timeout }) return TimeSpan.Zero;
        if (reply.Status == 429) return SlowDownPause;
        if (reply.Fault is not null || reply.Status >= 300)
        {
            LogFailed(PlatformClient.Quote(reply));
            return Pause;
        }

        var stopped = 0;
        foreach (var id in Read(reply))
        {
            stopped++;
            if (id is null) LogNoText();
            else stop(id);
        }

        return stopped > 0 ? TimeSpan.Zero : Pause;
    }

    /// <returns>Ids; null for an item that is no text. Empty for every answer that is not what it should be.</returns>
    private static List<string?> Read(PlatformReply reply)
    {
        if (reply.Status != 200 || !string.Equals(reply.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)) return [];
        try
        {
            using var document = JsonDocument.Parse(reply.Body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("jobsToStop", out var ids) && ids.ValueKind == JsonValueKind.Array
                ? [.. ids.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.String ? id.GetString() : null)]
                : [];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or half a surrogate pair: an answer that says nothing.
            return [];
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The address of the take has no /job-take/, so running jobs cannot be stopped.")]
    private partial void LogOff();

    [LoggerMessage(2, LogLevel.Error, "Failed to ask which jobs to stop: {Reply}")]
    private partial void LogFailed(string reply);

    [LoggerMessage(3, LogLevel.Warning, "A job to be stopped is named by something that is no text.")]
    private partial void LogNoText();
}
