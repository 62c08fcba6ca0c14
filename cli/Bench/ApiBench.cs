using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;

namespace AudioReprompt.Cli.Bench;

/// <summary>
/// The front door under load, with its worker composing what was asked for on the same cores: how quickly requests are accepted, how
/// many a second, whether an accepted one can get lost, how quickly jobs are looked up, and how much memory that takes.
/// </summary>
internal static class ApiBench
{
    private const int Callers = 32;

    private const int FirstRequests = 10;
    private const int WarmUps = 300;
    private const int OneAtATime = 500;
    private const int Accepted = 5000;
    private const int Looks = 40_000;

    private const double LatencyGoalMilliseconds = 5;
    private const double AcceptGoalPerSecond = 1000;
    private const double LookGoalPerSecond = 5000;
    private const double MemoryGoalMegabytes = 120;

    /// <summary>The shortest music: it is not what is measured here.</summary>
    private const double DurationSeconds = 1;

    private static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestLoad = TimeSpan.FromSeconds(20);

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var servers = await PrivateServers.StartAsync(cancellationToken);
        var finished = await FinishFirstAsync(servers, cancellationToken);
        await Task.Delay(Idle, cancellationToken);
        yield return IdleMemory(servers);
        yield return await LookAsync(servers, finished, cancellationToken);
        yield return await AcceptOneAtATimeAsync(servers, cancellationToken);
        var (throughput, acknowledged) = await AcceptManyAsync(servers, cancellationToken);
        await servers.CrashAndRestartFrontDoorAsync(cancellationToken);
        yield return throughput;
        yield return await CountLostAsync(servers, acknowledged, cancellationToken);
    }

    /// <summary>A few requests, until their music is there.</summary>
    private static async Task<Guid[]> FinishFirstAsync(PrivateServers servers, CancellationToken cancellationToken)
    {
        var client = FrontDoorClient.Create($"http://{servers.Address}");
        var ids = new Guid[FirstRequests];
        for (var index = 0; index < ids.Length; index++)
            ids[index] = (await client.GenerateAsync(ApiRequests.Prompt(index), DurationSeconds, index, cancellationToken)).AudioId;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestWork);
        try
        {
            foreach (var id in ids) await client.FollowAsync(id, _ => { }, limit.Token);
            return ids;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The worker did not make the first {FirstRequests} pieces within {LongestWork.TotalSeconds:0} s.");
        }
    }

    private static Measurement IdleMemory(PrivateServers servers) => new(
        "api.idle_memory",
        "Resident memory of the idle front door",
        ResidentMemory.Of(servers.FrontDoor.ProcessId) / 1e6,
        "MB",
        Goal.AtMost(MemoryGoalMegabytes),
        string.Create(CultureInfo.InvariantCulture, $"{Idle.TotalSeconds:0} s after {FirstRequests} requests"));

    private static async Task<Measurement> LookAsync(PrivateServers servers, Guid[] finished, CancellationToken cancellationToken)
    {
        var requests = new ApiRequests(servers.Address);
        var gets = finished.Select(requests.Get).ToArray();
        await LoadGenerator.RunAsync(servers.Address, LoadOf(Looks) with { Longest = WarmUpTime }, ReadFound, cancellationToken);
        var cpu = servers.FrontDoor.ProcessorTime;
        var result = await LoadGenerator.RunAsync(servers.Address, LoadOf(Looks), ReadFound, cancellationToken);
        cpu = servers.FrontDoor.ProcessorTime - cpu;
        return new Measurement(
            "api.get_throughput",
            $"GET /api/audio/{{id}} of finished jobs, {Callers} callers, worker idle",
            result.PerSecond,
            "/s",
            Goal.AtLeast(LookGoalPerSecond),
            Describe(result, cpu));

        Load LoadOf(int count) => new(Callers, count, LongestLoad, index => gets[index % gets.Length]);

        static void ReadFound(int index, HttpAnswer answer) => ApiRequests.Expect((int)HttpStatusCode.OK, answer);
    }

    private static async Task<Measurement> AcceptOneAtATimeAsync(PrivateServers servers, CancellationToken cancellationToken)
    {
        var requests = Requests(servers, FirstRequests, WarmUps + OneAtATime);
        await LoadGenerator.RunAsync(servers.Address, LoadOf(requests[..WarmUps]), ReadAccepted, cancellationToken);
        var cpu = servers.FrontDoor.ProcessorTime;
        var result = await LoadGenerator.RunAsync(servers.Address, LoadOf(requests[WarmUps..]), ReadAccepted, cancellationToken);
        cpu = servers.FrontDoor.ProcessorTime - cpu;
        return new Measurement(
            "api.generate_latency",
            "POST /api/audio/generate, refined, one at a time, worker composing",
            result.Percentile(0.5).TotalMilliseconds,
            "ms",
            Goal.AtMost(LatencyGoalMilliseconds),
            $"p50; {Describe(result, cpu)}");

        static Load LoadOf(ReadOnlyMemory<byte>[] requests) => new(1, requests.Length, LongestLoad, index => requests[index]);

        static void ReadAccepted(int index, HttpAnswer answer) => ApiRequests.AudioId(answer);
    }

    private static async Task<(Measurement Throughput, Guid[] Acknowledged)> AcceptManyAsync(
        PrivateServers servers, CancellationToken cancellationToken)
    {
        var requests = Requests(servers, FirstRequests + WarmUps + OneAtATime, Accepted);
        var ids = new Guid[Accepted];
        var load = new Load(Callers, Accepted, LongestLoad, index => requests[index]);
        var cpu = servers.FrontDoor.ProcessorTime;
        var result = await LoadGenerator.RunAsync(
            servers.Address, load, (index, answer) => ids[index] = ApiRequests.AudioId(answer), cancellationToken);
        cpu = servers.FrontDoor.ProcessorTime - cpu;
        var throughput = new Measurement(
            "api.generate_throughput",
            $"POST /api/audio/generate, refined and durable, {Callers} callers, worker composing",
            result.PerSecond,
            "/s",
            Goal.AtLeast(AcceptGoalPerSecond),
            Describe(result, cpu));
        return (throughput, ids.Where(id => id != Guid.Empty).ToArray());
    }

    private static async Task<Measurement> CountLostAsync(PrivateServers servers, Guid[] acknowledged, CancellationToken cancellationToken)
    {
        var requests = new ApiRequests(servers.Address);
        var found = 0;
        var load = new Load(Callers, acknowledged.Length, LongestLoad, index => requests.Get(acknowledged[index]));
        var looks = await LoadGenerator.RunAsync(
            servers.Address,
            load,
            (_, answer) =>
            {
                if (answer.Status == (int)HttpStatusCode.OK) Interlocked.Increment(ref found);
            },
            cancellationToken);
        if (looks.Latencies.Count < acknowledged.Length)
            throw new TimeoutException("The restarted front door is too slow to be asked for every job.");
        return new Measurement(
            "api.acknowledged_lost",
            "Acknowledged jobs lost when the front door is killed (SIGKILL) right after",
            acknowledged.Length - found,
            "",
            Goal.AtMost(0),
            string.Create(CultureInfo.InvariantCulture, $"of {acknowledged.Length:N0}"));
    }

    private static ReadOnlyMemory<byte>[] Requests(PrivateServers servers, int first, int count)
    {
        var requests = new ApiRequests(servers.Address);
        return [.. Enumerable.Range(first, count).Select(index => requests.Generate(index, DurationSeconds))];
    }

    /// <param name="cpu">
    /// What the front door used meanwhile, dispatching included: unlike the rest it does not depend on what else the machine does.
    /// </param>
    private static string Describe(LoadResult result, TimeSpan cpu)
    {
        var (p99, count) = (result.Percentile(0.99).TotalMilliseconds, result.Latencies.Count);
        var each = cpu.TotalMilliseconds / count;
        return string.Create(CultureInfo.InvariantCulture, $"p99 {p99:0.0} ms; {count:N0} requests of {each:0.00} ms CPU");
    }
}
