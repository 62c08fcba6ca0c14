using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using AudioReprompt.Configuration;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>
/// 100,000 generated requests that are wrong in every way that the generator knows: whether the front door lives, answers each as it should, stores none and
/// grows by nothing.
/// </summary>
internal static class RequestsBench
{
    /// <summary>How many, where somebody wants fewer (or more) than 100,000.</summary>
    private const string CountVariable = "AUDIOREPROMPT_REQUESTS";
    private const int DefaultCount = 100_000;

    private const int Callers = 8;
    private const int Seed = 20261126;

    /// <summary>Wrong answers that are shown.</summary>
    private const int MostShown = 20;

    /// <summary>Before this share of the requests is over, code is compiled and pools are filled.</summary>
    private const double WarmUpShare = 0.2;

    /// <summary>What the heap may breathe; a leak of 100 bytes a request would be as much.</summary>
    private const double GrowthGoalMegabytes = 8;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    /// <summary>So that a collection has happened at both looks.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var count = Environment.GetEnvironmentVariable(CountVariable) is { Length: > 0 } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : DefaultCount;
        await using var servers = await PrivateServers.StartAsync(cancellationToken, new Dictionary<string, string> { ["AUDIOREPROMPT__API__RATE_LIMIT_PER_MINUTE"] = "0" });
        var requests = new BadRequests(servers.Address.ToString(), new ApiOptions().MaxBodyBytes, Seed);
        var tally = new Tally();
        var warmUp = (int)(count * WarmUpShare);
        var begun = Stopwatch.GetTimestamp();
        await SendAsync(servers.Address, requests, 0, warmUp, tally, cancellationToken);
        await Task.Delay(Idle, cancellationToken);
        var before = ResidentMemory.Of(servers.FrontDoor.ProcessId);
        await SendAsync(servers.Address, requests, warmUp, count, tally, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(begun) - Idle;
        await Task.Delay(Idle, cancellationToken);
        var isAlive = !servers.FrontDoor.HasExited;
        var growth = isAlive ? (ResidentMemory.Of(servers.FrontDoor.ProcessId) - before) / 1e6 : double.NaN;
        var stored = isAlive ? await CountStoredAsync(servers, cancellationToken) : 0;

        await Console.Error.WriteLineAsync($"  {tally.Kinds}");
        var rate = string.Create(CultureInfo.InvariantCulture, $"{count:N0} requests at {count / elapsed.TotalSeconds:N0}/s, seed {Seed}");
        yield return new("requests.crashes", "crashes of the front door", isAlive ? 0 : 1, "", Goal.AtMost(0), rate);
        yield return new("requests.faults", "answers 5xx", tally.Faults, "", Goal.AtMost(0), $"beside {tally.UnknownVersions:N0} × 505 to an HTTP version that there is not (RFC 9110, 15.6.6)");
        yield return new("requests.wrong", "answers other than they should be: status, problem document, field", tally.Wrong, "", Goal.AtMost(0), tally.Statuses);
        yield return new("requests.stored", "jobs stored by them", stored, "", Goal.AtMost(0), "then a right request was accepted and found");
        yield return new("requests.growth", "growth of the front door's resident memory", growth, "MB", Goal.AtMost(GrowthGoalMegabytes), string.Create(CultureInfo.InvariantCulture, $"from {before / 1e6:N0} MB after {warmUp:N0}"));
    }

