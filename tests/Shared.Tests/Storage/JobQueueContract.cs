using System.Collections.Concurrent;
using AudioReprompt.Storage;

namespace AudioReprompt.Tests.Storage;

/// <summary>
/// What every <see cref="IJobQueue"/> must do. A test class of an implementation derives from this one; time passes only
/// by <see cref="AdvanceAsync"/>, in whole seconds, so that it may also be real time.
/// </summary>
public abstract class JobQueueContract : IAsyncLifetime
{
    /// <summary>How long a wait that should end may take, real time. Reached only when a test fails.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    protected IJobQueue Queue { get; private set; } = null!;

    /// <summary>Longer than any of these tests holds a message in real time.</summary>
    protected virtual TimeSpan Visibility => TimeSpan.FromSeconds(30);

    /// <summary>An empty queue.</summary>
    protected abstract Task<IJobQueue> OpenAsync();

    protected abstract Task CloseAsync();

    /// <summary>Lets <paramref name="by"/> pass for the queue.</summary>
    protected abstract Task AdvanceAsync(TimeSpan by);

    public async Task InitializeAsync() => Queue = await OpenAsync();

    public Task DisposeAsync() => CloseAsync();

    [Fact]
    public async Task ReceiveAsync_EmptyQueue_IsNull() => Assert.Null(await Queue.ReceiveAsync(Visibility, default));

    [Fact]
    public async Task ReceiveAsync_EnqueuedJob_IsReceivedOnce()
    {
        var job = await EnqueueAsync();

        var message = await Queue.ReceiveAsync(Visibility, default);

        Assert.Equal(job, message!.JobId);
        Assert.Equal(1, message.DequeueCount);
        Assert.Null(await Queue.ReceiveAsync(Visibility, default));
    }

    [Fact]
    public async Task EnqueueAsync_SameJobTwice_AreTwoMessages()
    {
        var job = await EnqueueAsync();
        await Queue.EnqueueAsync(job, TimeSpan.Zero, default);

        var (first, second) = (await ReceiveAsync(), await ReceiveAsync());

        Assert.Equal((job, job), (first.JobId, second.JobId));
        Assert.NotEqual(first.MessageId, second.MessageId);
    }

    [Fact]
    public async Task ReceiveAsync_OlderAndYoungerMessages_OlderComeFirst()
    {
        var older = new HashSet<Guid>();
        for (var i = 0; i < 10; i++) older.Add(await EnqueueAsync());
        await AdvanceAsync(Second);
        var younger = new HashSet<Guid>();
        for (var i = 0; i < 10; i++) younger.Add(await EnqueueAsync());

        for (var i = 0; i < 10; i++) Assert.Contains((await ReceiveAsync()).JobId, older);
        for (var i = 0; i < 10; i++) Assert.Contains((await ReceiveAsync()).JobId, younger);
    }

    [Fact]
    public async Task EnqueueAsync_WithDelay_IsSeenOnlyAfterIt()
    {
        await EnqueueAsync(delay: 2 * Second);

        Assert.Null(await Queue.ReceiveAsync(Visibility, default));
        Assert.Equal(1, await Queue.CountAsync(default));
        await AdvanceAsync(3 * Second);

        Assert.Equal(1, (await ReceiveAsync()).DequeueCount);
    }

    [Fact]
    public async Task ReceiveAsync_HolderDied_ComesBackAndTheOldReceiptIsStale()
    {
        await EnqueueAsync();
        var dead = await ReceiveAsync(2 * Second);
        Assert.Null(await Queue.ReceiveAsync(Visibility, default));
        await AdvanceAsync(3 * Second);

        var message = await ReceiveAsync();

        Assert.Equal(dead.MessageId, message.MessageId);
        Assert.Equal(dead.JobId, message.JobId);
        Assert.Equal(dead.EnqueuedAt, message.EnqueuedAt);
        Assert.Equal(2, message.DequeueCount);
        Assert.NotEqual(dead.PopReceipt, message.PopReceipt);
        Assert.Null(await Queue.ExtendAsync(dead, Visibility, default));
        Assert.False(await Queue.PoisonAsync(dead, "stale", default));
        Assert.False(await Queue.DeleteAsync(dead, default));
        Assert.Empty(await Queue.ListPoisonAsync(10, default));
        Assert.True(await Queue.DeleteAsync(message, default));
    }

