using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.Jobs;
using AudioReprompt.Reprompt;
using AudioReprompt.Storage;
using AudioReprompt.Storage.Azure;
using AudioReprompt.Storage.Embedded;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace AudioReprompt.Cli.Bench;

/// <summary>
/// Accepting and paging with 100,000 jobs in the store: the embedded one, and one in Azure where <c>AZURE_STORAGE_CONNECTION_STRING</c> names an account
/// (Azurite is one too). What is made there is removed again.
/// </summary>
internal static class StorageBench
{
    private const int Jobs = 100_000;
    private const int Writers = 32;
    private const int Pages = 50;

    /// <summary>What the front door asks for: a page of 20, and one more to know whether another follows.</summary>
    private const int PageSize = 21;

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("audioreprompt-bench-");
        try
        {
            await using var database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(Path.Combine(folder.FullName, "jobs.db")));
            await foreach (var measurement in MeasureAsync("embedded", new SqliteJobStore(database), cancellationToken)) yield return measurement;
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        if (Environment.GetEnvironmentVariable("AZURE_STORAGE_CONNECTION_STRING") is not { Length: > 0 } account) yield break;
        var options = new StorageOptions { Kind = "azure", AzureConnectionString = account, AzureNamePrefix = $"bench-{Guid.NewGuid():N}-" };
        try
        {
            var storage = AzureStorage.Open(options, TimeProvider.System);
            await foreach (var measurement in MeasureAsync("azure", storage.Jobs, cancellationToken)) yield return measurement;
        }
        finally
        {
            await RemoveAsync(options);
        }
    }

    private static async IAsyncEnumerable<Measurement> MeasureAsync(
        string name, IJobStore store, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (ids, times) = (new ConcurrentBag<Guid>(), new ConcurrentBag<double>());
        var next = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(
            async () =>
            {
                for (int number; (number = Interlocked.Increment(ref next)) <= Jobs;)
                {
                    var begun = Stopwatch.GetTimestamp();
                    // A job every three seconds: what some days leave.
                    ids.Add((await store.CreateAsync(JobOf(DateTimeOffset.UnixEpoch.AddYears(56).AddSeconds(3 * number)), cancellationToken)).Stored.Job.Id);
                    times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                }
            },
            cancellationToken)));
        var rate = Jobs / Stopwatch.GetElapsedTime(started).TotalSeconds;
        yield return new Measurement($"storage.{name}.create", $"jobs stored by {Writers} at once, {name}", rate, "/s", Goal.Unlimited, Detail([.. times.Order()]));

        var newestFirst = ids.OrderByDescending(id => id.ToString(), StringComparer.Ordinal).ToArray();
        foreach (var (place, depth) in new[] { ("first", 0), ("next", 500), ("middle", Jobs / 2), ("last", Jobs - PageSize - 1) })
        {
            var pages = new List<double>();
            for (var page = 0; page < Pages; page++)
            {
                var begun = Stopwatch.GetTimestamp();
                var listed = await store.ListAsync(PageSize, depth == 0 ? null : newestFirst[depth - 1], cancellationToken);
                pages.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                if (listed[0].Id != newestFirst[depth] || listed.Count != PageSize) throw new InvalidDataException($"The page after {depth} jobs is not the right one.");
            }

            pages.Sort();
            yield return new Measurement(
                $"storage.{name}.page.{place}", $"a page of {PageSize} after {depth:N0} of {Jobs:N0} jobs, {name}", pages[Pages / 2], "ms", Goal.Unlimited, Detail([.. pages]));
        }
    }

    private static AudioJob JobOf(DateTimeOffset time) => new()
    {
        Id = Guid.CreateVersion7(time),
        State = JobState.Queued,
        Request = new GenerateRequest("A bitter espresso alone on a rainy morning", 10, 1, 3, 1, 250, 0, true),
        Refined = new RefinedPrompt("A slow, dark piece for piano and cello", MusicalPlan.Neutral, TasteProfile.Neutral, Explanation.Empty),
        CreatedAt = time,
        UpdatedAt = time,
        WebhookToken = "0123456789abcdef0123456789abcdef",
    };

    private static string Detail(double[] sorted) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sorted.Length:N0} times, median {sorted[sorted.Length / 2]:0.0}, 95th percentile {sorted[sorted.Length * 95 / 100]:0.0}, worst {sorted[^1]:0.0} ms");

    private static async Task RemoveAsync(StorageOptions options)
    {
        var blobs = new BlobServiceClient(options.AzureConnectionString);
        foreach (var name in new[] { "jobs", "audio" }) await blobs.GetBlobContainerClient(options.AzureNamePrefix + name).DeleteIfExistsAsync();
        var queues = new QueueServiceClient(options.AzureConnectionString);
        foreach (var name in new[] { "jobs", "jobs-poison" }) await queues.GetQueueClient(options.AzureNamePrefix + name).DeleteIfExistsAsync();
    }
}
