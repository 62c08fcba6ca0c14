using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor;

/// <summary>
/// A storage account may be away for a moment just when a front door starts, or give a new identity its roles only after a while: a start that gave up at
/// once would leave it to somebody else to try again.
/// </summary>
/// <param name="longest">Of all tries together; the last of them may still be under way then.</param>
internal sealed partial class StorageWait(TimeSpan longest, TimeSpan pause, TimeProvider time, ILogger logger)
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <param name="open">Run again as long as it says that the storage is not there.</param>
    /// <exception cref="StorageUnavailableException">It still was not when the time was over.</exception>
    public void Open(Action open)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                open();
                return;
            }
            catch (StorageUnavailableException exception) when (time.GetElapsedTime(begun) < longest)
            {
                LogWaiting(logger, exception.Message);
                // Nothing else can be done before the storage is there.
                Task.Delay(pause, time).GetAwaiter().GetResult();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The start waits for the storage: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}