    [Fact]
    public async Task DeleteAsync_TimeoutOverButNobodyElseReceived_IsStillHeld()
    {
        await EnqueueAsync();
        var message = await ReceiveAsync(Second);
        await AdvanceAsync(2 * Second);

        Assert.True(await Queue.DeleteAsync(message, default));
        Assert.Null(await Queue.ReceiveAsync(Visibility, default));
    }

    [Fact]
    public async Task DeleteAsync_HeldMessage_IsGoneForEver()
    {
        await EnqueueAsync();
        var message = await ReceiveAsync(Second);

        Assert.True(await Queue.DeleteAsync(message, default));

        Assert.False(await Queue.DeleteAsync(message, default));
        Assert.Null(await Queue.ExtendAsync(message, Visibility, default));
        Assert.False(await Queue.PoisonAsync(message, "gone", default));
        await AdvanceAsync(2 * Second);
        Assert.Null(await Queue.ReceiveAsync(Visibility, default));
        Assert.Equal(0, await Queue.CountAsync(default));
    }

    [Fact]
    public async Task ExtendAsync_HeldMessage_StaysHiddenAndGetsANewReceipt()
    {
        await EnqueueAsync();
        var message = await ReceiveAsync(2 * Second);
        await AdvanceAsync(Second);

        var extended = await Queue.ExtendAsync(message, 4 * Second, default);

        Assert.Equal(message.MessageId, extended!.MessageId);
        Assert.Equal(1, extended.DequeueCount);
        Assert.Equal(message.EnqueuedAt, extended.EnqueuedAt);
        Assert.False(await Queue.DeleteAsync(message, default));
        await AdvanceAsync(2 * Second);
        Assert.Null(await Queue.ReceiveAsync(Visibility, default));
        await AdvanceAsync(3 * Second);
        Assert.Equal(2, (await ReceiveAsync()).DequeueCount);
    }

    [Fact]
    public async Task ExtendAsync_ByZero_GivesTheMessageBackAtOnce()
    {
        await EnqueueAsync();
        var message = await ReceiveAsync();

        Assert.NotNull(await Queue.ExtendAsync(message, TimeSpan.Zero, default));

        var again = await ReceiveAsync();
        Assert.Equal(message.MessageId, again.MessageId);
        Assert.Equal(2, again.DequeueCount);
    }

    [Fact]
    public async Task PoisonAsync_HeldMessage_MovesItWithItsReason()
    {
        var job = await EnqueueAsync();
        var message = await ReceiveAsync(Second);

        Assert.True(await Queue.PoisonAsync(message, "three attempts failed: ¿por qué?", default));

        Assert.False(await Queue.PoisonAsync(message, "again", default));
        Assert.False(await Queue.DeleteAsync(message, default));
        Assert.Equal(0, await Queue.CountAsync(default));
        await AdvanceAsync(2 * Second);
        Assert.Null(await Queue.ReceiveAsync(Visibility, default));
        var poison = Assert.Single(await Queue.ListPoisonAsync(10, default));
        Assert.Equal((message.MessageId, job, 1), (poison.MessageId, poison.JobId, poison.DequeueCount));
        Assert.Equal(message.EnqueuedAt, poison.EnqueuedAt);
        Assert.True(poison.PoisonedAt >= poison.EnqueuedAt);
        Assert.Equal("three attempts failed: ¿por qué?", poison.Reason);
    }

    [Fact]
    public async Task ListPoisonAsync_SeveralMessages_OldestFirstUpToTheLimit()
    {
        for (var i = 0; i < 3; i++)
        {
            await EnqueueAsync();
            await Queue.PoisonAsync(await ReceiveAsync(), $"reason {i}", default);
            await AdvanceAsync(Second);
        }

        Assert.Equal(["reason 0", "reason 1"], (await Queue.ListPoisonAsync(2, default)).Select(poison => poison.Reason));
    }

    [Fact]
    public async Task CountAsync_WaitingDelayedAndHeld_AreCounted()
    {
        Assert.Equal(0, await Queue.CountAsync(default));
        await EnqueueAsync();
        await EnqueueAsync();
        await EnqueueAsync(delay: Visibility);
        await ReceiveAsync();

        Assert.Equal(3, await Queue.CountAsync(default));
    }

