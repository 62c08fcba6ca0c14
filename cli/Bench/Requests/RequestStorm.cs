using System.Net;
using System.Net.Sockets;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>Sends bad requests: those that are right as HTTP over connections that are kept, the others each over one of its own.</summary>
internal sealed class RequestStorm(IPEndPoint server, BadRequests requests, Findings findings)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    /// <param name="first">Index of the first request.</param>
    /// <param name="callers">Each has a thread of its own.</param>
    /// <exception cref="SocketException">Nobody listens any more.</exception>
    public async Task SendAsync(int first, int count, int callers, CancellationToken cancellationToken)
    {
        var next = first - 1;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Factory.StartNew(
            Call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        cancellationToken.ThrowIfCancellationRequested();

        void Call()
        {
            HttpConnection? kept = null;
            try
            {
                int index;
                while (!cancellationToken.IsCancellationRequested && (index = Interlocked.Increment(ref next)) < first + count)
                {
                    var request = requests[index];
                    if (request.Delivery == Delivery.Kept) kept = SendKept(kept, index, request);
                    else SendAlone(index, request);
                }
            }
            finally
            {
                kept?.Dispose();
            }
        }
    }

    /// <returns>The connection for the next request; null when this one is over.</returns>
    private HttpConnection? SendKept(HttpConnection? kept, int index, BadRequest request)
    {
        while (true)
        {
            // A connection that was used before may be over without a word, which a new one may not.
            var isNew = kept is null;
            kept ??= new HttpConnection(server, AnswerTimeout);
            try
            {
                var answer = kept.Send(request.Bytes, !request.IsHead);
                findings.Take(index, request, answer);
                if (!answer.Head.Closes) return kept;
            }
            catch (SocketException exception) when (IsSilence(exception))
            {
                findings.TakeSilence(index, request);
            }
            catch (SocketException) when (isNew)
            {
                findings.TakeClosed(index, request);
            }
            catch (SocketException)
            {
                kept.Dispose();
                kept = null;
                continue;
            }

            kept.Dispose();
            return null;
        }
    }

    private void SendAlone(int index, BadRequest request)
    {
        using var connection = new HttpConnection(server, AnswerTimeout);
        var answers = 0;
        try
        {
            connection.Write(request.Bytes);
            if (request.Delivery == Delivery.Reset) connection.Reset();
            if (request.Delivery != Delivery.Alone) return;
            // Until the server closes: a second answer would be one to what was hidden in the first request.
            for (; ; answers++)
            {
                var answer = connection.Read();
                findings.Take(index, request, answer);
                if (answers == 0 && !answer.Head.Closes) connection.EndSending();
            }
        }
        catch (SocketException exception) when (IsSilence(exception))
        {
            findings.TakeSilence(index, request);
        }
        catch (Exception exception) when (exception is SocketException or InvalidDataException)
        {
            // Closed, or a frame of another protocol that says so.
            if (answers == 0) findings.TakeClosed(index, request);
        }
    }

    private static bool IsSilence(SocketException exception) => exception.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock;
}
