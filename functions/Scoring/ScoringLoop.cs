using System.Threading.Channels;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Dispatch;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Scoring;

/// <summary>
/// The loop that scores jobs, a few at a time. A job comes with its message, held: it stays hidden from other front doors while it waits here and is
/// scored, comes back by itself when this process dies, and goes only after the record says what was found.
/// </summary>
public sealed partial class ScoringLoop(ScoringOptions options, ScoreJob score, ILogger<ScoringLoop> logger) : BackgroundService
{
    /// <summary>Each one that waits keeps its message held; more are left to other front doors.</summary>
    private const int MostWaiting = 256;

    private readonly Channel<(Guid JobId, MessageLease Lease)> _waiting = Channel.CreateBounded<(Guid, MessageLease)>(MostWaiting);

    /// <summary>Takes over a job and the holding of its message.</summary>
    /// <returns>false when too many wait already; then the caller holds on.</returns>
    public bool TryTake(Guid jobId, MessageLease lease) => _waiting.Writer.TryWrite((jobId, lease));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(Enumerable.Range(0, options.Concurrency).Select(_ => ScoreAllAsync(stoppingToken)));
        // Shutting down: whoever takes the messages next goes on from the records.
        _waiting.Writer.Complete();
        await foreach (var (_, lease) in _waiting.Reader.ReadAllAsync(CancellationToken.None))
        {
            await using (lease) await lease.GiveBackAsync();
        }
    }

    private async Task ScoreAllAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var (jobId, lease) in _waiting.Reader.ReadAllAsync(stoppingToken)) await HandleAsync(jobId, lease);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The job under way saw its lease's token trip and has given its message back.
        }
    }

    private async Task HandleAsync(Guid jobId, MessageLease lease)
    {
        using var scope = logger.BeginScope(new KeyValuePair<string, object>("job", jobId));
        try
        {
            var verdict = await score.RunAsync(jobId, lease.Token);
            await lease.SettleAsync(verdict, CancellationToken.None);
        }
        catch (OperationCanceledException) when (lease.Token.IsCancellationRequested)
        {
            // We shut down, another consumer has the message now, or it could not be held. The next holder scores anew.
            if (lease.Fault is { } fault) LogFault(logger, jobId, fault);
            await lease.GiveBackAsync();
        }
        catch (StorageUnavailableException exception)
        {
            // What was found cannot be written down; the message comes back by itself.
            LogStoreDown(logger, jobId, exception.Message);
        }
        catch (Exception exception)
        {
            // A fault of ours must not end the loop for the other jobs. The message comes back when its time is up.
            LogFault(logger, jobId, exception);
        }
        finally
        {
            await lease.DisposeAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId} has to wait for the store: {Reason}")]
    private static partial void LogStoreDown(ILogger logger, Guid jobId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId} could not be handled; it will be tried again.")]
    private static partial void LogFault(ILogger logger, Guid jobId, Exception exception);
}