    [Fact]
    public async Task ReceiveAsync_EightConsumersSomeOfWhomDie_NoMessageIsHeldTwiceAndNoneIsLost()
    {
        const int Messages = 500;
        var jobs = new ConcurrentDictionary<Guid, int>();
        await InParallel(8, async consumer =>
        {
            for (var i = consumer; i < Messages; i += 8) jobs.TryAdd(await EnqueueAsync(), 0);
        });
        Assert.Equal(Messages, jobs.Count);

        // In a round no time passes: whoever receives a message holds it to the round's end, dead or alive.
        IReadOnlyCollection<QueueMessage> dead = [];
        for (var round = 1; jobs.Values.Any(done => done == 0); round++)
        {
            Assert.InRange(round, 1, 6);
            var holders = new ConcurrentDictionary<string, int>();
            var died = new ConcurrentBag<QueueMessage>();
            await InParallel(8, async consumer =>
            {
                while (await Queue.ReceiveAsync(Visibility, default) is { } message)
                {
                    Assert.True(holders.TryAdd(message.MessageId, consumer), $"{message.MessageId} is held twice.");
                    Assert.Equal(round, message.DequeueCount);
                    if (round < 3 && message.JobId.GetHashCode() % 3 == 0)
                    {
                        died.Add(message);
                        continue;
                    }

                    Assert.True(await Queue.DeleteAsync(message, default));
                    Assert.Equal(1, jobs.AddOrUpdate(message.JobId, -1, (_, done) => done + 1));
                }
            });
            await InParallel(8, async consumer =>
            {
                foreach (var ghost in dead.Where((_, i) => i % 8 == consumer)) Assert.False(await Queue.DeleteAsync(ghost, default));
            });
            Assert.Equal(died.Count, await Queue.CountAsync(default));
            dead = died;
            await AdvanceAsync(Visibility + Second);
        }

        Assert.All(jobs.Values, done => Assert.Equal(1, done));
        Assert.Equal(0, await Queue.CountAsync(default));
    }

    [Fact]
    public async Task WaitAsync_VisibleMessage_ReturnsAtOnce()
    {
        await EnqueueAsync();

        await Queue.WaitAsync(Visibility, default).WaitAsync(Deadline);
    }

    [Fact]
    public async Task WaitAsync_MessageIsEnqueued_Returns()
    {
        var waiting = new[] { Queue.WaitAsync(10 * Visibility, default), Queue.WaitAsync(10 * Visibility, default) };
        Assert.All(waiting, wait => Assert.False(wait.IsCompleted));

        await EnqueueAsync();

        await Task.WhenAll(waiting).WaitAsync(Deadline);
    }

    [Fact]
    public async Task WaitAsync_MessageIsGivenBack_Returns()
    {
        await EnqueueAsync();
        var message = await ReceiveAsync();
        var waiting = Queue.WaitAsync(10 * Visibility, default);
        Assert.False(waiting.IsCompleted);

        await Queue.ExtendAsync(message, TimeSpan.Zero, default);

        await waiting.WaitAsync(Deadline);
    }

    [Fact]
    public async Task WaitAsync_HeldMessageBecomesVisible_Returns()
    {
        await EnqueueAsync();
        await ReceiveAsync(2 * Second);
        var waiting = Queue.WaitAsync(10 * Visibility, default);
        Assert.False(waiting.IsCompleted);

        await AdvanceAsync(3 * Second);

        await waiting.WaitAsync(Deadline);
        Assert.Equal(2, (await ReceiveAsync()).DequeueCount);
    }

    [Fact]
    public async Task WaitAsync_NothingHappens_ReturnsAfterTheLongestTime()
    {
        var waiting = Queue.WaitAsync(2 * Second, default);
        Assert.False(waiting.IsCompleted);

        await AdvanceAsync(3 * Second);

        await waiting.WaitAsync(Deadline);
    }

    [Fact]
    public async Task WaitAsync_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = Queue.WaitAsync(10 * Visibility, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Deadline));
    }

    protected async Task<Guid> EnqueueAsync(TimeSpan delay = default)
    {
        var job = Guid.CreateVersion7();
        await Queue.EnqueueAsync(job, delay, default);
        return job;
    }

    protected async Task<QueueMessage> ReceiveAsync(TimeSpan? visibility = null) =>
        await Queue.ReceiveAsync(visibility ?? Visibility, default) ?? throw new InvalidOperationException("No message is visible.");

    private static Task InParallel(int count, Func<int, Task> action) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => action(i))));
}
