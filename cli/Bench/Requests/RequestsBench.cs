using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Storage.Embedded;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>Whether bad requests can do any harm: 100,000 generated ones, from wrong fields to broken HTTP, to a real front door; and what it is like afterwards.</summary>
internal static class RequestsBench
{
    /// <summary>How many, where somebody wants fewer or more than 100,000.</summary>
    private const string CountVariable = "AUDIOREPROMPT_REQUESTS";
    private const int DefaultCount = 100_000;

    private const int Seed = 20261;
    private const int Callers = 4;
    private const string Key = "bench-key-of-requests";

    /// <summary>The first fifth warms up: code is compiled, pools and the heap have their sizes.</summary>
    private const int WarmUpShare = 5;

    /// <summary>Flat: the heap's own ups and downs are some megabytes, and 100 bytes lost for each request would be beyond it.</summary>
    private const double GrowthGoalMegabytes = 10;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var count = BenchVariable.Read(CountVariable, DefaultCount);
        await using var servers = await PrivateServers.StartAsync(cancellationToken, new Dictionary<string, string> { ["AUDIOREPROMPT__API__KEYS"] = Key });
        using var http = new HttpClient { BaseAddress = new Uri($"http://{servers.Address}"), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) } };
        var client = new FrontDoorClient(http);
        var first = await FinishAsync(client, 0, cancellationToken);
        var findings = new Findings(Seed, Console.Error);
        var storm = new RequestStorm(servers.Address, new BadRequests(Seed, await TargetOfAsync(servers, first, cancellationToken)), findings);

        var warmUp = count / WarmUpShare;
        var begun = Stopwatch.GetTimestamp();
        await storm.SendAsync(0, warmUp, Callers, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(begun);
        var before = await IdleMemoryAsync(servers, cancellationToken);
        begun = Stopwatch.GetTimestamp();
        await storm.SendAsync(warmUp, count - warmUp, Callers, cancellationToken);
        elapsed += Stopwatch.GetElapsedTime(begun);
        var after = await IdleMemoryAsync(servers, cancellationToken);

        var crashes = servers.FrontDoor.HasExited ? 1 : 0;
        using var health = await http.GetAsync("/api/health", cancellationToken);
        if (health.StatusCode != HttpStatusCode.OK) crashes++;
        await FinishAsync(client, 1, cancellationToken);
        var jobs = await CountJobsAsync(http, cancellationToken);
        foreach (var ((category, answer), times) in findings.Answers.OrderBy(entry => entry.Key))
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {times,7:N0} × {category}: {answer}"));
        foreach (var measurement in Rows(count, findings, crashes, jobs - 2)) yield return measurement;
        yield return new Measurement(
            "requests.memory_growth",
            "Growth of the front door's resident memory from the first fifth to the end, each time at rest",
            (after - before) / 1e6,
            "MB",
            Goal.AtMost(GrowthGoalMegabytes),
            string.Create(CultureInfo.InvariantCulture, $"{before / 1e6:0} to {after / 1e6:0} MB"));
        yield return new Measurement("requests.rate", $"Bad requests refused, {Callers} callers", count / elapsed.TotalSeconds, "/s", Goal.Unlimited, string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0} s"));
    }

    private static IEnumerable<Measurement> Rows(int count, Findings findings, int crashes, int strangers)
    {
        var of = string.Create(CultureInfo.InvariantCulture, $"of {count:N0} bad requests, seed {Seed}");
        yield return Zero("requests.crashes", "Crashes: the front door ended, or GET /api/health is not 200", crashes, of);
        yield return Zero("requests.server_errors", "Answers 5xx", findings.ServerErrors, string.Create(CultureInfo.InvariantCulture, $"{of}; apart from {findings.VersionsRefused:N0} × 505 to HTTP versions that Kestrel does not speak"));
        yield return Zero("requests.accepted", "Bad requests that were accepted (2xx, 3xx)", findings.Accepted, of);
        yield return Zero("requests.other_status", "Refused with another status than the right one", findings.Others, of);
        yield return Zero("requests.no_problem", "Refused by us without application/problem+json", findings.NoProblems, of);
        yield return Zero("requests.no_field", "A field at fault that errors does not name", findings.NoFields, of);
        yield return Zero("requests.silent", "Neither answered nor closed within 15 s; or closed, though right as HTTP", findings.Silent, of);
        yield return Zero("requests.jobs", "Stored jobs beside those of right requests", strangers, "2 right requests, before and after, were accepted and completed");
    }

    private static Measurement Zero(string name, string what, int value, string detail) => new(name, what, value, "", Goal.AtMost(0), detail);

    /// <summary>A right request, and its music.</summary>
    private static async Task<Guid> FinishAsync(FrontDoorClient client, int index, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var accepted = await client.GenerateAsync(ApiRequests.Prompt(index), 1, index, limit.Token);
        var ended = await client.FollowAsync(accepted.AudioId, _ => { }, limit.Token);
        return ended.AudioUrl is not null ? ended.AudioId : throw new InvalidOperationException($"A right request was accepted and then not completed: {ended.Error}");
    }

    private static async Task<Target> TargetOfAsync(PrivateServers servers, Guid finished, CancellationToken cancellationToken)
    {
        await using var database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(Path.Combine(servers.Folder, "jobs.db")));
        var store = new SqliteJobStore(database);
        var job = (await store.GetAsync(finished, cancellationToken))!.Job;
        return new Target(servers.Address.ToString(), Key, finished, job.WebhookToken, new UrlSigner(UrlSigner.KeptIn(servers.Folder), TimeProvider.System));
    }

    /// <returns>Bytes.</returns>
    private static async Task<long> IdleMemoryAsync(PrivateServers servers, CancellationToken cancellationToken)
    {
        await Task.Delay(Idle, cancellationToken);
        return ResidentMemory.Of(servers.FrontDoor.ProcessId);
    }

    private static async Task<int> CountJobsAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var body = await http.GetByteArrayAsync("/api/audio?limit=100", cancellationToken);
        return JsonSerializer.Deserialize(body, ApiJson.Default.AudioListAnswer)!.Items.Count;
    }
}
