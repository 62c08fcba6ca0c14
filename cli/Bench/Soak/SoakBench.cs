using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AudioReprompt.Cli.Servers;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.Jobs;
using AudioReprompt.Storage.Azure;
using Azure.Storage.Queues;

namespace AudioReprompt.Cli.Bench.Soak;

/// <summary>
/// Whether anything gets lost, done twice or stuck: four front doors and three workers that are killed again and again, a storage account (Azurite) that errs in
/// every twentieth call and is away twice for ten seconds, and callers who repeat what was not acknowledged under the same Idempotency-Key.
/// </summary>
internal static class SoakBench
{
    /// <summary>How many jobs, where somebody wants fewer (or more) than 10,000; <c>AUDIOREPROMPT_SOAK_MINUTES</c> is the time that they may take.</summary>
    private const string JobsVariable = "AUDIOREPROMPT_SOAK_JOBS";
    private const string MinutesVariable = "AUDIOREPROMPT_SOAK_MINUTES";
    private const int DefaultJobs = 10_000;
    private const int DefaultMinutes = 60;

    private const int FrontDoors = 4;
    private const int Workers = 3;
    private const int Callers = 24;

    /// <summary>Jobs that wait or are under way at once: callers who have that many open send no further ones.</summary>
    private const int MostOpen = 500;

    private const double FaultShare = 0.05;
    private const int Seed = 20260;
    private const string Prefix = "soak-";

