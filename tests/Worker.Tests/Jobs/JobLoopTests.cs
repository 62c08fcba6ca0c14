using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Telemetry;
using AudioReprompt.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Worker.Tests.Jobs;

public class JobLoopTests
{
    [Fact]
    public async Task Concurrency_MoreJobsThanSlots_NeverRunsMoreAtOnce()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine, concurrency: 2);
        var ids = new List<string>();
        for (var job = 0; job < 5; job++) ids.Add(await worker.RunAsync());

        await engine.StartedAsync();
        await engine.StartedAsync();
        Assert.Equal("IN_PROGRESS IN_PROGRESS IN_QUEUE IN_QUEUE IN_QUEUE", string.Join(' ', await Task.WhenAll(ids.Select(worker.StatusAsync))));
        for (var job = 0; job < 5; job++) engine.Release();
        foreach (var id in ids) Assert.Equal("COMPLETED", (await worker.EndAsync(id)).GetProperty("status").GetString());
        Assert.Equal(2, engine.MostAtOnce);
    }

    [Fact]
    public async Task Cancel_RunningJob_ReachesTheEngineAndFreesTheSlot()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        var first = await worker.RunAsync();
        var second = await worker.RunAsync();
        await engine.StartedAsync();

        var answer = await worker.PostAsync($"/cancel/{first}", new { });

        Assert.Equal("CANCELLED", answer.GetProperty("status").GetString());
        await engine.Cancelled.Task.InTime();
        await engine.StartedAsync();
        Assert.Equal(("CANCELLED", "IN_PROGRESS"), (await worker.StatusAsync(first), await worker.StatusAsync(second)));
    }

    [Fact]
    public async Task Cancel_EngineDoesNotListen_ItsResultIsIgnored()
    {
        var engine = new ControlledEngine { Held = true, Deaf = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        var first = await worker.RunAsync();
        var second = await worker.RunAsync();
        await engine.StartedAsync();
        await worker.PostAsync($"/cancel/{first}", new { });
        engine.Release();
        await engine.StartedAsync();
        engine.Release();

        Assert.Equal("COMPLETED", (await worker.EndAsync(second)).GetProperty("status").GetString());
        var record = await worker.GetAsync($"/status/{first}");
        Assert.Equal("CANCELLED", record.GetProperty("status").GetString());
        Assert.False(record.TryGetProperty("output", out _));
    }

    [Fact]
    public async Task ExecutionTimeout_OfThePolicy_ReachesTheEngine()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        var submitted = await worker.PostAsync("/run", new { input = new { prompt = RunningWorker.Prompt }, policy = new { executionTimeout = 5000 } });
        await engine.StartedAsync();

        worker.Clock.Advance(TimeSpan.FromSeconds(5));

        await engine.Cancelled.Task.InTime();
        var record = await worker.GetAsync($"/status/{submitted.GetProperty("id")}");
        Assert.Equal("TIMED_OUT", record.GetProperty("status").GetString());
        Assert.Equal(5000, record.GetProperty("executionTime").GetInt64());
    }

    [Fact]
    public async Task Handler_Throws_FailsTheJobWithAReportAndGoesOn()
    {
        var engine = new ControlledEngine { Fault = new InvalidOperationException("no strings left: ä") };
        await using var worker = await RunningWorker.StartAsync(engine);
        var record = await worker.EndAsync(await worker.RunAsync());

        Assert.Equal("FAILED", record.GetProperty("status").GetString());
        Assert.False(record.TryGetProperty("output", out _));
        var report = JsonElement.Parse(record.GetProperty("error").GetString()!);
        Assert.Equal(
            ["error_type", "error_message", "error_traceback", "hostname", "worker_id", "runpod_version"],
            report.EnumerateObject().Select(field => field.Name));
        Assert.Equal("System.InvalidOperationException", report.GetProperty("error_type").GetString());
        Assert.Equal("no strings left: ä", report.GetProperty("error_message").GetString());
        // Callers see no stack trace unless somebody asks for it.
        Assert.Equal("", report.GetProperty("error_traceback").GetString());

        Assert.Equal("FAILED", (await worker.EndAsync(await worker.RunAsync())).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Stop_JobEndsWithinTheGrace_IsFinishedAndStillAnswered()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        var running = await worker.RunAsync();
        var queued = await worker.RunAsync();
        await engine.StartedAsync();

        worker.App.Lifetime.StopApplication();
        var stopping = worker.App.StopAsync();
        await worker.Clock.TimerSetAsync(due => due == TimeSpan.FromSeconds(20));

        // The local API answers to the end: what waited has failed, what runs goes on, and nothing new is taken.
        Assert.Equal("FAILED", await worker.StatusAsync(queued));
        Assert.Equal("IN_PROGRESS", await worker.StatusAsync(running));
        await worker.PostAsync("/run", new { input = new { } }, HttpStatusCode.ServiceUnavailable);
        Assert.False(stopping.IsCompleted);

        var ended = worker.App.Services.GetRequiredService<JobBoard>().WaitAsync(running, TimeSpan.FromDays(1), CancellationToken.None);
        engine.Release();

        await stopping.InTime();
        Assert.Equal(EndpointStatus.Completed, (await ended.InTime())!.Status);
        Assert.False(engine.Cancelled.Task.IsCompleted);
    }

    [Fact]
    public async Task Stop_GraceIsOver_CancelsTheJobAndSaysWhy()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine, graceSeconds: 3);
        await using var receiver = await ScriptedServer.StartAsync(200);
        await worker.PostAsync("/run", new { input = new { prompt = RunningWorker.Prompt }, webhook = receiver.Url });
        await engine.StartedAsync();

        var stopping = worker.App.StopAsync();
        await worker.Clock.PassAsync(due => due == TimeSpan.FromSeconds(3));

        await engine.Cancelled.Task.InTime();
        await stopping.InTime();
        var told = EndpointJob.Parse((await receiver.NextAsync()).Body);
        Assert.Equal((EndpointStatus.Failed, typeof(WorkerStoppedException).FullName), (told.Status, told.ErrorType));
    }

    [Fact]
    public async Task Stop_EngineDoesNotListen_EndsAllTheSame()
    {
        var engine = new ControlledEngine { Held = true, Deaf = true };
        await using var worker = await RunningWorker.StartAsync(engine, graceSeconds: 3);
        await worker.RunAsync();
        await engine.StartedAsync();

        var stopping = worker.App.StopAsync();
        await worker.Clock.PassAsync(due => due == TimeSpan.FromSeconds(3));
        await worker.Clock.PassAsync(due => due == TimeSpan.FromSeconds(5));

        await stopping.InTime();
    }

    [Fact]
    public async Task Metrics_JobsOfEachKind_AreCountedByOutcome()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        var meters = worker.App.Services.GetRequiredService<IMeterFactory>();
        var counted = new List<string>();
        var queueLength = -1;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == WorkerTelemetry.Name && instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            lock (counted) counted.Add($"{tags[0].Value} {count}");
        });
        listener.SetMeasurementEventCallback<int>((_, length, _, _) => queueLength = length);
        listener.Start();

        var first = await worker.RunAsync();
        await engine.StartedAsync();
        var second = await worker.RunAsync(new { });
        var third = await worker.RunAsync();
        listener.RecordObservableInstruments();
        Assert.Equal(2, queueLength);

        engine.Release();
        await worker.EndAsync(first);
        await worker.EndAsync(second);
        await engine.StartedAsync();
        await worker.PostAsync($"/cancel/{third}", new { });
        await worker.App.StopAsync();
        Assert.Equal(["completed 1", "failed 1", "stopped 1"], counted);
    }
}
