using AudioReprompt.Configuration;
using AudioReprompt.Jobs;
using AudioReprompt.Storage.Azure;
using AudioReprompt.TestSupport;
using Azure.Core;
using Azure.Storage.Blobs;

namespace AudioReprompt.Tests.Storage.Azure;

/// <summary>
/// A change of several blobs is broken off before each of its writes in turn. Afterwards nothing that was promised is lost, the upkeep's
/// listings find what they should, and in the end no blob is left that nobody knows of.
/// </summary>
public sealed class BrokenWritesTests
{
    private static readonly DateTimeOffset Noon = SampleJobs.Noon;
    private static readonly DateTimeOffset Later = Noon.AddHours(1);

    /// <summary>Whatever has no record was broken off, however young it is.</summary>
    private static readonly AzureJobStoreLimits Impatient = new(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(-1));

    private static readonly AzureJobStoreLimits Helpful = AzureJobStoreLimits.Default;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CreateAsync_BrokenOffAndRepeated_LeadsToOneJobThatEverybodyFinds(bool claimIsYoung)
    {
        var died = await BreakEverywhereAsync(async (breaking, options) =>
        {
            var first = SampleJobs.Queued(Noon, "key");
            await RunAsync(() => breaking.CreateAsync(first, default));
            var store = Open(options, claimIsYoung ? Helpful : Impatient);

            var (stored, _) = await store.CreateAsync(SampleJobs.Queued(Noon.AddSeconds(1), "key"), default);

            var id = stored.Job.Id;
            Assert.Equal(id, (await store.FindByIdempotencyKeyAsync("key", default))!.Job.Id);
            Assert.Equal([id], (await store.ListAsync(200, null, default)).Select(job => job.Id));
            var tidy = Open(options, Impatient);
            Assert.Equal([id], (await tidy.ListStaleAsync(Later, 10, default)).Select(stale => stale.Job.Id));
            await tidy.ListAsync(200, null, default);
            Assert.Equal(Names(stored.Job, "active/", "jobs/", "keys/", "list/"), await NamesAsync(options));
        });
        // Two markers, claim, record.
        Assert.Equal(4, died);
    }

    [Fact]
    public async Task CreateAsync_BrokenOffAndNotRepeated_LeavesNothing()
    {
        await BreakEverywhereAsync(async (breaking, options) =>
        {
            var created = await RunAsync(() => breaking.CreateAsync(SampleJobs.Queued(Noon, "key"), default));
            var tidy = Open(options, Impatient);

            var (stale, listed) = (await tidy.ListStaleAsync(Later, 10, default), await tidy.ListAsync(200, null, default));

            Assert.Equal(created ? 1 : 0, stale.Count);
            Assert.Equal(created ? 1 : 0, listed.Count);
            Assert.Equal(created ? 4 : 0, (await NamesAsync(options)).Count);
        });
    }

    [Fact]
    public async Task TryUpdateAsync_BrokenOffAtTheEndOfAJob_IsFoundByUpkeep()
    {
        var died = await BreakEverywhereAsync(async (breaking, options) =>
        {
            var store = Open(options, Helpful);
            var (stored, _) = await store.CreateAsync(SampleJobs.Queued(Noon), default);
            await RunAsync(() => breaking.TryUpdateAsync(stored.Job.Cancel("enough", Noon.AddMinutes(1)), stored.ETag, default));

            var read = (await store.GetAsync(stored.Job.Id, default))!;

            var (stale, expired) = (await store.ListStaleAsync(Later, 10, default), await store.ListExpiredAsync(Later, 10, default));
            Assert.Equal([read.ETag], (read.Job.State.IsTerminal() ? expired : stale).Select(found => found.ETag));
            Assert.Empty(read.Job.State.IsTerminal() ? stale : expired);
            Assert.Equal(Names(read.Job, read.Job.State.IsTerminal() ? "ended/" : "active/", "jobs/", "list/"), await NamesAsync(options));
        });
        // Record, new marker, old marker.
        Assert.Equal(3, died);
    }

    [Fact]
    public async Task TryUpdateAsync_BrokenOffInADeletion_IsFinishedByUpkeepAndPurged()
    {
        var died = await BreakEverywhereAsync(async (breaking, options) =>
        {
            var store = Open(options, Helpful);
            var (stored, _) = await store.CreateAsync(SampleJobs.Completed(Noon, "key"), default);
            await RunAsync(() => breaking.TryUpdateAsync(stored.Job.Delete(Noon.AddMinutes(1)), stored.ETag, default));

            var read = (await store.GetAsync(stored.Job.Id, default))!;

            Assert.Equal(read.Job.Deleted ? 0 : 1, (await store.ListAsync(200, null, default)).Count);
            Assert.Equal(read.Job.Deleted, await store.FindByIdempotencyKeyAsync("key", default) is null);
            foreach (var expired in await store.ListExpiredAsync(Later, 10, default)) await store.TryUpdateAsync(expired.Job.Delete(Later), expired.ETag, default);
            Assert.Equal(1, await store.PurgeDeletedAsync(Later.AddHours(1), default));
            Assert.Empty(await NamesAsync(options));
        });
        // Record and new marker; two old markers, list marker, claim.
        Assert.Equal(6, died);
    }