    private static readonly TimeSpan Away = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LongestStillness = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (jobs, minutes) = (BenchVariable.Read(JobsVariable, DefaultJobs), BenchVariable.Read(MinutesVariable, DefaultMinutes));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(minutes));
        var folder = Directory.CreateTempSubdirectory("audioreprompt-soak-");
        try
        {
            foreach (var measurement in await MeasureInTimeAsync(folder.FullName, jobs, minutes, limit.Token, cancellationToken)) yield return measurement;
        }
        finally
        {
            // For whoever looks into a run that went wrong.
            if (Environment.GetEnvironmentVariable("AUDIOREPROMPT_SOAK_KEEP") is not { Length: > 0 }) folder.Delete(recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Measurement>> MeasureInTimeAsync(string folder, int jobs, int minutes, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            return await MeasureAsync(folder, jobs, limit);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{jobs:N0} jobs did not end within the {minutes} minutes of {MinutesVariable}.", exception);
        }
    }

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(string folder, int jobs, CancellationToken cancellationToken)
    {
        await using var azurite = await DiskAzurite.StartAsync(Path.Combine(folder, "azurite"), cancellationToken);
        await using var blobs = new FaultyStorage(azurite.Blobs, FaultShare, Seed);
        await using var queues = new FaultyStorage(azurite.Queues, FaultShare, Seed + 1);
        await blobs.StartAsync();
        await queues.StartAsync();
        var direct = new StorageOptions { Kind = "azure", AzureConnectionString = DiskAzurite.ConnectionString(azurite.Blobs, azurite.Queues), AzureNamePrefix = Prefix };
        var ledger = new SoakLedger(AzureStorage.Open(direct, TimeProvider.System).Jobs);

        var workerPorts = Enumerable.Range(0, Workers).Select(_ => ServerPair.FreePort()).ToArray();
        var doorPorts = Enumerable.Range(0, FrontDoors).Select(_ => ServerPair.FreePort()).ToArray();
        await using var balancer = new WorkerBalancer([.. workerPorts.Select(port => $"http://127.0.0.1:{port}")]);
        await balancer.StartAsync();
        await using var servers = new MortalServers(Path.Combine(folder, "logs"));
        var shared = new Dictionary<string, string>(PrivateServers.SettingsFor(folder))
        {
            ["AUDIOREPROMPT__STORAGE__KIND"] = "azure",
            ["AUDIOREPROMPT__STORAGE__AZURE_NAME_PREFIX"] = Prefix,
            ["AUDIOREPROMPT__STORAGE__AZURE_ACCOUNT_URL"] = "",
            ["AZURE_STORAGE_CONNECTION_STRING"] = DiskAzurite.ConnectionString(blobs.Url, queues.Url),
            ["AUDIOREPROMPT__API__RATE_LIMIT_PER_MINUTE"] = "0",
            ["AUDIOREPROMPT__DISPATCH__VISIBILITY_TIMEOUT_SECONDS"] = "10",
            // A killed worker takes with it what it had: less of that, and more attempts, or most jobs would end as failed.
            ["AUDIOREPROMPT__DISPATCH__MAX_IN_FLIGHT"] = "16",
            ["AUDIOREPROMPT__DISPATCH__MAX_ATTEMPTS"] = "6",
            // Half of the processor goes into starts; what is found out about hot code would not live to be used.
            ["DOTNET_TieredPGO"] = "0",
            // As in Azure (infra/modules/front-door.bicep).
            ["AUDIOREPROMPT__DISPATCH__POLL_INTERVAL_MILLISECONDS"] = "2000",
            // Of the worker that is asked; so few that jobs have to wait here at times.
            ["AUDIOREPROMPT__DISPATCH__MAX_ENDPOINT_QUEUE"] = "8",
            // Processes that start all the time leave nothing of the processor to one that stands back.
            ["AUDIOREPROMPT__SCORING__NICE"] = "0",
            ["RUNPOD_API_URL"] = balancer.ApiUrl,
        };
        shared.Remove("AUDIOREPROMPT__RUNPOD__API_URL");
        foreach (var port in workerPorts) servers.Add("worker", "AudioReprompt.Worker.dll", With(shared, "AUDIOREPROMPT__WORKER", port), "--rp_serve_api");
        foreach (var port in doorPorts) servers.Add("front door", "AudioReprompt.FrontDoor.dll", With(shared, "AUDIOREPROMPT__API", port));
        await servers.StartAllAsync(cancellationToken);

        var begun = Stopwatch.GetTimestamp();
        using var calm = new CancellationTokenSource();
        var killing = servers.KillEachAtRandomAsync(new Random(Seed + 2), ShortestLife, LongestLife, calm.Token, cancellationToken);
        var outages = StopTwiceAsync(azurite, ledger, jobs, cancellationToken);
        Task[] senders = [.. Enumerable.Range(0, Callers).Select(caller => SendAsync(caller, jobs, doorPorts, ledger, cancellationToken))];
        var stillAt = Stopwatch.GetTimestamp();
        var (seen, disturbed) = (0, true);
        var nextWord = TimeSpan.Zero;
        while (true)
        {
            await Task.Delay(Look, cancellationToken);
            // One that failed ends it all at once: the others may wait for it for ever.
            if (senders.Append(killing).Append(outages).FirstOrDefault(task => task.IsFaulted) is { } failed) await failed;
            if (disturbed && outages.IsCompleted && senders.All(sender => sender.IsCompleted))
            {
                // All but a tenth ends among the faults; the rest shows that nothing is left behind.
                if (ledger.Ended >= jobs * 9 / 10 || Stopwatch.GetElapsedTime(stillAt) > LongestStillness)
                {
                    (disturbed, stillAt) = (false, Stopwatch.GetTimestamp());
                    await calm.CancelAsync();
                    await killing;
                    blobs.CalmDown();
                    queues.CalmDown();
                }
            }

            await LookQuietlyAsync(ledger, cancellationToken);
            if (ledger.Ended > seen) (seen, stillAt) = (ledger.Ended, Stopwatch.GetTimestamp());
            if (ledger.Ended == jobs && !disturbed) break;
            if (!disturbed && Stopwatch.GetElapsedTime(stillAt) > LongestStillness) break;
            if (Stopwatch.GetElapsedTime(begun) < nextWord) continue;
            nextWord = Stopwatch.GetElapsedTime(begun) + TimeSpan.FromSeconds(15);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s: {ledger.Accepted:N0} accepted, {ledger.Ended:N0} ended, {servers.Kills:N0} kills"));
        }

        var elapsed = Stopwatch.GetElapsedTime(begun);
        var stuck = jobs - ledger.Ended;
        var (poison, unexplained) = await ReadPoisonAsync(direct, cancellationToken);
        var (lost, twice) = await ledger.CompareAsync(cancellationToken);
        var orphans = await ledger.CountOrphansAsync(cancellationToken);
        var ended = ledger.EndedJobs.ToArray();
        var uncounted = ended.Sum(job => Math.Max(0, balancer.StartsOf(job.Id) - job.Attempts));
        var reasons = ended.Where(job => job.State != JobState.Completed).GroupBy(job => $"{job.State}: {job.Error}").OrderByDescending(group => group.Count());
        foreach (var reason in reasons) await Console.Error.WriteLineAsync($"  {reason.Count()} × {reason.Key}");
        var rate = string.Create(CultureInfo.InvariantCulture, $"of {jobs:N0} in {elapsed.TotalSeconds:0} s; {servers.Kills} kills, {blobs.Faults + queues.Faults:N0} faults in {blobs.Calls + queues.Calls:N0} storage calls");
        return
        [
            new("soak.lost", "acknowledged jobs lost", lost, "", Goal.AtMost(0), rate),
            new("soak.orphans", "jobs in the store that were acknowledged to nobody", orphans, "", Goal.AtMost(0), $"beside {ledger.Accepted:N0}"),
            new("soak.twice", "jobs written after their end", twice, "", Goal.AtMost(0), $"of {ended.Length:N0} that ended"),
            new("soak.stuck", "jobs stuck: nothing ended for 60 s without faults", stuck, "", Goal.AtMost(0), $"of {jobs:N0}"),
            new("soak.unexplained", "poison messages without a job that failed for their reason", unexplained, "", Goal.AtMost(0), $"of {poison:N0}"),
            new("soak.starts", "starts at the endpoint", balancer.Starts, "", Goal.Unlimited, $"{ended.Sum(job => job.Attempts):N0} are counted as attempts; of {uncounted:N0} the answer was lost, and they were begun anew"),
            new("soak.completed", "jobs completed, the others failed with a reason", ended.Count(job => job.State == JobState.Completed), "", Goal.Unlimited, $"of {jobs:N0}; one in {WorkerBalancer.RefusedEach} has to fail"),
        ];
    }

    /// <summary>Sends its part of the jobs, each until it is acknowledged, to any front door.</summary>
    private static async Task SendAsync(int caller, int jobs, int[] ports, SoakLedger ledger, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(40) };
        var random = new Random(Seed + 3 + caller);
        for (var index = caller; index < jobs; index += Callers)
        {
            while (ledger.Accepted - ledger.Ended >= MostOpen) await Task.Delay(Look, cancellationToken);
            var body = JsonSerializer.SerializeToUtf8Bytes(new GenerateBody { Prompt = ApiRequests.Prompt(index), DurationSeconds = 1, Seed = index }, ApiJson.Default.GenerateBody);
            while (await TrySendAsync(http, ports[random.Next(ports.Length)], index, body, cancellationToken) is var id)
            {
                if (id is { } accepted)
                {
                    if (!ledger.Accept(accepted)) throw new InvalidDataException($"Job {accepted} was acknowledged for two requests.");
                    break;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(50, 500)), cancellationToken);
            }
        }
    }

    private static async Task<Guid?> TrySendAsync(HttpClient http, int port, int index, byte[] body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/api/audio/generate") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Idempotency-Key", $"soak-{index}");
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.Accepted => JsonSerializer.Deserialize(text, ApiJson.Default.GenerateAnswer)!.AudioId,
                HttpStatusCode.ServiceUnavailable => null,
                // Any other answer to a right request is a fault of the front door.
                _ => throw new InvalidDataException($"A right request was answered {(int)response.StatusCode}: {System.Text.Encoding.UTF8.GetString(text)}"),
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Killed just now, or too slow: whether it was accepted is not known, and the key finds out.
            return null;
        }
    }

    private static async Task StopTwiceAsync(DiskAzurite azurite, SoakLedger ledger, int jobs, CancellationToken cancellationToken)
    {
        while (ledger.Accepted < jobs / 3) await Task.Delay(Look, cancellationToken);
        await azurite.FreezeAsync(Away, cancellationToken);
        while (ledger.Accepted < jobs * 2 / 3) await Task.Delay(Look, cancellationToken);
        await azurite.RestartAsync(Away, cancellationToken);
    }

    private static async Task LookQuietlyAsync(SoakLedger ledger, CancellationToken cancellationToken)
    {
        try
        {
            await ledger.LookAsync(cancellationToken);
        }
        catch (Storage.StorageUnavailableException)
        {
            // It is away, as it is meant to be; the next look comes.
        }
    }

    /// <summary>Takes every poison message out.</summary>
    private static async Task<(int Count, int Unexplained)> ReadPoisonAsync(StorageOptions options, CancellationToken cancellationToken)
    {
        var poison = new QueueClient(options.AzureConnectionString, $"{options.AzureNamePrefix}jobs-poison");
        var store = AzureStorage.Open(options, TimeProvider.System).Jobs;
        var (count, unexplained) = (0, 0);
        while ((await poison.ReceiveMessagesAsync(32, TimeSpan.FromHours(1), cancellationToken)).Value is { Length: > 0 } messages)
        {
            foreach (var message in messages)
            {
                var record = JsonSerializer.Deserialize(message.Body.ToString(), PoisonJson.Default.PoisonRecord)!;
                var job = (await store.GetAsync(record.JobId, cancellationToken))?.Job;
                count++;
                if (job?.State != JobState.Failed || job.Error != record.Reason) unexplained++;
            }
        }

        return (count, unexplained);
    }

    private static Dictionary<string, string> With(Dictionary<string, string> settings, string section, int port) => new(settings)
    {
        [$"{section}__HOST"] = "127.0.0.1",
        [$"{section}__PORT"] = port.ToString(CultureInfo.InvariantCulture),
    };
}
