using System.Text;
using System.Text.Json;
using AudioReprompt.Configuration;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 77 to 86: the caller's side.</summary>
public sealed class CallerTests : IDisposable
{
    private static readonly EndpointJobRequest Request = new() { Input = Json.Of("""{"a":1}""") };

    private readonly WatchedClock _clock = new();
    private readonly RunPodOptions _options = new() { ApiKey = "secret", RetryDelayMilliseconds = 100 };
    private readonly HttpClient _http;

    public CallerTests() => _http = new HttpClient(RunPodClient.CreateHandler(_options)) { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task P77_Authorization_EveryCall_IsBearer()
    {
        await using var server = await ScriptedServer.StartAsync(200, """{"id":"j","status":"IN_QUEUE","removed":0,"jobs":{}}""");
        var client = Client(server);
        await client.RunAsync(Request, default);
        await client.RunSyncAsync(Request, null, default);
        await client.StatusAsync("j", default);
        await client.StreamAsync("j", null, default);
        await client.CancelAsync("j", default);
        await client.RetryAsync("j", default);
        await client.PurgeQueueAsync(default);
        await client.HealthAsync(default);
        for (var call = 0; call < 8; call++) Assert.Equal("Bearer secret", (await server.NextAsync()).Header("Authorization"));
    }

    [Fact]
    public async Task P78_Job_FromQueueToEnd_IsPolledUntilItIsTerminal()
    {
        string[] states = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"];
        await using var server = await ScriptedServer.StartAsync((context, call) => context.AnswerAsync(200, $$"""{"id":"j","status":"{{states[call - 1]}}"}"""));
        var ended = Client(server).EndAsync("j", _clock, default);
        for (var poll = 0; poll < 2; poll++) await _clock.PassAsync(IsPause);
        Assert.Equal(EndpointStatus.Completed, (await ended.InTime())!.Status);
        Assert.Equal(3, server.Requests);
    }

    [Theory]
    [InlineData("IN_QUEUE", EndpointStatus.InQueue, false)]
    [InlineData("IN_PROGRESS", EndpointStatus.InProgress, false)]
    [InlineData("RUNNING", EndpointStatus.InProgress, false)]
    [InlineData("COMPLETED", EndpointStatus.Completed, true)]
    [InlineData("FAILED", EndpointStatus.Failed, true)]
    [InlineData("CANCELLED", EndpointStatus.Cancelled, true)]
    [InlineData("TIMED_OUT", EndpointStatus.TimedOut, true)]
    [InlineData("PONDERING", EndpointStatus.Unknown, false)]
    public void P79_State_Each_IsTerminalOrNot(string text, EndpointStatus status, bool terminal)
    {
        Assert.Equal(status, EndpointStatuses.Parse(text));
        Assert.Equal(terminal, status.IsTerminal());
    }

    [Fact]
    public void P80_Record_WithoutOptionalFields_OrWithUnknownOnes_IsRead()
    {
        Assert.Equal(new EndpointJob("j", EndpointStatus.InQueue), EndpointJob.Parse("""{"id":"j","status":"IN_QUEUE"}"""u8.ToArray()));
        var job = EndpointJob.Parse("""{"id":"j","status":"COMPLETED","output":null,"retries":2,"new":{}}"""u8.ToArray());
        Assert.Equal((null, null, null, null), (job.Output, job.Error, job.DelayTime, job.WorkerId));
    }

    [Fact]
    public async Task P81_RunSync_AnswersWithAJobThatGoesOn_IsPolledOn()
    {
        await using var server = await ScriptedServer.StartAsync((context, call) =>
            context.AnswerAsync(200, call == 1 ? """{"id":"sync-j","status":"IN_PROGRESS"}""" : """{"id":"sync-j","status":"COMPLETED","output":5}"""));
        var job = await Client(server).RunToEndAsync(Request, null, _clock, default).InTime();
        Assert.Equal(5, job!.Output!.Value.GetInt32());
        Assert.Equal("/v2/e/runsync", (await server.NextAsync()).Path);
        Assert.Equal("/v2/e/status/sync-j", (await server.NextAsync()).Path);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(300000)]
    public async Task P82_Wait_InRange_IsSentInMilliseconds(int milliseconds)
    {
        await using var server = await ScriptedServer.StartAsync(200, """{"id":"j","status":"COMPLETED"}""");
        await Client(server).RunSyncAsync(Request, TimeSpan.FromMilliseconds(milliseconds), default);
        Assert.Equal($"/v2/e/runsync?wait={milliseconds}", (await server.NextAsync()).Path);
        await Client(server).StreamAsync("j", TimeSpan.FromMilliseconds(milliseconds), default);
        Assert.Equal($"/v2/e/stream/j?wait={milliseconds}", (await server.NextAsync()).Path);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(300001)]
    public async Task P82_Wait_OutOfRange_IsNotSent(int milliseconds)
    {
        await using var server = await ScriptedServer.StartAsync(200);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Client(server).RunSyncAsync(Request, TimeSpan.FromMilliseconds(milliseconds), default));
        Assert.Equal(0, server.Requests);
    }

