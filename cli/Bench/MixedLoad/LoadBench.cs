using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.Jobs;

namespace AudioReprompt.Cli.Bench.MixedLoad;

/// <summary>Mixed traffic at a fixed rate on both stores, the worker composing on the same cores: how long callers wait, and whether any gets a wrong answer.</summary>
internal static class LoadBench
{
    /// <summary>Seconds, and requests a second, where somebody wants others than 60 and 200.</summary>
    private const string SecondsVariable = "AUDIOREPROMPT_LOAD_SECONDS";
    private const string RateVariable = "AUDIOREPROMPT_LOAD_RATE";
    private const int DefaultSeconds = 60;
    private const int DefaultRate = 200;

    private const int WarmUpSeconds = 5;
    private const int FinishedJobs = 4;
    private const double LeastShareOfRate = 0.99;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("audioreprompt-load-");
        try
        {
            foreach (var measurement in await MeasureAsync(new Store("embedded", "embedded storage", 206, 50, 25), null, cancellationToken)) yield return measurement;
            await using var azurite = await DiskAzurite.StartAsync(Path.Combine(folder.FullName, "azurite"), cancellationToken);
            var settings = new Dictionary<string, string>
            {
                ["AUDIOREPROMPT__STORAGE__KIND"] = "azure",
                ["AUDIOREPROMPT__STORAGE__AZURE_ACCOUNT_URL"] = "",
                ["AZURE_STORAGE_CONNECTION_STRING"] = DiskAzurite.ConnectionString(azurite.Blobs, azurite.Queues),
            };
            foreach (var measurement in await MeasureAsync(new Store("azurite", "Azurite", 302, 250, 100), settings, cancellationToken)) yield return measurement;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(Store store, Dictionary<string, string>? settings, CancellationToken cancellationToken)
    {
        var (seconds, rate) = (BenchVariable.Read(SecondsVariable, DefaultSeconds), BenchVariable.Read(RateVariable, DefaultRate));
        await using var servers = await PrivateServers.StartAsync(cancellationToken, settings);
        var finished = await FinishAsync(servers, cancellationToken);
        await RunAsync(WarmUpSeconds);
        var cpu = servers.FrontDoor.ProcessorTime;
        var (schedule, traffic, elapsed) = await RunAsync(seconds);
        if (servers.FrontDoor.HasExited) throw new InvalidOperationException($"The front door ended under {store.Title} with exit code {servers.FrontDoor.ExitCode}:\n{servers.FrontDoor.LastWords}");
        cpu = servers.FrontDoor.ProcessorTime - cpu;
        var ended = await CountEndedAsync(servers, cancellationToken);

        var answered = schedule.Latencies.Count(latency => latency > TimeSpan.Zero);
        var what = string.Create(CultureInfo.InvariantCulture, $"{rate} requests a second for {seconds} s on {store.Title}, worker composing");
        var (post, get) = (LatenciesOf(Call.Generate), LatenciesOf(Call.Get));
        var each = string.Create(CultureInfo.InvariantCulture, $"{answered:N0} requests of {cpu.TotalMilliseconds / answered:0.00} ms CPU");
        return
        [
            new($"load.{store.Name}.post_p99", $"POST /api/audio/generate among {what}: {Traffic.Mix}", Milliseconds(post, 0.99), "ms", Goal.AtMost(store.PostGoalMilliseconds), Describe(post)),
            new($"load.{store.Name}.get_p99", "  GET /api/audio/{id}", Milliseconds(get, 0.99), "ms", Goal.AtMost(store.GetGoalMilliseconds), Describe(get)),
            new($"load.{store.Name}.errors", "  answers that are not the right one, or none", traffic.Errors, "", Goal.AtMost(0), each),
            new($"load.{store.Name}.rate", "  rate that was kept", answered / Math.Max(elapsed.TotalSeconds, seconds), "/s", Goal.AtLeast(LeastShareOfRate * rate), $"all latencies count from the time that a request was due"),
            new($"load.{store.Name}.ended", "  jobs that had ended when the traffic did; the queue may grow", ended, "", Goal.Unlimited, string.Create(CultureInfo.InvariantCulture, $"{traffic.Accepted.Count:N0} were accepted, and some before")),
        ];

        async Task<(OpenSchedule Schedule, Traffic Traffic, TimeSpan Elapsed)> RunAsync(int time)
        {
            var calls = new Traffic(servers.Address, finished, store.ContentStatus, Console.Error);
            var plan = new OpenSchedule(rate, time * rate, TimeProvider.System);
            return (plan, calls, await OpenLoad.RunAsync(servers.Address, plan, calls.Request, calls.Read, calls.Failed, cancellationToken));
        }

        LoadResult LatenciesOf(Call call) => new(elapsed, [.. schedule.Latencies.Where((latency, index) => latency > TimeSpan.Zero && Traffic.CallOf(index) == call).Order()]);
    }

    private static double Milliseconds(LoadResult result, double share) => result.Percentile(share).TotalMilliseconds;

    private static string Describe(LoadResult result) => string.Create(
        CultureInfo.InvariantCulture, $"p50 {Milliseconds(result, 0.5):0.0}, p90 {Milliseconds(result, 0.9):0.0}, longest {Milliseconds(result, 1):0} ms; {result.Latencies.Count:N0} requests");

    private static async Task<Guid[]> FinishAsync(PrivateServers servers, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var client = FrontDoorClient.Create($"http://{servers.Address}");
        var ids = new Guid[FinishedJobs];
        for (var index = 0; index < ids.Length; index++)
        {
            ids[index] = (await client.GenerateAsync(ApiRequests.Prompt(index), 1, index, limit.Token)).AudioId;
            await client.FollowAsync(ids[index], _ => { }, limit.Token);
        }

        return ids;
    }

    private static async Task<int> CountEndedAsync(PrivateServers servers, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{servers.Address}") };
        var ended = 0;
        for (var path = "/api/audio?limit=100"; ;)
        {
            var page = JsonSerializer.Deserialize(await GetPatientlyAsync(http, path, cancellationToken), ApiJson.Default.AudioListAnswer)!;
            ended += page.Items.Count(item => item.Status.IsTerminal());
            if (page.Next is null) return ended;
            path = $"/api/audio?limit=100&before={page.Next}";
        }
    }

    /// <summary>A store that was overrun answers 503 until it has caught up.</summary>
    private static async Task<byte[]> GetPatientlyAsync(HttpClient http, string path, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await http.GetByteArrayAsync(path, cancellationToken);
            }
            catch (HttpRequestException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            }
        }
    }

    /// <param name="Name">In the rows' names.</param>
    /// <param name="ContentStatus">The right answer to GET …/content.</param>
    private sealed record Store(string Name, string Title, int ContentStatus, double PostGoalMilliseconds, double GetGoalMilliseconds);
}