    private static Task SendAsync(IPEndPoint server, BadRequests requests, int first, int end, Tally tally, CancellationToken cancellationToken)
    {
        var next = first - 1;
        return Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Factory.StartNew(Call, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        void Call()
        {
            HttpConnection? kept = null;
            try
            {
                int number;
                while (!cancellationToken.IsCancellationRequested && (number = Interlocked.Increment(ref next)) < end)
                {
                    var request = requests.Of(number);
                    tally.Sent(request);
                    if (request.Sending == Sending.Abandoned) Abandon(server, request);
                    else if (request.Sending == Sending.Alone) SendAlone(server, number, request, tally);
                    else SendKept(server, ref kept, number, request, tally);
                }
            }
            finally
            {
                kept?.Dispose();
            }
        }
    }

    private static void SendKept(IPEndPoint server, ref HttpConnection? kept, int number, BadRequest request, Tally tally)
    {
        // The server may have closed a kept connection meanwhile; on a new one an answer is due.
        for (var isNew = kept is null; ; isNew = true)
        {
            try
            {
                kept ??= new HttpConnection(server, AnswerTimeout);
                tally.Answered(number, request, kept.Send(request.Bytes));
                return;
            }
            catch (Exception exception) when (exception is SocketException or InvalidDataException)
            {
                kept?.Dispose();
                kept = null;
                if (!isNew) continue;
                tally.NotAnswered(number, request, exception.Message);
                return;
            }
        }
    }

    private static void SendAlone(IPEndPoint server, int number, BadRequest request, Tally tally)
    {
        try
        {
            using var connection = new HttpConnection(server, AnswerTimeout);
            tally.Answered(number, request, connection.Send(request.Bytes));
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
        {
            tally.HungUp();
        }
        catch (Exception exception) when (exception is SocketException or InvalidDataException)
        {
            tally.NotAnswered(number, request, exception.Message);
        }
    }

    private static void Abandon(IPEndPoint server, BadRequest request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server);
        socket.Send(request.Bytes);
    }

    /// <returns>Jobs in the store, less a right one that is asked for first.</returns>
    private static async Task<int> CountStoredAsync(PrivateServers servers, CancellationToken cancellationToken)
    {
        using var connection = new HttpConnection(servers.Address, AnswerTimeout);
        var right = ApiRequests.AudioId(connection.Send(new ApiRequests(servers.Address).Generate(0, 1).Span));
        var client = FrontDoorClient.Create($"http://{servers.Address}");
        await client.FollowAsync(right, _ => { }, cancellationToken);
        // More than a page of them would show as a page.
        var list = connection.Send(Encoding.ASCII.GetBytes($"GET /api/audio?limit=100 HTTP/1.1\r\nHost: {servers.Address}\r\n\r\n"));
        ApiRequests.Expect((int)HttpStatusCode.OK, list);
        return Encoding.UTF8.GetString(list.Body).Split("\"audio_id\":").Length - 2;
    }

    /// <summary>What came back. Called by all callers at once.</summary>
    private sealed class Tally
    {
        private readonly ConcurrentDictionary<string, int> _kinds = new();
        private readonly ConcurrentDictionary<int, int> _statuses = new();
        private int _hungUp;
        private int _shown;
        private int _wrong;
        private int _faults;

        public int Faults => _faults;

        public int Wrong => _wrong;

        public int UnknownVersions => _statuses.GetValueOrDefault(StatusCodes505);

        public string Kinds => string.Join(", ", _kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value:N0}")));

        public string Statuses => string.Join(", ", _statuses.OrderBy(status => status.Key).Select(status => string.Create(CultureInfo.InvariantCulture, $"{status.Key} × {status.Value:N0}")))
            + string.Create(CultureInfo.InvariantCulture, $", hung up on {_hungUp:N0}");

        private const int StatusCodes505 = (int)HttpStatusCode.HttpVersionNotSupported;

        public void Sent(BadRequest request) => _kinds.AddOrUpdate(request.Kind, 1, (_, count) => count + 1);

        public void HungUp() => Interlocked.Increment(ref _hungUp);

        public void Answered(int number, BadRequest request, HttpAnswer answer)
        {
            _statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
            var isAllowed = request.Allowed.Contains(answer.Status);
            if (answer.Status >= 500 && !isAllowed) Interlocked.Increment(ref _faults);
            // Where the message cannot be read, the server's own code answers, without a body.
            if (!isAllowed || (request.Sending == Sending.Framed && !IsProblem(request, answer))) Show(number, request, $"{answer.Status} {Encoding.UTF8.GetString(answer.Body)}");
        }

        public void NotAnswered(int number, BadRequest request, string reason) => Show(number, request, reason);

        private static bool IsProblem(BadRequest request, HttpAnswer answer)
        {
            if (!answer.Body.StartsWith("{\"type\":\"about:blank\""u8)) return false;
            return !request.NamesField || answer.Status != (int)HttpStatusCode.BadRequest || answer.Body.IndexOf("\"errors\":{\""u8) > 0;
        }

        private void Show(int number, BadRequest request, string answer)
        {
            Interlocked.Increment(ref _wrong);
            if (Interlocked.Increment(ref _shown) > MostShown) return;
            Console.Error.WriteLine($"  request {number} ({request.Kind}): {Escaped(Encoding.Latin1.GetString(request.Bytes))}\n    was answered {Escaped(answer)}");
        }

        private static string Escaped(string text) =>
            string.Concat(text.Take(300).Select(character => char.IsControl(character) ? $"\\x{(int)character:x2}" : character.ToString()));
    }
}
