using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests;

/// <summary>Both sides of the wire together.</summary>
public class ClientAgainstWorkerTests
{
    private static readonly EndpointJobRequest Request = EndpointJobRequest.For(new WorkerInput { Prompt = RunningWorker.Prompt, Seed = 42 });

    [Theory]
    [InlineData("/")]
    [InlineData("/v2/abc/runsync")]
    public async Task Run_JobCompletes_IsFollowedToItsOutput(string path)
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        var client = Client(worker, path);

        var submitted = await client.RunAsync(Request, default).InTime();
        Assert.Equal(EndpointStatus.InQueue, submitted.Status);
        await engine.StartedAsync();
        engine.Progress!.Report(0.5);
        var running = await client.StatusAsync(submitted.Id, default).InTime();
        Assert.Equal((EndpointStatus.InProgress, 0.5), (running!.Status, running.Output!.Value.GetProperty("progress").GetDouble()));
        Assert.Equal((1, 1), await CountAsync(client));

        engine.Release();
        await worker.EndAsync(submitted.Id);
        var ended = await client.StatusAsync(submitted.Id, default).InTime();
        Assert.Equal((EndpointStatus.Completed, 42), (ended!.Status, ended.Output!.Value.GetProperty("seed").GetInt64()));
        Assert.NotNull(ended.WorkerId);
        Assert.NotNull(ended.ExecutionTime);
    }

    [Fact]
    public async Task Run_InputAtFault_IsKnownAsNotWorthARepeat()
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var client = Client(worker, "/");
        var submitted = await client.RunAsync(EndpointJobRequest.For(new WorkerInput { Prompt = "soup" }), default).InTime();
        await worker.EndAsync(submitted.Id);
        var ended = await client.StatusAsync(submitted.Id, default).InTime();
        Assert.Equal((EndpointStatus.Failed, InvalidInputException.ErrorType), (ended!.Status, ended.ErrorType));
        Assert.StartsWith("prompt: must have", ended.Error);
    }

    [Fact]
    public async Task Cancel_RunningJob_EndsIt()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        var client = Client(worker, "/");
        var submitted = await client.RunAsync(Request, default).InTime();
        await engine.StartedAsync();
        await client.CancelAsync(submitted.Id, default).InTime();
        await engine.Cancelled.Task.InTime();
        Assert.Equal(EndpointStatus.Cancelled, (await client.StatusAsync(submitted.Id, default).InTime())!.Status);
    }

    [Fact]
    public async Task StatusAndCancel_UnknownJob_AreNoFault()
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var client = Client(worker, "/");
        await client.CancelAsync("nobody", default).InTime();
        Assert.Null(await client.StatusAsync("nobody", default).InTime());
    }

    [Fact]
    public async Task Run_WorkerHasStopped_IsUnreachable()
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var client = Client(worker, "/");
        await worker.App.StopAsync().InTime();
        await Assert.ThrowsAsync<EndpointUnreachableException>(() => client.RunAsync(Request, default).InTime());
    }

    private static async Task<(int InProgress, int Running)> CountAsync(RunPodClient client)
    {
        var health = await client.HealthAsync(default).InTime();
        return (health.Jobs.InProgress, health.Workers.Running);
    }

    private static RunPodClient Client(RunningWorker worker, string path)
    {
        var options = new RunPodOptions { Retries = 1, RetryDelayMilliseconds = 1 };
        var http = new HttpClient(RunPodClient.CreateHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        return new RunPodClient(http, new Uri(worker.Url, path), options, TimeProvider.System);
    }
}
