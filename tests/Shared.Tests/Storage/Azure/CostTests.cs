using AudioReprompt.Jobs;
using AudioReprompt.Storage;
using AudioReprompt.Storage.Azure;
using AudioReprompt.TestSupport;
using Azure.Core;
using Azure.Core.Pipeline;

namespace AudioReprompt.Tests.Storage.Azure;

/// <summary>What <c>docs/azure-storage.md</c> says that a call costs: writes and listings, other requests; deletions are free.</summary>
public sealed class CostTests
{
    private static readonly DateTimeOffset Noon = SampleJobs.Noon;

    [Fact]
    public async Task JobStore_EachCall_CostsWhatTheTableSays()
    {
        var (storage, bill) = await OpenAsync();
        var store = storage.Jobs;
        StoredJob stored = null!;

        Assert.Equal((3, 0), await bill.OfAsync(async () => stored = (await store.CreateAsync(SampleJobs.Queued(Noon), default)).Stored));
        Assert.Equal((4, 0), await bill.OfAsync(() => store.CreateAsync(SampleJobs.Queued(Noon, "key"), default)));
        Assert.Equal((3, 3), await bill.OfAsync(() => store.CreateAsync(SampleJobs.Queued(Noon, "key"), default)));
        Assert.Equal((0, 1), await bill.OfAsync(() => store.GetAsync(stored.Job.Id, default)));
        Assert.Equal((0, 2), await bill.OfAsync(() => store.FindByIdempotencyKeyAsync("key", default)));
        Assert.Equal((0, 1), await bill.OfAsync(() => store.FindByIdempotencyKeyAsync("other", default)));
        Assert.Equal((1, 2), await bill.OfAsync(() => store.ListAsync(10, null, default)));
        var old = stored;
        Assert.Equal((1, 0), await bill.OfAsync(async () => stored = (await store.TryUpdateAsync(stored.Job.Dispatch(Noon), stored.ETag, default))!));
        Assert.Equal((1, 1), await bill.OfAsync(() => store.TryUpdateAsync(old.Job.Dispatch(Noon), old.ETag, default)));
        Assert.Equal((1, 2), await bill.OfAsync(() => store.ListStaleAsync(Noon.AddTicks(1), 10, default)));
        Assert.Equal((2, 0), await bill.OfAsync(async () => stored = (await store.TryUpdateAsync(stored.Job.Cancel("enough", Noon), stored.ETag, default))!));
        Assert.Equal((2, 2), await bill.OfAsync(() => store.ListExpiredAsync(Noon.AddTicks(1), 10, default)));
        Assert.Equal((2, 1), await bill.OfAsync(() => store.TryUpdateAsync(stored.Job.Delete(Noon), stored.ETag, default)));
        Assert.Equal((1, 1), await bill.OfAsync(() => store.PurgeDeletedAsync(Noon.AddTicks(1), default)));
        Assert.Equal((0, 1), await bill.OfAsync(() => store.CheckAsync(default)));
    }

    /// <summary>Each call by itself would pay for a page.</summary>
    [Fact]
    public async Task ListAsync_ManyAtOnce_CostTwoPagesAtMost()
    {
        var (storage, bill) = await OpenAsync();
        for (var job = 0; job < 3; job++) await storage.Jobs.CreateAsync(SampleJobs.Queued(Noon), default);

        var pages = Array.Empty<IReadOnlyList<AudioJob>>();
        var (listings, reads) = await bill.OfAsync(async () =>
            pages = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => storage.Jobs.ListAsync(10, null, default))));

        Assert.All(pages, page => Assert.Equal(3, page.Count));
        Assert.InRange(listings, 1, 2);
        Assert.Equal(3 * listings, reads);
    }

    [Fact]
    public async Task QueueAndAudio_EachCall_CostsWhatTheTableSays()
    {
        var (storage, bill) = await OpenAsync();
        var (queue, audio, id) = (storage.Queue, storage.Audio, Guid.CreateVersion7());

        Assert.Equal((0, 1), await bill.OfQueueAsync(() => queue.EnqueueAsync(id, TimeSpan.Zero, default)));
        QueueMessage message = null!;
        Assert.Equal((0, 1), await bill.OfQueueAsync(async () => message = (await queue.ReceiveAsync(TimeSpan.FromMinutes(1), default))!));
        Assert.Equal((0, 3), await bill.OfQueueAsync(() => queue.PoisonAsync(message, "why", default)));
        Assert.Equal((0, 1), await bill.OfQueueAsync(() => queue.ReceiveAsync(TimeSpan.FromMinutes(1), default)));
        Assert.Equal((0, 0), await bill.OfQueueAsync(() => queue.WaitAsync(TimeSpan.FromMilliseconds(50), default)));
        Assert.Equal((1, 0), await bill.OfAsync(() => audio.WriteAsync(id, new MemoryStream(new byte[300_000]), long.MaxValue, default)));
        Assert.Equal((0, 1), await bill.OfAsync(() => audio.OpenReadAsync(id, default)));
        Assert.Equal((0, 0), await bill.OfAsync(() => audio.UploadAddressAsync(id, TimeSpan.FromHours(1), default)));
        Assert.Equal((1, 0), await bill.OfAsync(() => audio.CheckAsync(default)));
    }

    [Fact]
    public async Task UsageStore_EachCall_CostsWhatTheTableSays()
    {
        var (storage, bill) = await OpenAsync();
        var today = DateOnly.FromDateTime(Noon.UtcDateTime);

        Assert.Equal((3, 0), await bill.OfAsync(() => storage.Usage.TryCountAsync("ana", today, 2, default)));
        Assert.Equal((1, 0), await bill.OfAsync(() => storage.Usage.TryCountAsync("ana", today, 2, default)));
        Assert.Equal((1, 0), await bill.OfAsync(() => storage.Usage.TryCountAsync("ana", today, 2, default)));
        Assert.Equal((1, 0), await bill.OfAsync(() => storage.Usage.PurgeAsync(today.AddDays(1), default)));
    }

    private static async Task<(AzureStorage Storage, Bill Bill)> OpenAsync()
    {
        var options = (await Azurite.SharedAsync()).NewStorage();
        var bill = new Bill();
        var account = AzureAccount.Of(options, client => client.AddPolicy(bill, HttpPipelinePosition.PerCall));
        return (AzureStorage.Open(account, options.AzureNamePrefix, TimeProvider.System, AzureJobStoreLimits.Default), bill);
    }

    private sealed class Bill : HttpPipelineSynchronousPolicy
    {
        private int _dear;
        private int _cheap;
        private int _all;

        public async Task<(int Dear, int Cheap)> OfAsync(Func<Task> call)
        {
            (_dear, _cheap, _all) = (0, 0, 0);
            await call();
            return (_dear, _cheap);
        }

        /// <summary>A queue's requests all cost the same.</summary>
        public async Task<(int Dear, int Cheap)> OfQueueAsync(Func<Task> call)
        {
            await OfAsync(call);
            return (0, _all);
        }

        public override void OnSendingRequest(HttpMessage message)
        {
            Interlocked.Increment(ref _all);
            var request = message.Request;
            if (request.Method == RequestMethod.Put || request.Uri.Query.Contains("comp=list", StringComparison.Ordinal)) Interlocked.Increment(ref _dear);
            else if (request.Method != RequestMethod.Delete) Interlocked.Increment(ref _cheap);
        }
    }
}
