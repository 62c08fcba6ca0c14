using System.IO.Compression;
using System.Net;
using System.Text.Json;
using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace AudioReprompt.Worker.Tests.RunPod;

public class RunPodClientTests
{
    private const string Key = "rpa_SECRET";
    private const string Prompt = "a warm bowl of tomato soup";
    private const string Queued = """{"id":"j1","status":"IN_QUEUE"}""";
    private const string Completed = """{"id":"j1","status":"COMPLETED","output":{"ok":true}}""";

    private static readonly EndpointJobRequest Request = EndpointJobRequest.For(new WorkerInput { Prompt = Prompt });

    private static RunPodClient Client(Uri endpoint, int retries = 3, TimeProvider? time = null, double breakSeconds = 5)
    {
        var options = new RunPodOptions { ApiKey = Key, Retries = retries, RetryDelayMilliseconds = 1, BreakSeconds = breakSeconds };
        var http = new HttpClient(RunPodClient.CreateHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        return new RunPodClient(http, endpoint, options, time ?? TimeProvider.System);
    }

    [Fact]
    public async Task RunAsync_WholeRequest_SendsInputWebhookPolicyAndKey()
    {
        await using var server = await ScriptedServer.StartAsync(200, Queued);
        var request = Request with
        {
            Webhook = new Uri("https://front.example/hook?token=t"),
            ExecutionTimeout = TimeSpan.FromMinutes(3),
            TimeToLive = TimeSpan.FromHours(1),
        };

        var job = await Client(new Uri(server.Url, "/v2/abc/runsync")).RunAsync(request, default).InTime();

        Assert.Equal(new EndpointJob("j1", EndpointStatus.InQueue), job);
        var received = await server.NextAsync();
        Assert.Equal("POST /v2/abc/run", $"{received.Method} {received.Path}");
        Assert.Equal($"Bearer {Key}", received.Header("Authorization"));
        Assert.Equal("application/json", received.Header("Content-Type"));
        var body = JsonElement.Parse(received.Body);
        Assert.Equal(Prompt, body.GetProperty("input").GetProperty("prompt").GetString());
        Assert.Equal("https://front.example/hook?token=t", body.GetProperty("webhook").GetString());
        Assert.Equal(180_000, body.GetProperty("policy").GetProperty("executionTimeout").GetInt64());
        Assert.Equal(3_600_000, body.GetProperty("policy").GetProperty("ttl").GetInt64());
    }

    [Fact]
    public async Task RunAsync_PlainRequest_LeavesOutWhatIsNotSet()
    {
        await using var server = await ScriptedServer.StartAsync(200, Queued);
        await Client(server.Url).RunAsync(Request, default).InTime();
        var body = JsonElement.Parse((await server.NextAsync()).Body);
        Assert.Equal(["input"], body.EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public async Task StatusAsync_JobKnown_GetsItsRecord()
    {
        await using var server = await ScriptedServer.StartAsync(200, Completed);
        var job = await Client(server.Url).StatusAsync("a/b", default).InTime();
        Assert.True(job!.Output!.Value.GetProperty("ok").GetBoolean());
        Assert.Equal("/status/a%2Fb", (await server.NextAsync()).Path);
    }

    [Fact]
    public async Task StatusAsync_JobUnknown_IsNull()
    {
        await using var server = await ScriptedServer.StartAsync(404, """{"error":"job not found"}""");
        Assert.Null(await Client(server.Url).StatusAsync("gone", default).InTime());
        Assert.Equal(1, server.Requests);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    public async Task CancelAsync_JobKnownOrNot_Returns(int status)
    {
        await using var server = await ScriptedServer.StartAsync(status, """{"id":"j1","status":"CANCELLED"}""");
        await Client(server.Url).CancelAsync("j1", default).InTime();
        var received = await server.NextAsync();
        Assert.Equal("POST /cancel/j1", $"{received.Method} {received.Path}");
        Assert.Empty(received.Body);
    }

    [Theory]
    [InlineData("""{"jobs":{"completed":5,"inProgress":1,"inQueue":2,"new":9},"workers":{"idle":1,"running":3}}""", 5, 2, 3)]
    [InlineData("""{"jobs":null}""", 0, 0, 0)]
    public async Task HealthAsync_SomeFields_CountsTheRestAsNone(string json, int completed, int inQueue, int running)
    {
        await using var server = await ScriptedServer.StartAsync(200, json);
        var health = await Client(server.Url).HealthAsync(default).InTime();
        Assert.Equal((completed, inQueue, running), (health.Jobs.Completed, health.Jobs.InQueue, health.Workers.Running));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task StatusAsync_KeyRefused_SaysSoWithoutShowingIt(int status)
    {
        await using var server = await ScriptedServer.StartAsync(status);
        var exception = await Assert.ThrowsAsync<EndpointUnreachableException>(() => Client(server.Url).StatusAsync("j1", default).InTime());
        Assert.True(exception.KeyRefused);
        Assert.Contains($"refused the key ({status})", exception.Message);
        Assert.DoesNotContain("SECRET", exception.ToString());
        Assert.Equal(1, server.Requests);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    [InlineData(302)]
    public async Task RunAsync_Refused_QuotesTheAnswerAndDoesNotRepeat(int status)
    {
        await using var server = await ScriptedServer.StartAsync(status, $$"""{"error":"{{new string('x', 5000)}}"}""");
        var exception = await Assert.ThrowsAsync<EndpointRefusedException>(() => Client(server.Url).RunAsync(Request, default).InTime());
        Assert.Equal((HttpStatusCode)status, exception.StatusCode);
        Assert.Contains("""{"error":"xxx""", exception.Message);
        Assert.Equal(300, exception.Message.Length);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task RunAsync_TooManyRequests_WaitsAsLongAsTheEndpointAsks()
    {
        await using var server = await ScriptedServer.StartAsync((context, number) =>
        {
            context.Response.Headers.RetryAfter = "7";
            return number == 1 ? context.AnswerAsync(429) : context.AnswerAsync(200, Queued);
        });
        var clock = new WatchedClock();

        var call = Client(server.Url, time: clock).RunAsync(Request, default);
        await clock.TimerSetAsync(due => due == TimeSpan.FromSeconds(7));
        Assert.Equal(1, server.Requests);
        clock.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal("j1", (await call.InTime()).Id);
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task StatusAsync_RetryAfterAsADate_WaitsUntilThen()
    {
        var clock = new WatchedClock();
        await using var server = await ScriptedServer.StartAsync((context, number) =>
        {
            context.Response.Headers.RetryAfter = clock.GetUtcNow().AddSeconds(4).ToString("R");
            return number == 1 ? context.AnswerAsync(503) : context.AnswerAsync(200, Completed);
        });

        var call = Client(server.Url, time: clock).StatusAsync("j1", default);
        await clock.PassAsync(due => due == TimeSpan.FromSeconds(4));

        Assert.Equal(EndpointStatus.Completed, (await call.InTime())!.Status);
    }

    [Fact]
    public async Task StatusAsync_RetryAfterTooLong_LeavesTheWaitToTheCaller()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) =>
        {
            context.Response.Headers.RetryAfter = "3600";
            return context.AnswerAsync(429);
        });
        var exception = await Assert.ThrowsAsync<EndpointUnreachableException>(() => Client(server.Url).StatusAsync("j1", default).InTime());
        Assert.Equal(TimeSpan.FromHours(1), exception.RetryAfter);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task StatusAsync_ServerErrors_AreRepeatedAsOftenAsConfigured()
    {
        await using var server = await ScriptedServer.StartAsync(500, "oops");
        var exception = await Assert.ThrowsAsync<EndpointUnreachableException>(() => Client(server.Url, retries: 2).StatusAsync("j1", default).InTime());
        Assert.Contains("status with 500: oops", exception.Message);
        Assert.Equal(3, server.Requests);
    }

    [Fact]
    public async Task StatusAsync_ServerErrorThatPasses_Answers()
    {
        await using var server = await ScriptedServer.StartAsync(
            (context, number) => number < 3 ? context.AnswerAsync(502) : context.AnswerAsync(200, Completed));
        Assert.Equal(EndpointStatus.Completed, (await Client(server.Url).StatusAsync("j1", default).InTime())!.Status);
    }

    [Fact]
    public async Task RunAsync_ServerError_IsNotRepeated()
    {
        await using var server = await ScriptedServer.StartAsync(500);
        await Assert.ThrowsAsync<EndpointUnreachableException>(() => Client(server.Url).RunAsync(Request, default).InTime());
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task RunAsync_NoAnswerInTime_IsNotRepeated()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => context.HangAsync());
        var clock = new WatchedClock();

        var call = Client(server.Url, time: clock).RunAsync(Request, default);
        await server.NextAsync();
        clock.Advance(TimeSpan.FromSeconds(10));

        var exception = await Assert.ThrowsAsync<EndpointUnreachableException>(call.InTime);
        Assert.Contains("did not answer run in time", exception.Message);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task RunAsync_ConnectionCutAfterTheRequest_IsNotRepeated()
    {
        await using var server = await ScriptedServer.StartAsync((context, number) =>
        {
            if (number == 1) return context.AnswerAsync(200, Queued);
            context.Abort();
            return Task.CompletedTask;
        });
        var client = Client(server.Url);
        // The second request goes over the connection of the first, where HttpClient is readier to repeat.
        await client.RunAsync(Request, default).InTime();
        await Assert.ThrowsAsync<EndpointUnreachableException>(() => client.RunAsync(Request, default).InTime());
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task RunAsync_ConnectionRefused_IsRepeatedUntilSomebodyListens()
    {
        var port = ScriptedServer.FreePort();
        var clock = new WatchedClock();

        var call = Client(new Uri($"http://127.0.0.1:{port}"), time: clock).RunAsync(Request, default);
        var delay = await clock.TimerSetAsync(due => due < TimeSpan.FromSeconds(1));
        await using var server = await ScriptedServer.StartAsync((context, _) => context.AnswerAsync(200, Queued), port);
        clock.Advance(delay);

        Assert.Equal("j1", (await call.InTime()).Id);
    }

    [Fact]
    public async Task StatusAsync_NobodyListens_IsUnreachable()
    {
        var client = Client(new Uri($"http://127.0.0.1:{ScriptedServer.FreePort()}"), retries: 1);
        var exception = await Assert.ThrowsAsync<EndpointUnreachableException>(() => client.StatusAsync("j1", default).InTime());
        Assert.Contains("cannot be reached", exception.Message);
    }

    [Fact]
    public async Task StatusAsync_BodyTricklesIn_IsCutOffInTime()
    {
        var began = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            began.TrySetResult();
            await context.HangAsync();
        });
        var clock = new WatchedClock();

        var call = Client(server.Url, retries: 0, time: clock).StatusAsync("j1", default);
        await began.Task.InTime();
        clock.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<EndpointUnreachableException>(call.InTime);
    }

    [Fact]
    public async Task StatusAsync_ConnectionCutWithinTheBody_IsRepeated()
    {
        await using var server = await ScriptedServer.StartAsync(async (context, number) =>
        {
            if (number > 1)
            {
                await context.AnswerAsync(200, Completed);
                return;
            }

            context.Response.ContentLength = Completed.Length;
            await context.Response.WriteAsync(Completed[..20]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        Assert.Equal(EndpointStatus.Completed, (await Client(server.Url).StatusAsync("j1", default).InTime())!.Status);
    }

    [Fact]
    public async Task StatusAsync_HalfAJson_IsNotTakenForAnAnswer()
    {
        await using var server = await ScriptedServer.StartAsync(200, Completed[..20]);
        var exception = await Assert.ThrowsAsync<EndpointException>(() => Client(server.Url).StatusAsync("j1", default).InTime());
        Assert.Contains("not valid JSON", exception.Message);
    }

    [Fact]
    public async Task StatusAsync_EndlessBody_IsNotRead()
    {
        await using var server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            var part = new byte[1024 * 1024];
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(part, context.RequestAborted);
        });
        var exception = await Assert.ThrowsAsync<EndpointException>(() => Client(server.Url).StatusAsync("j1", default).InTime());
        Assert.Contains("64 MiB", exception.Message);
        Assert.Equal(1, server.Requests);
    }

    /// <summary>What arrives is a thousandth of what it unfolds to.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task StatusAsync_SmallBodyThatUnfoldsBeyondTheLimit_IsNotRead(string coding)
    {
        var folded = Fold(coding, new byte[RunPodClient.MaxResponseBytes + 1]);
        Assert.InRange(folded.Length, 1, RunPodClient.MaxResponseBytes / 100);
        await using var server = await ScriptedServer.StartAsync(async (context, _) =>
        {
            context.Response.Headers.ContentEncoding = coding;
            await context.Response.Body.WriteAsync(folded, context.RequestAborted);
        });
        var exception = await Assert.ThrowsAsync<EndpointException>(() => Client(server.Url).StatusAsync("j1", default).InTime());
        Assert.Contains("64 MiB", exception.Message);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task StatusAsync_EndpointFailsRepeatedly_IsLeftAloneAndTriedAgainLater()
    {
        var healthy = false;
        await using var server = await ScriptedServer.StartAsync(
            (context, _) => Volatile.Read(ref healthy) ? context.AnswerAsync(200, Completed) : context.AnswerAsync(500));
        var clock = new WatchedClock();
        var client = Client(server.Url, retries: 0, time: clock, breakSeconds: 5);
        for (var call = 0; call < 8; call++)
            await Assert.ThrowsAsync<EndpointUnreachableException>(() => client.StatusAsync("j1", default).InTime());

        var open = await Assert.ThrowsAsync<EndpointUnreachableException>(() => client.RunAsync(Request, default).InTime());
        Assert.Contains("left alone", open.Message);
        Assert.Equal(8, server.Requests);

        Volatile.Write(ref healthy, true);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(EndpointStatus.Completed, (await client.StatusAsync("j1", default).InTime())!.Status);
        Assert.Equal(EndpointStatus.Completed, (await client.StatusAsync("j1", default).InTime())!.Status);
    }

    /// <summary>Half of four failed: enough by these settings, and not by the standard ones.</summary>
    [Theory]
    [InlineData(0.5, 4, 30, 4)]
    [InlineData(0.6, 4, 30, 12)]
    [InlineData(0.5, 8, 30, 8)]
    [InlineData(0.5, 4, 0.5, 12)]
    public async Task StatusAsync_EveryOtherFails_TheCircuitOpensAsConfigured(double ratio, int minimum, double samplingSeconds, int answered)
    {
        var count = 0;
        await using var server = await ScriptedServer.StartAsync((context, _) =>
            Interlocked.Increment(ref count) % 2 == 0 ? context.AnswerAsync(500, "{}") : context.AnswerAsync(200, Completed));
        var clock = new WatchedClock();
        var options = new RunPodOptions
        {
            ApiKey = Key,
            Retries = 0,
            BreakFailureRatio = ratio,
            BreakMinimumRequests = minimum,
            BreakSamplingSeconds = samplingSeconds,
        };
        using var http = new HttpClient(RunPodClient.CreateHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        var client = new RunPodClient(http, server.Url, options, clock);

        for (var call = 0; call < 12; call++)
        {
            try
            {
                await client.StatusAsync("j1", default).InTime();
            }
            catch (EndpointUnreachableException)
            {
                // Every other one, and all when the circuit is open.
            }

            clock.Advance(TimeSpan.FromSeconds(0.3));
        }

        Assert.Equal(answered, server.Requests);
    }

    [Fact]
    public async Task StatusAsync_CallerGivesUp_IsACancellation()
    {
        await using var server = await ScriptedServer.StartAsync((context, _) => context.HangAsync());
        using var giveUp = new CancellationTokenSource();
        var call = Client(server.Url).StatusAsync("j1", giveUp.Token);
        await server.NextAsync();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(call.InTime);
    }

    [Fact]
    public void Constructor_KeyThatNoHeaderCarries_IsRefusedWithoutShowingIt()
    {
        using var http = new HttpClient();
        var exception = Assert.Throws<ArgumentException>(
            () => new RunPodClient(http, new Uri("http://127.0.0.1:1"), new RunPodOptions { ApiKey = "rpa\nSECRET" }, TimeProvider.System));
        Assert.DoesNotContain("SECRET", exception.ToString());
    }

    [Fact]
    public void ToString_Request_ShowsNothingOfIt() => Assert.DoesNotContain("soup", Request.ToString());

    private static byte[] Fold(string coding, byte[] content)
    {
        using var folded = new MemoryStream();
        using (Stream folding = coding switch
        {
            "gzip" => new GZipStream(folded, CompressionLevel.Fastest),
            "deflate" => new ZLibStream(folded, CompressionLevel.Fastest),
            _ => new BrotliStream(folded, CompressionLevel.Fastest),
        })
        {
            folding.Write(content);
        }

        return folded.ToArray();
    }
}
