using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Dispatch;

/// <summary>Keeps a message held while its job is worked on, and lets go of it in the end.</summary>
public sealed class MessageLease : IAsyncDisposable
{
    private readonly IJobQueue _queue;
    private readonly TimeSpan _visibility;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _settled = new();
    private readonly Task _renewal;
    private QueueMessage? _message;

    public MessageLease(IJobQueue queue, QueueMessage message, TimeSpan visibility, TimeProvider time, CancellationToken stoppingToken)
    {
        (_queue, _message, _visibility, _time) = (queue, message, visibility, time);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Token = _lost.Token;
        _renewal = RenewAsync();
    }

    /// <summary>Tripped when the message is no longer ours, or when the process stops.</summary>
    public CancellationToken Token { get; }

    /// <summary>Why the message could not be held, where that is neither the store's absence nor another consumer.</summary>
    public Exception? Fault { get; private set; }

    public async Task SettleAsync(Verdict verdict, CancellationToken cancellationToken)
    {
        await StopRenewingAsync();
        if (_message is not { } held) return;
        if (verdict.Poison is { } reason)
            await _queue.PoisonAsync(held, reason, cancellationToken);
        else if (verdict.Again is { } delay)
            await _queue.ExtendAsync(held, delay, cancellationToken);
        else
            await _queue.DeleteAsync(held, cancellationToken);
    }

    /// <summary>Lets somebody else have the message at once, where it is still ours and the queue will have it so.</summary>
    public async Task GiveBackAsync()
    {
        try
        {
            await SettleAsync(Verdict.Later(TimeSpan.Zero), CancellationToken.None);
        }
        catch (Exception)
        {
            // Then it comes back when its visibility timeout ends. Who gives back has had to end already, whatever the queue says now.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopRenewingAsync();
        _lost.Dispose();
        _settled.Dispose();
    }

    private async Task StopRenewingAsync()
    {
        if (!_settled.IsCancellationRequested) await _settled.CancelAsync();
        await _renewal;
    }

    private async Task RenewAsync()
    {
        try
        {
            while (_message is { } held)
            {
                await Task.Delay(_visibility / 3, _time, _settled.Token);
                try
                {
                    _message = await _queue.ExtendAsync(held, _visibility, _settled.Token);
                    if (_message is null) await _lost.CancelAsync();
                }
                catch (StorageUnavailableException)
                {
                    // Two more tries fit into the time that is left; if they fail too, the message is simply delivered again.
                }
            }
        }
        catch (OperationCanceledException) when (_settled.IsCancellationRequested)
        {
            // The work is done; nothing to renew.
        }
        catch (Exception exception)
        {
            // A fault of ours. The work must not go on with a message that nobody holds, and whoever lets go must be able to.
            Fault = exception;
            await _lost.CancelAsync();
        }
    }
}
