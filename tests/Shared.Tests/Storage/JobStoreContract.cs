using System.Collections.Concurrent;
using AudioReprompt.Jobs;
using AudioReprompt.Storage;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Storage;

/// <summary>What every <see cref="IJobStore"/> must do. A test class of an implementation derives from this one.</summary>
public abstract class JobStoreContract : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = SampleJobs.Noon;

    protected IJobStore Store { get; private set; } = null!;

    /// <summary>An empty store.</summary>
    protected abstract Task<IJobStore> OpenAsync();

    protected abstract Task CloseAsync();

    public async Task InitializeAsync() => Store = await OpenAsync();

    public Task DisposeAsync() => CloseAsync();

    [Fact]
    public async Task CreateAsync_EveryMemberSet_IsReadBackExactly()
    {
        var job = SampleJobs.Completed(Noon, "key");

        var (stored, created) = await Store.CreateAsync(job, default);
        var read = await Store.GetAsync(job.Id, default);

        Assert.True(created);
        Assert.Equivalent(job, stored.Job, strict: true);
        Assert.Equivalent(job, read!.Job, strict: true);
        Assert.Equal(job.CreatedAt, read.Job.CreatedAt);
        Assert.Equal(stored.ETag, read.ETag);
    }

    [Fact]
    public async Task CreateAsync_OptionalMembersMissing_AreReadBackAsNull()
    {
        var job = SampleJobs.Queued(Noon);

        await Store.CreateAsync(job, default);
        var read = await Store.GetAsync(job.Id, default);

        Assert.Equivalent(job, read!.Job, strict: true);
        Assert.Null(read.Job.Result);
        Assert.Null(read.Job.EndedAt);
        Assert.Null(read.Job.IdempotencyKey);
        Assert.Empty(read.Job.Refined.Profile.Textures);
    }

    [Fact]
    public async Task GetAsync_UnknownId_IsNull() => Assert.Null(await Store.GetAsync(Guid.CreateVersion7(), default));

    [Fact]
    public async Task CreateAsync_SameIdTwice_ThrowsAndKeepsTheFirst()
    {
        var job = SampleJobs.Queued(Noon);
        await Store.CreateAsync(job, default);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Store.CreateAsync(job with { WebhookToken = "other" }, default));

        Assert.Equal(job.WebhookToken, (await Store.GetAsync(job.Id, default))!.Job.WebhookToken);
    }

    [Fact]
    public async Task CreateAsync_TakenKey_ReturnsItsHolderAndStoresNothing()
    {
        var (holder, _) = await Store.CreateAsync(SampleJobs.Queued(Noon, "key"), default);
        var second = SampleJobs.Queued(Noon, "key");

        var (found, created) = await Store.CreateAsync(second, default);

        Assert.False(created);
        Assert.Equal(holder.Job.Id, found.Job.Id);
        Assert.Equal(holder.ETag, found.ETag);
        Assert.Null(await Store.GetAsync(second.Id, default));
    }

    [Fact]
    public async Task CreateAsync_SameJobWithItsKeyTwice_ReturnsTheFirst()
    {
        var job = SampleJobs.Queued(Noon, "key");
        await Store.CreateAsync(job, default);

        var (found, created) = await Store.CreateAsync(job, default);

        Assert.False(created);
        Assert.Equal(job.Id, found.Job.Id);
    }

    [Fact]
    public async Task CreateAsync_32AtOnceWithOneKey_OneIsCreatedAndAllGetIt()
    {
        for (var round = 0; round < 5; round++)
        {
            var key = $"key {round}";
            var answers = await InParallel(32, _ => Store.CreateAsync(SampleJobs.Queued(Noon, key), default));

            var winner = Assert.Single(answers, answer => answer.Created).Stored.Job.Id;
            Assert.All(answers, answer => Assert.Equal(winner, answer.Stored.Job.Id));
        }

        Assert.Equal(5, (await Store.ListAsync(200, null, default)).Count);
    }

    [Fact]
    public async Task FindByIdempotencyKeyAsync_KnownAndUnknown_IsTheHolderOrNull()
    {
        var (holder, _) = await Store.CreateAsync(SampleJobs.Queued(Noon, "scope key/ñ"), default);

        Assert.Equal(holder.Job.Id, (await Store.FindByIdempotencyKeyAsync("scope key/ñ", default))!.Job.Id);
        Assert.Null(await Store.FindByIdempotencyKeyAsync("Scope key/ñ", default));
    }

    [Fact]
    public async Task TryUpdateAsync_JobDropsItsKey_KeyIsFree()
    {
        var (stored, _) = await Store.CreateAsync(SampleJobs.Completed(Noon, "key"), default);

        await Store.TryUpdateAsync(stored.Job.Delete(Noon), stored.ETag, default);

        Assert.Null(await Store.FindByIdempotencyKeyAsync("key", default));
        Assert.True((await Store.CreateAsync(SampleJobs.Queued(Noon, "key"), default)).Created);
    }

    [Fact]
    public async Task TryUpdateAsync_CurrentETag_ReplacesTheRecord()
    {
        var (stored, _) = await Store.CreateAsync(SampleJobs.Queued(Noon), default);
        var changed = stored.Job.Dispatch(Noon.AddSeconds(1));

        var updated = await Store.TryUpdateAsync(changed, stored.ETag, default);
        var read = await Store.GetAsync(changed.Id, default);

        Assert.NotEqual(stored.ETag, updated!.ETag);
        Assert.Equal(updated.ETag, read!.ETag);
        Assert.Equivalent(changed, read.Job, strict: true);
    }

    [Fact]
    public async Task TryUpdateAsync_StaleETag_IsNullAndChangesNothing()
    {
        var (stored, _) = await Store.CreateAsync(SampleJobs.Queued(Noon), default);
        var first = await Store.TryUpdateAsync(stored.Job.Dispatch(Noon), stored.ETag, default);

        Assert.Null(await Store.TryUpdateAsync(stored.Job.Cancel("late", Noon), stored.ETag, default));

        var read = await Store.GetAsync(stored.Job.Id, default);
        Assert.Equal(JobState.Dispatched, read!.Job.State);
        Assert.Equal(first!.ETag, read.ETag);
    }

    [Fact]
    public async Task TryUpdateAsync_UnknownJob_IsNullAndCreatesNothing()
    {
        var (stored, _) = await Store.CreateAsync(SampleJobs.Queued(Noon), default);
        var unknown = SampleJobs.Queued(Noon);

        Assert.Null(await Store.TryUpdateAsync(unknown, stored.ETag, default));
        Assert.Null(await Store.GetAsync(unknown.Id, default));
    }

    [Fact]
    public async Task TryUpdateAsync_32WithTheSameETag_OneWinsEachRound()
    {
        var current = (await Store.CreateAsync(SampleJobs.Queued(Noon), default)).Stored;
        for (var round = 0; round < 10; round++)
        {
            var answers = await InParallel(
                32, i => Store.TryUpdateAsync(current.Job with { Error = $"writer {i}" }, current.ETag, default));

            var winner = Assert.Single(answers, answer => answer is not null)!;
            var read = await Store.GetAsync(current.Job.Id, default);
            Assert.Equal(winner.Job.Error, read!.Job.Error);
            Assert.Equal(winner.ETag, read.ETag);
            current = read;
        }
    }

    [Fact]
    public async Task TryUpdateAsync_32WhoReadAgainWhenTheyLose_NoUpdateIsLost()
    {
        const int Each = 4;
        var id = (await Store.CreateAsync(SampleJobs.Queued(Noon), default)).Stored.Job.Id;

        await InParallel(32, async _ =>
        {
            for (var i = 0; i < Each;)
            {
                var read = (await Store.GetAsync(id, default))!;
                if (await Store.TryUpdateAsync(read.Job with { Attempts = read.Job.Attempts + 1 }, read.ETag, default) is not null) i++;
            }

            return true;
        });

        Assert.Equal(32 * Each, (await Store.GetAsync(id, default))!.Job.Attempts);
    }

    [Fact]
    public async Task ListAsync_NewestFirstWithoutTheDeleted()
    {
        var old = await CreateAsync(SampleJobs.Completed(Noon));
        var deleted = await CreateAsync(SampleJobs.Completed(Noon.AddMinutes(1)));
        var young = await CreateAsync(SampleJobs.Completed(Noon.AddMinutes(2)));
        await Store.TryUpdateAsync(deleted.Job.Delete(Noon.AddMinutes(3)), deleted.ETag, default);

        Assert.Equal([young.Job.Id, old.Job.Id], await ListIdsAsync(200, null));
        Assert.Equal([young.Job.Id], await ListIdsAsync(1, null));
        Assert.Equal([old.Job.Id], await ListIdsAsync(200, young.Job.Id));
        Assert.Equal([old.Job.Id], await ListIdsAsync(200, deleted.Job.Id));
        Assert.Empty(await ListIdsAsync(200, old.Job.Id));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public async Task ListAsync_LimitOutOfRange_Throws(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.ListAsync(limit, null, default));

    [Fact]
    public async Task ListAsync_PagesWhileOthersInsert_HaveNoGapAndNoDuplicate()
    {
        var before = new List<Guid>();
        for (var i = 0; i < 150; i++) before.Add((await CreateAsync(SampleJobs.Queued(Noon.AddMilliseconds(i)))).Job.Id);
        using var listed = new CancellationTokenSource();
        var inserting = Task.Run(async () =>
        {
            for (var i = 0; !listed.IsCancellationRequested; i++) await CreateAsync(SampleJobs.Queued(Noon.AddMinutes(1).AddMilliseconds(i)));
        });

        var seen = new List<Guid>();
        IReadOnlyList<Guid> page;
        while ((page = await ListIdsAsync(7, seen.Count == 0 ? null : seen[^1])).Count > 0) seen.AddRange(page);
        await listed.CancelAsync();
        await inserting;

        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(Enumerable.Reverse(before), seen.Where(before.Contains));
        Assert.Equal(seen.OrderByDescending(id => id.ToString(), StringComparer.Ordinal), seen);
    }

    [Theory]
    [InlineData(JobState.Queued, true)]
    [InlineData(JobState.Dispatched, true)]
    [InlineData(JobState.Running, true)]
    [InlineData(JobState.Scoring, true)]
    [InlineData(JobState.Completed, false)]
    [InlineData(JobState.Failed, false)]
    [InlineData(JobState.Cancelled, false)]
    public async Task ListStaleAsync_JobInState_IsListedUntilItEnded(JobState state, bool listed)
    {
        var job = SampleJobs.Queued(Noon) with { State = state, EndedAt = state.IsTerminal() ? Noon : null };
        await CreateAsync(job);

        var stale = await Store.ListStaleAsync(Noon.AddSeconds(1), 10, default);

        Assert.Equal(listed, stale.Any(found => found.Job.Id == job.Id));
    }

    [Fact]
    public async Task ListStaleAsync_SeveralJobs_AreThoseLastWrittenBeforeOldestFirst()
    {
        var second = await CreateAsync(SampleJobs.Queued(Noon.AddSeconds(2)));
        var first = await CreateAsync(SampleJobs.Queued(Noon.AddSeconds(1)));
        var touched = await CreateAsync(SampleJobs.Queued(Noon));
        await Store.TryUpdateAsync(touched.Job.Dispatch(Noon.AddSeconds(4)), touched.ETag, default);
        await CreateAsync(SampleJobs.Queued(Noon.AddSeconds(3)));

        var stale = await Store.ListStaleAsync(Noon.AddSeconds(3), 10, default);

        Assert.Equal([first.Job.Id, second.Job.Id], stale.Select(found => found.Job.Id));
        Assert.Equal([first.ETag, second.ETag], stale.Select(found => found.ETag));
        Assert.Equal(first.Job.Id, Assert.Single(await Store.ListStaleAsync(Noon.AddSeconds(3), 1, default)).Job.Id);
    }

    [Fact]
    public async Task ListExpiredAsync_SeveralJobs_AreThoseEndedBeforeOldestFirst()
    {
        var second = await CreateAsync(SampleJobs.Completed(Noon.AddSeconds(2)));
        var first = await CreateAsync(SampleJobs.Completed(Noon.AddSeconds(1)));
        var deleted = await CreateAsync(SampleJobs.Completed(Noon));
        await Store.TryUpdateAsync(deleted.Job.Delete(Noon), deleted.ETag, default);
        await CreateAsync(SampleJobs.Completed(Noon.AddSeconds(3)));
        await CreateAsync(SampleJobs.Queued(Noon));

        var expired = await Store.ListExpiredAsync(Noon.AddSeconds(3), 10, default);

        Assert.Equal([first.Job.Id, second.Job.Id], expired.Select(found => found.Job.Id));
        Assert.Equal([first.ETag, second.ETag], expired.Select(found => found.ETag));
        Assert.Equal(first.Job.Id, Assert.Single(await Store.ListExpiredAsync(Noon.AddSeconds(3), 1, default)).Job.Id);
    }

    /// <summary>The worker may have uploaded before the job failed: the file is there although the record has no result.</summary>
    [Fact]
    public async Task ListExpiredAsync_FailedJobWithoutResult_IsListed()
    {
        var failed = await CreateAsync(SampleJobs.Queued(Noon).Fail("no worker", Noon));

        Assert.Equal(failed.Job.Id, Assert.Single(await Store.ListExpiredAsync(Noon.AddSeconds(1), 10, default)).Job.Id);
    }

    [Fact]
    public async Task PurgeDeletedAsync_OldDeletedJobs_BecomeUnknown()
    {
        var old = new List<StoredJob>();
        for (var i = 0; i < 230; i++) old.Add(await CreateAsync(SampleJobs.Completed(Noon).Delete(Noon.AddSeconds(1))));
        var young = await CreateAsync(SampleJobs.Completed(Noon).Delete(Noon.AddSeconds(2)));
        var kept = await CreateAsync(SampleJobs.Completed(Noon));

        Assert.Equal(old.Count, await Store.PurgeDeletedAsync(Noon.AddSeconds(2), default));

        Assert.Equal(0, await Store.PurgeDeletedAsync(Noon.AddSeconds(2), default));
        Assert.Null(await Store.GetAsync(old[0].Job.Id, default));
        Assert.Null(await Store.GetAsync(old[^1].Job.Id, default));
        Assert.True((await Store.GetAsync(young.Job.Id, default))!.Job.Deleted);
        Assert.False((await Store.GetAsync(kept.Job.Id, default))!.Job.Deleted);
    }

    [Fact]
    public async Task CreateAsync_AlreadyCancelled_ThrowsAndStoresNothing()
    {
        var job = SampleJobs.Queued(Noon);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CreateAsync(job, new CancellationToken(canceled: true)));

        Assert.Null(await Store.GetAsync(job.Id, default));
    }

    [Fact]
    public async Task CheckAsync_StoreThatAnswers_Returns() => await Store.CheckAsync(default);

    protected static async Task<T[]> InParallel<T>(int count, Func<int, Task<T>> action)
    {
        var results = new ConcurrentBag<T>();
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(async () => results.Add(await action(i)))));
        return [.. results];
    }

    private async Task<StoredJob> CreateAsync(AudioJob job)
    {
        var (stored, created) = await Store.CreateAsync(job, default);
        Assert.True(created);
        return stored;
    }

    private async Task<IReadOnlyList<Guid>> ListIdsAsync(int limit, Guid? before) =>
        [.. (await Store.ListAsync(limit, before, default)).Select(job => job.Id)];
}
