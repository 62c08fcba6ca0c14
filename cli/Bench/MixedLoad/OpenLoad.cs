using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AudioReprompt.Cli.Bench.MixedLoad;

/// <summary>Sends the requests of a schedule, each when it is due, over as many connections as are needed meanwhile.</summary>
internal static class OpenLoad
{
    /// <summary>So many may be under way at once; the time that one waits for a free connection counts as its latency.</summary>
    private const int Connections = 64;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    /// <param name="request">The whole request of an index, made when it is due.</param>
    /// <param name="read">Called on the thread of the connection, several at once.</param>
    /// <param name="failed">Called where a connection broke instead.</param>
    /// <returns>How long it took to the last answer.</returns>
    public static async Task<TimeSpan> RunAsync(
        IPEndPoint server, OpenSchedule schedule, Func<int, ReadOnlyMemory<byte>> request, LoadGenerator.AnswerReader read, Action<int, Exception> failed, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Factory.StartNew(
            Call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        cancellationToken.ThrowIfCancellationRequested();
        return Stopwatch.GetElapsedTime(started);

        void Call()
        {
            HttpConnection? connection = null;
            while (!cancellationToken.IsCancellationRequested && schedule.TryTake(out var index))
            {
                // Whole milliseconds, rounded up: too early would not be open, and the rest of one counts as latency.
                if (schedule.UntilDue(index) is { Ticks: > 0 } wait) Thread.Sleep((int)Math.Ceiling(wait.TotalMilliseconds));
                try
                {
                    connection ??= new HttpConnection(server, AnswerTimeout);
                    var answer = connection.Send(request(index).Span);
                    schedule.Answered(index);
                    read(index, answer);
                    if (!answer.Head.Closes) continue;
                }
                catch (Exception exception) when (exception is SocketException or InvalidDataException)
                {
                    // One more error to count; the rate goes on.
                    failed(index, exception);
                }

                connection?.Dispose();
                connection = null;
            }

            connection?.Dispose();
        }
    }
}
