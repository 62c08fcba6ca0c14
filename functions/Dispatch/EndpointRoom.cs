using AudioReprompt.Configuration;
using AudioReprompt.RunPod;

namespace AudioReprompt.FrontDoor.Dispatch;

/// <summary>
/// Whether the endpoint may be given another job: as long as fewer wait in its own queue than <see cref="DispatchOptions.MaxEndpointQueue"/>. The endpoint is
/// asked (<c>/health</c>) when there is something to start and the last answer is old; meanwhile what was started here is counted in.
/// </summary>
public sealed partial class EndpointRoom(DispatchOptions options, RunPodClient endpoint, TimeProvider time, ILogger<EndpointRoom> logger) : IDisposable
{
    /// <summary>How long to wait before another try; no sooner is the endpoint asked again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);
    private long? _askedAt;
    private int _waiting;
    private bool _isFull;

    /// <returns>true when a job may be started now; it is taken to have been. Also when the endpoint does not tell: then the start itself will.</returns>
    public async Task<bool> TryEnterAsync(CancellationToken cancellationToken)
    {
        if (options.MaxEndpointQueue == 0) return true;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_askedAt is not { } asked || time.GetElapsedTime(asked) >= Pause) await AskAsync(cancellationToken);
            if (_waiting >= options.MaxEndpointQueue) return false;
            _waiting++;
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            _waiting = (await endpoint.HealthAsync(cancellationToken)).Jobs.InQueue;
        }
        catch (EndpointException)
        {
            // It tells nothing, or cannot be reached; both show when a job is started.
            _waiting = 0;
        }

        _askedAt = time.GetTimestamp();
        var isFull = _waiting >= options.MaxEndpointQueue;
        if (isFull && !_isFull) LogFull(logger, _waiting, options.MaxEndpointQueue);
        _isFull = isFull;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Waiting} jobs wait at the endpoint, {Allowed} may (dispatch.max_endpoint_queue); further ones wait here.")]
    private static partial void LogFull(ILogger logger, int waiting, int allowed);
}
