using AudioReprompt.Configuration;
using AudioReprompt.Storage;
using AudioReprompt.Storage.Azure;
using AudioReprompt.TestSupport;
using Azure.Storage.Queues;

namespace AudioReprompt.Tests.Storage.Azure;

/// <summary>Azurite has a clock of its own: where time must pass, it does.</summary>
public sealed class AzureJobQueueTests : JobQueueContract
{
    private StorageOptions _options = null!;

    protected override TimeSpan Visibility => TimeSpan.FromSeconds(20);

    protected override async Task<IJobQueue> OpenAsync()
    {
        _options = (await Azurite.SharedAsync()).NewStorage();
        return AzureStorage.Open(_options, TimeProvider.System).Queue;
    }

    protected override Task CloseAsync() => Task.CompletedTask;

    protected override Task AdvanceAsync(TimeSpan by) => Task.Delay(by);

    [Fact]
    public async Task EnqueueAsync_LongerThanAzureAllows_IsTakenAsSevenDays()
    {
        await Queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.FromDays(30), default);

        Assert.Null(await Queue.ReceiveAsync(Visibility, default));
        Assert.Equal(1, await Queue.CountAsync(default));
    }

    [Fact]
    public async Task EnqueueAsync_Message_NeverExpires()
    {
        await EnqueueAsync();

        var message = (await RawQueue("jobs").PeekMessageAsync()).Value;

        // Azure's default would be seven days.
        Assert.True(message.ExpiresOn > DateTimeOffset.UtcNow.AddYears(100));
    }

    [Fact]
    public async Task ReceiveAsync_MessageThatNamesNoJob_GoesToThePoisonQueue()
    {
        await RawQueue("jobs").SendMessageAsync("hello");
        var job = await EnqueueAsync();

        Assert.Equal(job, (await ReceiveAsync()).JobId);

        var poison = Assert.Single(await Queue.ListPoisonAsync(10, default));
        Assert.Equal((Guid.Empty, "The message names no job: hello"), (poison.JobId, poison.Reason));
    }

    /// <summary>As when the process died between the two writes: the message comes back and is given up again.</summary>
    [Fact]
    public async Task ListPoisonAsync_MessageGivenUpTwice_IsShownOnce()
    {
        await EnqueueAsync();
        await Queue.PoisonAsync(await ReceiveAsync(), "why", default);
        var copy = (await RawQueue("jobs-poison").PeekMessageAsync()).Value.Body;
        await RawQueue("jobs-poison").SendMessageAsync(copy);

        Assert.Equal("why", Assert.Single(await Queue.ListPoisonAsync(10, default)).Reason);
    }

    [Fact]
    public async Task PoisonAsync_ReasonOfAnyLengthAndCharacters_IsKeptUpToALimit()
    {
        await EnqueueAsync();

        Assert.True(await Queue.PoisonAsync(await ReceiveAsync(), new string('\u0001', 100_000), default));

        Assert.Equal(new string('\u0001', 8000), Assert.Single(await Queue.ListPoisonAsync(10, default)).Reason);
    }

    [Fact]
    public async Task DeleteAsync_MessageOfAnotherKindOfQueue_IsFalse() =>
        Assert.False(await Queue.DeleteAsync(new QueueMessage("17", Guid.NewGuid(), "0123456789abcdef", 1, DateTimeOffset.UtcNow), default));

    /// <summary>Two front doors: what one enqueues, the other sees without a hint.</summary>
    [Fact]
    public async Task WaitAsync_AnotherProcessEnqueues_Returns()
    {
        Assert.Null(await Queue.ReceiveAsync(Visibility, default));
        var waiting = Queue.WaitAsync(10 * Visibility, default);
        Assert.False(waiting.IsCompleted);

        await AzureStorage.Open(_options, TimeProvider.System).Queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default);

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotNull(await Queue.ReceiveAsync(Visibility, default));
    }

    private QueueClient RawQueue(string name) => new(_options.AzureConnectionString, _options.AzureNamePrefix + name);
}
