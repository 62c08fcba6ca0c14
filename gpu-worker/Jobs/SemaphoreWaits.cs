namespace AudioReprompt.Worker.Jobs;

internal static class SemaphoreWaits
{
    /// <summary>Waits for a release, at most for <paramref name="limit"/> by <paramref name="time"/>.</summary>
    public static async Task WaitAsync(this SemaphoreSlim semaphore, TimeSpan limit, TimeProvider time)
    {
        using var over = new CancellationTokenSource(limit, time);
        try
        {
            await semaphore.WaitAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            // The time is up.
        }
    }
}
