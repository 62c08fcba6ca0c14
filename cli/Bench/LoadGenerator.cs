using System.Diagnostics;
using System.Net;

namespace AudioReprompt.Cli.Bench;

/// <summary>What to send, and how much of it.</summary>
/// <param name="Callers">
/// Each has a connection and a thread of its own, and sends its next request when it has the answer to the last.
/// </param>
/// <param name="Count">Requests altogether.</param>
/// <param name="Longest">When this has passed, no further request is sent.</param>
/// <param name="Request">The whole request of an index from 0 to <paramref name="Count"/> − 1, ready made.</param>
internal sealed record Load(int Callers, int Count, TimeSpan Longest, Func<int, ReadOnlyMemory<byte>> Request);

/// <summary>What came of a load.</summary>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Latencies">Of every request that was answered, ascending.</param>
internal sealed record LoadResult(TimeSpan Elapsed, IReadOnlyList<TimeSpan> Latencies)
{
    public double PerSecond => Latencies.Count / Elapsed.TotalSeconds;

    /// <param name="share">0…1.</param>
    /// <returns>The latency that this share of the requests does not exceed (nearest rank).</returns>
    public TimeSpan Percentile(double share) =>
        Latencies[Math.Clamp((int)Math.Ceiling(share * Latencies.Count) - 1, 0, Latencies.Count - 1)];
}

/// <summary>Callers that send as fast as they are answered.</summary>
internal static class LoadGenerator
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Called on the caller's thread, several at once. What it throws ends the load.</summary>
    public delegate void AnswerReader(int index, HttpAnswer answer);

    /// <param name="read">Must look at the status: an error is often quicker than the work.</param>
    /// <exception cref="System.Net.Sockets.SocketException">A connection broke.</exception>
    /// <exception cref="InvalidDataException">An answer was not HTTP/1.1.</exception>
    public static async Task<LoadResult> RunAsync(IPEndPoint server, Load load, AnswerReader read, CancellationToken cancellationToken)
    {
        var connections = new List<HttpConnection>(load.Callers);
        try
        {
            while (connections.Count < load.Callers) connections.Add(new HttpConnection(server, AnswerTimeout));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var ticks = new long[load.Count];
            var next = -1;
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(connections.Select(connection => Task.Factory.StartNew(
                () => Call(connection), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            var elapsed = Stopwatch.GetElapsedTime(started);
            cancellationToken.ThrowIfCancellationRequested();
            var answered = ticks.Where(taken => taken > 0).Order();
            return new LoadResult(elapsed, [.. answered.Select(taken => Stopwatch.GetElapsedTime(0, taken))]);

            void Call(HttpConnection connection)
            {
                try
                {
                    while (!stop.IsCancellationRequested && Stopwatch.GetElapsedTime(started) < load.Longest)
                    {
                        var index = Interlocked.Increment(ref next);
                        if (index >= load.Count) return;
                        var request = load.Request(index);
                        var sent = Stopwatch.GetTimestamp();
                        var answer = connection.Send(request.Span);
                        ticks[index] = Stopwatch.GetTimestamp() - sent;
                        read(index, answer);
                    }
                }
                catch
                {
                    // One caller's fault spoils the measurement; the others need not go on.
                    stop.Cancel();
                    throw;
                }
            }
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }
}
