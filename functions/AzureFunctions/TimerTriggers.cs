using AudioReprompt.Storage;
using Microsoft.Azure.Functions.Worker;

namespace AudioReprompt.FrontDoor.AzureFunctions;

/// <summary>What has to be done now and then; of several instances the host lets one do it.</summary>
public sealed partial class TimerTriggers(Upkeep upkeep, IJobQueue queue, ILogger<TimerTriggers> logger)
{
    private const int MostListed = 32;

    /// <summary>Expired audio and old tombstones go; jobs that a fault left without a message get one.</summary>
    [Function("Upkeep")]
    public Task RunUpkeep([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => upkeep.RunOnceAsync(cancellationToken);

    /// <summary>Says what was given up and why, for the alert that looks for this line.</summary>
    [Function("ReportPoison")]
    public async Task ReportPoison([TimerTrigger("30 */5 * * * *")] TimerInfo timer, CancellationToken cancellationToken)
    {
        foreach (var message in await queue.ListPoisonAsync(MostListed, cancellationToken))
        {
            LogPoison(logger, message.JobId, message.DequeueCount, message.PoisonedAt, message.Reason);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "Poison: job {JobId}, received {DequeueCount} times, given up at {PoisonedAt:O}: {Reason}")]
    private static partial void LogPoison(ILogger logger, Guid jobId, int dequeueCount, DateTimeOffset poisonedAt, string reason);
}
