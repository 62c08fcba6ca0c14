using AudioReprompt.Storage.Azure;
using AudioReprompt.TestSupport;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace AudioReprompt.Tests.Storage.Azure;

public sealed class JobMarkersTests
{
    private const int PageSize = 10;

    [Fact]
    public void OfListed_YoungerId_ComesFirstAndIsReadBack()
    {
        var (old, young) = (Guid.CreateVersion7(SampleJobs.Noon), Guid.CreateVersion7(SampleJobs.Noon.AddMilliseconds(1)));

        Assert.True(string.CompareOrdinal(JobBlobName.OfListed(young), JobBlobName.OfListed(old)) < 0);
        Assert.Equal(old, JobBlobName.IdOfListed(JobBlobName.OfListed(old)));
        Assert.Equal("list/ffff0/00/00/0000000000000000000000f", JobBlobName.OfListed(Guid.Parse("0000ffff-ffff-ffff-ffff-fffffffffff0")));
    }

    /// <summary>Jobs in bursts of milliseconds, seconds, minutes, hours and days: every place is gone on from, in every kind of folder.</summary>
    [Fact]
    public async Task ListNewestAsync_FromEveryPlace_GoesOnWithTheNextOlder()
    {
        var (markers, counter) = await OpenAsync();
        var ids = new List<Guid>();
        foreach (var step in new[] { TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.FromHours(2), TimeSpan.FromDays(2) })
        {
            for (var i = 0; i < 30; i++) ids.Add(Guid.CreateVersion7(SampleJobs.Noon - (i * step)));
        }

        await Task.WhenAll(ids.Select(id => markers.PutAsync(JobBlobName.OfListed(id), "", default)));
        var newestFirst = ids.OrderByDescending(id => id.ToString(), StringComparer.Ordinal).ToList();

        Assert.Equal(newestFirst, await IdsAsync(markers, null, int.MaxValue));
        for (var place = 0; place < newestFirst.Count; place += 3)
        {
            counter.Count = 0;
            var next = await IdsAsync(markers, newestFirst[place], 5);
            Assert.Equal(newestFirst.Skip(place + 1).Take(5), next);
            // Four tries from wide to narrow, three listings of folders, and one for each folder that has something: never the whole.
            Assert.InRange(counter.Count, 1, 7 + 5);
        }

        Assert.Equal(newestFirst.Skip(40), await IdsAsync(markers, newestFirst[39], int.MaxValue));
    }

    private static async Task<List<Guid>> IdsAsync(JobMarkers markers, Guid? before, int count)
    {
        var ids = new List<Guid>();
        await foreach (var (id, _) in markers.ListNewestAsync(before, PageSize, default))
        {
            ids.Add(id);
            if (ids.Count == count) break;
        }

        return ids;
    }

    private static async Task<(JobMarkers Markers, Counter Counter)> OpenAsync()
    {
        var storage = (await Azurite.SharedAsync()).NewStorage();
        var counter = new Counter();
        var options = new BlobClientOptions();
        options.AddPolicy(counter, HttpPipelinePosition.PerCall);
        var container = new BlobContainerClient(storage.AzureConnectionString, $"{storage.AzureNamePrefix}jobs", options);
        await container.CreateAsync();
        return (new JobMarkers(container, PageSize), counter);
    }

    private sealed class Counter : HttpPipelineSynchronousPolicy
    {
        public int Count { get; set; }

        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.Request.Method == RequestMethod.Get) Count++;
        }
    }
}
