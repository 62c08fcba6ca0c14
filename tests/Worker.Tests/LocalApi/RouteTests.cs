using System.Net;
using System.Text;
using System.Text.Json;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Worker.Tests.LocalApi;

public class RouteTests
{
    private static readonly object Body = new { input = new { prompt = RunningWorker.Prompt } };

    [Theory]
    [InlineData("")]
    [InlineData("/v2/my-endpoint")]
    public async Task Run_ThenStatus_StartsTheJobAndShowsItsEnd(string prefix)
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var submitted = await worker.PostAsync($"{prefix}/run", Body);
        Assert.Equal(["id", "status"], Names(submitted));
        Assert.Equal("IN_QUEUE", submitted.GetProperty("status").GetString());
        var id = submitted.GetProperty("id").GetString()!;

        var ended = await worker.EndAsync(id);
        Assert.Equal(["id", "status", "output", "delayTime", "executionTime", "workerId"], Names(ended));
        Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
        // Asked again, and by POST as some clients do, it answers the same.
        Assert.Equal(ended.GetRawText(), (await worker.GetAsync($"{prefix}/status/{id}?ttl=1000")).GetRawText());
        Assert.Equal(ended.GetRawText(), (await worker.PostAsync($"{prefix}/status/{id}", new { })).GetRawText());
    }

    [Fact]
    public async Task RunSync_JobEndsInTime_AnswersWithItsRecord()
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var record = await worker.PostAsync("/runsync", Body);
        Assert.Equal("COMPLETED", record.GetProperty("status").GetString());
        Assert.StartsWith("sync-", record.GetProperty("id").GetString());
        Assert.NotEmpty(record.GetProperty("output").GetProperty("audio_base64").GetString()!);
    }

    [Theory]
    [InlineData("/runsync", 90_000)]
    [InlineData("/runsync?wait=1500", 1500)]
    [InlineData("/v2/abc/runsync?wait=300000", 300_000)]
    public async Task RunSync_WaitIsOver_AnswersWithAJobThatGoesOn(string path, int waitMilliseconds)
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        var call = worker.PostAsync(path, Body);
        await engine.StartedAsync();
        await worker.Clock.PassAsync(due => due == TimeSpan.FromMilliseconds(waitMilliseconds));

        var record = await call;
        Assert.Equal("IN_PROGRESS", record.GetProperty("status").GetString());
        engine.Release();
        Assert.Equal("COMPLETED", (await worker.EndAsync(record.GetProperty("id").GetString()!)).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("999")]
    [InlineData("300001")]
    [InlineData("long")]
    public async Task RunSync_WaitOutOfRange_IsRefused(string wait)
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var answer = await worker.PostAsync($"/runsync?wait={wait}", Body, HttpStatusCode.BadRequest);
        Assert.Contains("1000 to 300000", answer.GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("/run", 30)]
    [InlineData("/runsync", 1)]
    public async Task Status_AfterTheRetention_IsNotFound(string path, int minutes)
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var id = (await worker.PostAsync(path, Body)).GetProperty("id").GetString()!;
        await worker.EndAsync(id);
        worker.Clock.Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
        await worker.GetAsync($"/status/{id}");
        worker.Clock.Advance(TimeSpan.FromSeconds(1));
        var answer = await worker.GetAsync($"/status/{id}", HttpStatusCode.NotFound);
        Assert.Equal("Job ID not found", answer.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Cancel_UnknownJob_IsNotFound()
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        await worker.PostAsync("/cancel/nobody", new { }, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Cancel_EndedJob_AnswersWithItsState()
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var id = await worker.RunAsync();
        await worker.EndAsync(id);
        var answer = await worker.PostAsync($"/v2/abc/cancel/{id}", new { });
        Assert.Equal($$"""{"id":"{{id}}","status":"COMPLETED"}""", answer.GetRawText());
    }

    [Fact]
    public async Task Purge_QueuedAndRunning_RemovesTheQueued()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        var running = await worker.RunAsync();
        await engine.StartedAsync();
        var queued = await worker.RunAsync();
        Assert.Equal("""{"removed":1,"status":"completed"}""", (await worker.PostAsync("/purge-queue", new { })).GetRawText());
        Assert.Equal(("IN_PROGRESS", "CANCELLED"), (await worker.StatusAsync(running), await worker.StatusAsync(queued)));
    }

    [Fact]
    public async Task Health_JobsInEachState_AreCounted()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        await worker.EndAsync(await worker.RunAsync(new { type = "health" }));
        await worker.EndAsync(await worker.RunAsync(new { prompt = 5 }));
        await worker.RunAsync();
        await engine.StartedAsync();
        await worker.RunAsync();
        await worker.RunAsync();
        Assert.Equal(
            """{"jobs":{"completed":1,"failed":1,"inProgress":1,"inQueue":2,"retried":0},"workers":{"idle":0,"initializing":0,"ready":1,"running":1,"throttled":0,"unhealthy":0}}""",
            (await worker.GetAsync("/health")).GetRawText());
    }

    [Theory]
    [InlineData("", "missing", "body")]
    [InlineData("{\"input\":", "json_invalid", "body,9")]
    [InlineData("[]", "model_attributes_type", "body")]
    [InlineData("{}", "missing", "body,input")]
    [InlineData("{\"input\":\"hum\"}", "dict_type", "body,input")]
    [InlineData("{\"input\":null}", "dict_type", "body,input")]
    [InlineData("{\"input\":{},\"webhook\":5}", "string_type", "body,webhook")]
    [InlineData("{\"input\":{},\"webhook\":\"ftp://a\"}", "url_parsing", "body,webhook")]
    [InlineData("{\"input\":{},\"webhook\":\"https://169.254.169.254/latest\"}", "value_error", "body,webhook")]
    [InlineData("{\"input\":{},\"policy\":[]}", "dict_type", "body,policy")]
    [InlineData("{\"input\":{},\"policy\":{\"executionTimeout\":0}}", "number_range", "body,policy,executionTimeout")]
    public async Task Run_BodyAtFault_SaysWhatAndWhere(string body, string type, string place)
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        foreach (var path in (string[])["/run", "/runsync"])
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await worker.Http.PostAsync(path, content).InTime();
            var detail = (await RunningWorker.ReadAsync(response, HttpStatusCode.UnprocessableEntity)).GetProperty("detail")[0];
            Assert.Equal(type, detail.GetProperty("type").GetString());
            Assert.Equal(place, string.Join(',', detail.GetProperty("loc").EnumerateArray()));
            Assert.NotEmpty(detail.GetProperty("msg").GetString()!);
        }
    }

    [Fact]
    public async Task Run_BodyNotDeclaredAsJson_IsUnprocessable()
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        using var content = new StringContent("""{"input":{}}""", Encoding.UTF8, "text/plain");
        using var response = await worker.Http.PostAsync("/run", content).InTime();
        await RunningWorker.ReadAsync(response, HttpStatusCode.UnprocessableEntity);
    }

    [Theory]
    [InlineData("/run", 11, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/runsync", 11, HttpStatusCode.OK)]
    [InlineData("/runsync", 21, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Run_LargeBody_IsRefusedBeyondThePlatformsLimit(string path, int megabytes, HttpStatusCode expected)
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var answer = await worker.PostAsync(path, new { input = new { type = "health", filling = new string('x', megabytes * 1024 * 1024) } }, expected);
        Assert.Equal(expected == HttpStatusCode.OK ? "COMPLETED" : null, answer.TryGetProperty("status", out var status) ? status.GetString() : null);
    }

    [Fact]
    public async Task Run_QueueFull_IsTooManyRequests()
    {
        var engine = new ControlledEngine { Held = true };
        await using var worker = await RunningWorker.StartAsync(engine);
        await worker.RunAsync();
        await engine.StartedAsync();
        var board = worker.App.Services.GetRequiredService<JobBoard>();
        for (var job = 0; job < new JobBoardLimits().MaxQueued; job++) board.Submit(new JobSubmission(JsonElement.Parse("{}")));

        using var content = new StringContent("""{"input":{}}""", Encoding.UTF8, "application/json");
        using var response = await worker.Http.PostAsync("/run", content).InTime();

        await RunningWorker.ReadAsync(response, HttpStatusCode.TooManyRequests);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
    }

    [Theory]
    [InlineData("/stream/abc", HttpStatusCode.NotFound)]
    [InlineData("/run", HttpStatusCode.MethodNotAllowed)]
    public async Task Get_NoSuchOperation_IsAnErrorInJson(string path, HttpStatusCode expected)
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        Assert.NotEmpty((await worker.GetAsync(path, expected)).GetProperty("error").GetString()!);
    }

    private static IEnumerable<string> Names(JsonElement record) => record.EnumerateObject().Select(field => field.Name);
}
