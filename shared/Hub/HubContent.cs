using System.Net.Http.Headers;

namespace AudioReprompt.Hub;

/// <summary>A file's bytes as they come from the hub.</summary>
/// <param name="offset">Of the first of them in the file: what was asked for, or 0 where the server does not know ranges.</param>
/// <param name="validator">What makes sure that a later range is of the same bytes; null where the server gives none.</param>
/// <param name="name">Of the server, for messages.</param>
internal sealed class HubContent(HttpResponseMessage response, Stream stream, long offset, EntityTagHeaderValue? validator, string name, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stalled = new(Timeout.InfiniteTimeSpan, time);

    public long Offset => offset;

    public EntityTagHeaderValue? Validator => validator;

    /// <returns>0 at the end, which may come too early.</returns>
    /// <exception cref="HubException">The connection broke, or nothing came for <see cref="HubClient.StallTimeout"/>.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stalled.Token, cancellationToken);
        _stalled.CancelAfter(HubClient.StallTimeout);
        try
        {
            return await stream.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HubException(HubFault.Unreachable, $"{name} sent nothing for {HubClient.StallTimeout.TotalSeconds} s.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new HubException(HubFault.Unreachable, $"The connection to {name} broke: {exception.Message}", exception);
        }
        finally
        {
            _stalled.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _stalled.Dispose();
        response.Dispose();
    }
}
