using AudioReprompt.FrontDoor.AzureFunctions;
using AudioReprompt.FrontDoor.Dispatch;
using AudioReprompt.Jobs;
using AudioReprompt.Storage;
using AudioReprompt.Tests.FrontDoor.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Tests.FrontDoor.AzureFunctions;

/// <summary>Jobs brought to their end look by look, with messages that the host holds and deletes.</summary>
public sealed class HostedMessagesTests
{
    [Fact]
    public async Task HandleAsync_EndpointAtWork_EndsAtOnceAndLeavesANewMessage()
    {
        await using var host = await StartAsync();
        host.Door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await host.Door.GenerateAsync();

        Assert.Null(await host.DeliverAsync());
        Assert.Null(await host.DeliverAsync());
        Assert.Equal(JobState.Running, (await host.JobAsync(id)).State);
        Assert.Single(host.Door.Endpoint.Jobs);
        Assert.Equal(1, await host.Queue.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task HandleAsync_EndpointDone_ScoresAndLeavesNothing()
    {
        await using var host = await StartAsync();
        var id = await host.Door.GenerateAsync();
        while ((await host.JobAsync(id)).State != JobState.Completed) Assert.Null(await host.DeliverAsync());

        Assert.NotNull((await host.JobAsync(id)).Scores);
        Assert.Equal(0, await host.Queue.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task HandleAsync_JobFails_IsHandedBackWithItsReason()
    {
        await using var host = await StartAsync(new() { ["AUDIOREPROMPT__DISPATCH__MAX_ATTEMPTS"] = "1" });
        host.Door.Endpoint.Behaviour = EndpointBehaviour.Fail;
        var id = await host.Door.GenerateAsync();
        PoisonMessage? poison = null;
        while (poison is null) poison = await host.DeliverAsync();

        Assert.Equal((Guid.Parse(id), JobState.Failed), (poison.JobId, (await host.JobAsync(id)).State));
        Assert.Contains("out of memory", poison.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await host.Queue.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task HandleAsync_EndpointsQueueIsFull_EndsAtOnceAndLeavesANewMessage()
    {
        await using var host = await StartAsync();
        host.Door.Endpoint.Waiting = int.MaxValue;
        var id = await host.Door.GenerateAsync();

        Assert.Null(await host.DeliverAsync());
        Assert.Equal((JobState.Queued, 0), ((await host.JobAsync(id)).State, (await host.JobAsync(id)).Attempts));
        Assert.Empty(host.Door.Endpoint.Jobs);
        Assert.Equal(1, await host.Queue.CountAsync(CancellationToken.None));
    }

    private static async Task<Host> StartAsync(Dictionary<string, string>? settings = null) => new(await TestFrontDoor.StartAsync(
        settings,
        services =>
        {
            services.Remove(services.Single(service => service.ImplementationType == typeof(Dispatcher)));
            services.AddSingleton<HostedMessages>();
        }));

    private sealed class Host(TestFrontDoor door) : IAsyncDisposable
    {
        public TestFrontDoor Door => door;

        public IJobQueue Queue { get; } = door.Services.GetRequiredService<IJobQueue>();

        public async Task<AudioJob> JobAsync(string id) =>
            (await door.Services.GetRequiredService<IJobStore>().GetAsync(Guid.Parse(id), CancellationToken.None))!.Job;

        /// <summary>What the host of Azure Functions does: waits for a message, calls, deletes.</summary>
        public async Task<PoisonMessage?> DeliverAsync()
        {
            using var limit = new CancellationTokenSource(TestFrontDoor.Patience);
            QueueMessage? message;
            while ((message = await Queue.ReceiveAsync(TimeSpan.FromMinutes(1), limit.Token)) is null) await Queue.WaitAsync(TimeSpan.FromSeconds(1), limit.Token);
            var poison = await door.Services.GetRequiredService<HostedMessages>().HandleAsync(message, limit.Token);
            Assert.True(await Queue.DeleteAsync(message, limit.Token));
            return poison;
        }

        public ValueTask DisposeAsync() => door.DisposeAsync();
    }
}