    [Fact]
    public async Task PurgeDeletedAsync_BrokenOff_IsFinishedByTheNext()
    {
        var died = await BreakEverywhereAsync(async (breaking, options) =>
        {
            var store = Open(options, Helpful);
            await store.CreateAsync(SampleJobs.Completed(Noon).Delete(Noon), default);
            await RunAsync(() => breaking.PurgeDeletedAsync(Later, default));

            await store.PurgeDeletedAsync(Later, default);

            Assert.Empty(await NamesAsync(options));
        });
        // List marker, record, marker.
        Assert.Equal(3, died);
    }

    [Fact]
    public async Task ListStaleAsync_BrokenOffWhileItMovesAMarker_LosesNoJob()
    {
        var died = await BreakEverywhereAsync(async (breaking, options) =>
        {
            var store = Open(options, Helpful);
            var (stored, _) = await store.CreateAsync(SampleJobs.Queued(Noon), default);
            var moved = (await store.TryUpdateAsync(stored.Job.Dispatch(Noon.AddMinutes(5)), stored.ETag, default))!;
            await RunAsync(() => breaking.ListStaleAsync(Noon.AddMinutes(1), 10, default));

            Assert.Equal([moved.ETag], (await store.ListStaleAsync(Later, 10, default)).Select(found => found.ETag));
            Assert.Equal(Names(moved.Job, "active/", "jobs/", "list/"), await NamesAsync(options));
        });
        // New marker, old marker.
        Assert.Equal(2, died);
    }

    /// <summary>The repetition of a write finds its own first try, and must not take it for somebody else's.</summary>
    [Fact]
    public async Task CreateAndTryUpdate_AnswersAreLost_KnowTheirOwnWrites()
    {
        var options = (await Azurite.SharedAsync()).NewStorage();
        var wire = new LostAnswers();
        var store = Open(options, Helpful, wire.AddTo);

        var (stored, created) = await store.CreateAsync(SampleJobs.Queued(Noon, "key"), default);
        var dispatched = await store.TryUpdateAsync(stored.Job.Dispatch(Noon), stored.ETag, default);

        Assert.True(created);
        Assert.Equal(dispatched!.ETag, (await store.GetAsync(stored.Job.Id, default))!.ETag);
        Assert.Null(await store.TryUpdateAsync(stored.Job.Dispatch(Noon), stored.ETag, default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.CreateAsync(stored.Job with { IdempotencyKey = null }, default));
        Assert.True(wire.Count >= 5);
    }

    /// <summary>Breaks off before the first write, before the second and so on, each time in a storage of its own.</summary>
    /// <returns>After how many writes it was not broken off any more.</returns>
    private static async Task<int> BreakEverywhereAsync(Func<AzureJobStore, StorageOptions, Task> scenario)
    {
        var azurite = await Azurite.SharedAsync();
        for (var writes = 0; ; writes++)
        {
            var options = azurite.NewStorage();
            var process = new DyingProcess(writes);
            var breaking = Open(options, Helpful, process.AddTo);
            await scenario(breaking, options);
            if (!process.Died) return writes;
        }
    }

    /// <returns>false when it was broken off.</returns>
    private static async Task<bool> RunAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (ProcessDiedException)
        {
            return false;
        }
    }

    private static AzureJobStore Open(StorageOptions options, AzureJobStoreLimits limits, Action<ClientOptions>? configure = null) =>
        AzureStorage.Open(AzureAccount.Of(options, configure), options.AzureNamePrefix, TimeProvider.System, limits).Jobs;

    private static IEnumerable<string> Names(AudioJob job, params string[] prefixes) => prefixes.Select(prefix => prefix switch
    {
        "jobs/" => JobBlobName.OfRecord(job.Id),
        "list/" => JobBlobName.OfListed(job.Id),
        "keys/" => JobBlobName.OfKey(job.IdempotencyKey!),
        _ => JobBlobName.Of(job).Name,
    });

    private static async Task<List<string>> NamesAsync(StorageOptions options)
    {
        var names = new List<string>();
        var container = new BlobContainerClient(options.AzureConnectionString, $"{options.AzureNamePrefix}jobs");
        await foreach (var blob in container.GetBlobsAsync()) names.Add(blob.Name);
        return names;
    }
}