    [Theory]
    [InlineData("COMPLETED")]
    [InlineData("CANCELLED")]
    public async Task P83_Stream_IsReadUntilTerminalAndEmpty(string end)
    {
        string[] answers =
        [
            """{"status":"IN_PROGRESS","stream":[{"output":1},{"output":null}]}""",
            """{"status":"IN_PROGRESS","stream":[]}""",
            $$"""{"status":"{{end}}","stream":[{"output":3}]}""",
            $$"""{"status":"{{end}}"}""",
        ];
        await using var server = await ScriptedServer.StartAsync((context, call) => context.AnswerAsync(200, answers[call - 1]));
        var chunks = new List<string>();
        EndpointStream? last = null;
        var reading = Task.Run(async () =>
        {
            await foreach (var chunk in Client(server).StreamToEndAsync("j", null, _clock, answer => last = answer)) chunks.Add(chunk.GetRawText());
        });
        await _clock.PassAsync(IsPause);
        await reading.InTime();
        Assert.Equal(["1", "null", "3"], chunks);
        Assert.Equal(end, last!.Status.ToText());
    }

    [Fact]
    public async Task P84_TooManyRequests_IsRepeatedWithAPause()
    {
        await using var server = await ScriptedServer.StartAsync((context, call) =>
        {
            if (call == 2) context.Response.Headers.RetryAfter = "3";
            return context.AnswerAsync(call < 3 ? 429 : 200, """{"id":"j","status":"IN_QUEUE"}""");
        });
        var run = Client(server).RunAsync(Request, default);
        await _clock.PassAsync(due => due < TimeSpan.FromSeconds(1));
        await _clock.PassAsync(due => due == TimeSpan.FromSeconds(3));
        Assert.Equal("j", (await run.InTime()).Id);
    }

    [Fact]
    public async Task P85_Failed_Error_IsSurfacedAndAReportUnwrapped()
    {
        var report = JsonSerializer.Serialize(new ErrorReport("X.Y", "no strings left").ToText());
        await using var server = await ScriptedServer.StartAsync((context, call) =>
            context.AnswerAsync(200, $$"""{"id":"j","status":"FAILED","error":{{(call == 1 ? report : "\"plain\"")}}}"""));
        var job = await Client(server).StatusAsync("j", default);
        Assert.Equal(("no strings left", "X.Y"), (job!.Error, job.ErrorType));
        job = await Client(server).StatusAsync("j", default);
        Assert.Equal(("plain", null), (job!.Error, job.ErrorType));
    }

    [Fact]
    public async Task P86_Operations_Each_SendAndReadThePlatformsShapes()
    {
        string[] answers =
        [
            """{"id":"j","status":"CANCELLED"}""",
            """{"removed":3,"status":"completed"}""",
            """{"jobs":{"completed":1,"failed":2,"inProgress":3,"inQueue":4,"retried":5},"workers":{"idle":1,"running":2}}""",
            """{"id":"j","status":"IN_QUEUE"}""",
        ];
        await using var server = await ScriptedServer.StartAsync((context, call) => context.AnswerAsync(200, answers[call - 1]));
        var client = Client(server);
        await client.CancelAsync("j", default);
        Assert.Equal(3, await client.PurgeQueueAsync(default));
        var health = await client.HealthAsync(default);
        Assert.Equal((4, 5, 2), (health.Jobs.InQueue, health.Jobs.Retried, health.Workers.Running));
        Assert.Equal(EndpointStatus.InQueue, (await client.RetryAsync("j", default))!.Status);
        foreach (var expected in (string[])["POST /v2/e/cancel/j", "POST /v2/e/purge-queue", "GET /v2/e/health", "POST /v2/e/retry/j"])
        {
            var sent = await server.NextAsync();
            Assert.Equal(expected, $"{sent.Method} {sent.Path}");
            Assert.Empty(Encoding.UTF8.GetString(sent.Body));
        }
    }

    [Fact]
    public async Task P86_Job_NotKnown_IsNull()
    {
        await using var server = await ScriptedServer.StartAsync(404, """{"error":"job not found"}""");
        var client = Client(server);
        Assert.Null(await client.StatusAsync("j", default));
        Assert.Null(await client.RetryAsync("j", default));
        Assert.Null(await client.StreamAsync("j", null, default));
        await Assert.ThrowsAsync<EndpointRefusedException>(() => client.PurgeQueueAsync(default));
    }

    /// <summary>The pauses between polls, and not the time limits of requests.</summary>
    private static bool IsPause(TimeSpan due) => due > TimeSpan.Zero && due < TimeSpan.FromSeconds(1);

    private RunPodClient Client(ScriptedServer server) => new(_http, new Uri(server.Url, "/v2/e"), _options, _clock);
}
