using AudioReprompt.Storage;
using AudioReprompt.Storage.Embedded;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Storage.Embedded;

public sealed class EmbeddedJobQueueTests : JobQueueContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();
    private EmbeddedDatabase? _database;

    protected override Task<IJobQueue> OpenAsync()
    {
        _database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(_folder.Combine("jobs.db")) { TimeProvider = _clock });
        return Task.FromResult<IJobQueue>(new SqliteJobQueue(_database));
    }

    protected override async Task CloseAsync() => await _database!.DisposeAsync();

    protected override Task AdvanceAsync(TimeSpan by)
    {
        _clock.Advance(by);
        return Task.CompletedTask;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReceiveAsync_EnqueuedOneByOneAtOneTime_ComeInTheirOrder()
    {
        var jobs = new List<Guid>();
        for (var i = 0; i < 20; i++) jobs.Add(await EnqueueAsync());

        foreach (var job in jobs) Assert.Equal(job, (await ReceiveAsync()).JobId);
    }

    /// <summary>The edges, to the tick: hidden before the timeout's end, visible at it.</summary>
    [Fact]
    public async Task ReceiveAsync_AtTheEndOfTheVisibilityTimeout_SeesTheMessage()
    {
        await EnqueueAsync();
        await ReceiveAsync(TimeSpan.FromSeconds(30));

        _clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.Null(await Queue.ReceiveAsync(Visibility, default));
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(2, (await ReceiveAsync()).DequeueCount);
    }

    /// <summary>An id is never given again: an operator who reads the poison list must be able to trust it.</summary>
    [Fact]
    public async Task EnqueueAsync_AfterTheLastMessageIsGone_GetsANewId()
    {
        await EnqueueAsync();
        var first = await ReceiveAsync();
        await Queue.DeleteAsync(first, default);

        await EnqueueAsync();

        Assert.NotEqual(first.MessageId, (await ReceiveAsync()).MessageId);
    }

    [Fact]
    public async Task DeleteAsync_MessageOfAnotherKindOfQueue_IsFalse() =>
        Assert.False(await Queue.DeleteAsync(new QueueMessage("a1b2-c3", Guid.NewGuid(), "AgAAAAMA", 1, _clock.GetUtcNow()), default));
}
