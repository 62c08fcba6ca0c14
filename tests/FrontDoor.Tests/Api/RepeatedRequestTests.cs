using System.Net;
using AudioReprompt.Storage;
using AudioReprompt.Tests.FrontDoor.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Tests.FrontDoor.Api;

/// <summary>Requests that come again under their Idempotency-Key while the first one has got no further than its record.</summary>
public sealed class RepeatedRequestTests : IAsyncLifetime
{
    private readonly ScriptedGate _gate = new();
    private TestFrontDoor _door = null!;

    public async Task InitializeAsync() => _door = await TestFrontDoor.StartAsync(replace: services => services.AddGatedStorage(_gate));

    public async Task DisposeAsync() => await _door.DisposeAsync();

    /// <summary>As when the front door dies between record and message. Upkeep would find the job too, but only when the queue is empty.</summary>
    [Fact]
    public async Task Generate_FirstDiedBeforeItsMessage_IsAcknowledgedWithOne()
    {
        _gate.Before = call => call == "queue.enqueue" ? throw new DiedException() : Task.CompletedTask;
        using var first = await SendAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, first.StatusCode);

        _gate.Before = _ => Task.CompletedTask;
        using var second = await SendAsync();
        await _door.UntilAsync(await IdOfAsync(second), "completed");
        Assert.Single(_door.Endpoint.Jobs);
    }

    [Fact]
    public async Task Generate_ManyTimesWhileTheJobWaits_AddsOneMessage()
    {
        _gate.Before = call => call == "queue.receive" ? throw new StorageUnavailableException("away") : Task.CompletedTask;
        var ids = new HashSet<string>();
        for (var time = 0; time < 5; time++)
        {
            using var response = await SendAsync();
            ids.Add(await IdOfAsync(response));
        }

        Assert.Single(ids);
        Assert.Equal(2, await _door.Services.GetRequiredService<IJobQueue>().CountAsync(CancellationToken.None));
    }

    /// <summary>The first one is told that nothing was accepted; the second has been told otherwise, and that holds.</summary>
    [Fact]
    public async Task Generate_FirstFailsAfterTheSecondWasAcknowledged_JobIsKept()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate.Before = async call =>
        {
            if (call != "queue.enqueue" || !reached.TrySetResult()) return;
            await goOn.Task;
            throw new StorageUnavailableException("The queue is away.");
        };
        var first = SendAsync();
        await reached.Task.WaitAsync(TestFrontDoor.Patience);
        using var second = await SendAsync();
        var id = await IdOfAsync(second);
        goOn.SetResult();

        using var refused = await first;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await _door.UntilAsync(id, "completed");
    }

    /// <summary>The other way round: what is taken back is not acknowledged.</summary>
    [Fact]
    public async Task Generate_FirstIsTakenBackWhileTheSecondComes_SecondIsRefusedAndTheThirdIsNew()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var enqueued = 0;
        _gate.Before = async call =>
        {
            if (call != "queue.enqueue") return;
            // The first fails when the second has found its job and is about to give it a message.
            if (Interlocked.Increment(ref enqueued) == 1)
            {
                await reached.Task;
                throw new StorageUnavailableException("The queue is away.");
            }

            if (!reached.TrySetResult()) return;
            await goOn.Task;
        };
        var first = SendAsync();
        var second = SendAfterAsync(() => Volatile.Read(ref enqueued) == 1);
        using var refused = await first;
        goOn.SetResult();
        using var refusedToo = await second;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (refused.StatusCode, refusedToo.StatusCode));

        using var third = await SendAsync();
        await _door.UntilAsync(await IdOfAsync(third), "completed");
        Assert.Single(_door.Endpoint.Jobs);
    }

    private Task<HttpResponseMessage> SendAsync() => _door.PostAsync("/api/audio/generate", TestFrontDoor.Body(), ("Idempotency-Key", "k"));

    private async Task<HttpResponseMessage> SendAfterAsync(Func<bool> isTime)
    {
        using var limit = new CancellationTokenSource(TestFrontDoor.Patience);
        while (!isTime()) await Task.Delay(5, limit.Token);
        return await SendAsync();
    }

    private static async Task<string> IdOfAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (await TestFrontDoor.JsonOf(response)).GetProperty("audio_id").GetString()!;
    }

    private sealed class DiedException : Exception;
}
