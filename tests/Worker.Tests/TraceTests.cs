using System.Diagnostics;
using System.Net.Http.Json;
using AudioReprompt.Worker.Telemetry;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests;

public class TraceTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string CallersSpanId = "00f067aa0ba902b7";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Trace_OfTheRequest_GoesOnToUploadAndWebhook(bool somebodyListens)
    {
        using var listener = somebodyListens ? Listen(_ => { }) : null;
        await using var store = await ScriptedServer.StartAsync(201);
        await using var receiver = await ScriptedServer.StartAsync(200);
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        await RunAsync(worker, store, receiver);
        Assert.StartsWith($"00-{TraceId}-", (await store.NextAsync()).Header("traceparent"));
        Assert.StartsWith($"00-{TraceId}-", (await receiver.NextAsync()).Header("traceparent"));
    }

    [Fact]
    public async Task Trace_WithAListener_HasTheJobBelowTheRequest()
    {
        var requested = new TaskCompletionSource<Activity>();
        var generated = new TaskCompletionSource<Activity>();
        using var listener = Listen(activity =>
        {
            if (activity.TraceId.ToHexString() != TraceId) return;
            if (activity.ParentSpanId.ToHexString() == CallersSpanId) requested.TrySetResult(activity);
            if (activity.OperationName == WorkerTelemetry.GenerateActivity) generated.TrySetResult(activity);
        });
        await using var store = await ScriptedServer.StartAsync(201);
        await using var receiver = await ScriptedServer.StartAsync(200);
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var id = await RunAsync(worker, store, receiver);

        var request = await requested.Task.InTime();
        var activity = await generated.Task.InTime();
        Assert.Equal("Microsoft.AspNetCore", request.Source.Name);
        Assert.Equal(request.SpanId, activity.ParentSpanId);
        Assert.Equal((WorkerTelemetry.Name, id), (activity.Source.Name, activity.GetTagItem("audioreprompt.job.id")));
    }

    private static ActivityListener Listen(Action<Activity> stopped)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is WorkerTelemetry.Name or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = stopped,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static async Task<string> RunAsync(RunningWorker worker, ScriptedServer store, ScriptedServer receiver)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/run");
        request.Headers.Add("traceparent", $"00-{TraceId}-{CallersSpanId}-01");
        request.Content = JsonContent.Create(new { input = new { prompt = RunningWorker.Prompt, upload_url = store.Url }, webhook = receiver.Url });
        using var response = await worker.Http.SendAsync(request).InTime();
        return (await RunningWorker.ReadAsync(response, System.Net.HttpStatusCode.OK)).GetProperty("id").GetString()!;
    }
}
