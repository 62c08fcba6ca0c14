using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Scoring;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Dispatch;

/// <summary>
/// The loop that takes messages and has each job brought to its audio, and then to its scores; a message goes only after the record says what it caused.
/// </summary>
public sealed partial class Dispatcher(
    DispatchOptions options, IJobQueue queue, DispatchJob dispatch, ScoringLoop scoring, TimeProvider time, ILogger<Dispatcher> logger)
    : BackgroundService
{
    /// <summary>Messages that others enqueued are seen at the latest after this time.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _visibility = TimeSpan.FromSeconds(options.VisibilityTimeoutSeconds);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var slots = new SemaphoreSlim(options.MaxInFlight);
        try
        {
            while (true)
            {
                await slots.WaitAsync(stoppingToken);
                QueueMessage? message = null;
                try
                {
                    message = await TakeAsync(stoppingToken);
                }
                finally
                {
                    if (message is null) slots.Release();
                }

                if (message is not null) _ = HandleAsync(message, slots, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down: those under way see the same token; wait until each has given its message back.
            for (var free = 0; free < options.MaxInFlight; free++) await slots.WaitAsync(CancellationToken.None);
        }
    }

    private async Task<QueueMessage?> TakeAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await queue.ReceiveAsync(_visibility, stoppingToken) is { } message) return message;
            await queue.WaitAsync(Look, stoppingToken);
        }
        catch (StorageUnavailableException exception)
        {
            // The queue will be back; nothing is lost meanwhile.
            LogQueueDown(logger, exception.Message);
            await Task.Delay(AfterFault, time, stoppingToken);
        }

        return null;
    }

    private async Task HandleAsync(QueueMessage message, SemaphoreSlim slots, CancellationToken stoppingToken)
    {
        using var scope = logger.BeginScope(new KeyValuePair<string, object>("job", message.JobId));
        var lease = new MessageLease(queue, message, _visibility, time, stoppingToken);
        var isOurs = true;
        try
        {
            var verdict = await dispatch.RunAsync(message, lease.Token);
            // Scoring must not hold a slot: it goes on elsewhere, or later.
            if (verdict.ToScore && scoring.TryTake(message.JobId, lease)) isOurs = false;
            else await lease.SettleAsync(verdict.ToScore ? Verdict.Later(_visibility) : verdict, CancellationToken.None);
        }
        catch (OperationCanceledException) when (lease.Token.IsCancellationRequested)
        {
            // We shut down, another consumer has the message now, or it could not be held. The next holder goes on from the record.
            if (lease.Fault is { } fault) LogFault(logger, message.JobId, fault);
            await lease.GiveBackAsync();
        }
        catch (StorageUnavailableException exception)
        {
            // Without the store nothing can be decided; the message comes back by itself.
            LogStoreDown(logger, message.JobId, exception.Message);
        }
        catch (Exception exception)
        {
            // A fault of ours must not end the loop for the other jobs. The message comes back when its time is up.
            LogFault(logger, message.JobId, exception);
        }
        finally
        {
            if (isOurs) await lease.DisposeAsync();
            slots.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The queue does not answer: {Reason}")]
    private static partial void LogQueueDown(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId} has to wait for the store: {Reason}")]
    private static partial void LogStoreDown(ILogger logger, Guid jobId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId} could not be handled; it will be tried again.")]
    private static partial void LogFault(ILogger logger, Guid jobId, Exception exception);
}
