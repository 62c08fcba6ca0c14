using System.Net;
using AudioReprompt.FrontDoor;
using AudioReprompt.FrontDoor.Dispatch;
using AudioReprompt.Jobs;
using AudioReprompt.Storage;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AudioReprompt.Tests.FrontDoor.Dispatch;

public sealed class DispatchTests
{
    private static readonly Dictionary<string, string> QuickVisibility = new() { ["AUDIOREPROMPT__DISPATCH__VISIBILITY_TIMEOUT_SECONDS"] = "1" };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Job_ByWebhookOrByPollingAlone_Ends(bool webhook)
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.SendsWebhook = webhook;
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "completed");
        Assert.Empty(await PoisonAsync(door));
    }

    [Fact]
    public async Task Job_WebhookWithoutAnyPoll_Ends()
    {
        await using var door = await TestFrontDoor.StartAsync(new() { ["AUDIOREPROMPT__DISPATCH__POLL_INTERVAL_MILLISECONDS"] = "60000" });
        door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "running");
        await door.Endpoint.FinishAsync(door.Endpoint.Jobs.Single());

        await door.UntilAsync(id, "completed");
        Assert.Equal(200, door.Endpoint.Jobs.Single().WebhookStatus);
    }

    [Fact]
    public async Task Webhook_WithoutTheJobsToken_Is403AndChangesNothing()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "running");
        var forged = $$"""{"id":"{{door.Endpoint.Jobs.Single().Id}}","status":"CANCELLED"}""";
        foreach (var query in new[] { "", "?token=", "?token=0123456789abcdef0123456789abcdef" })
        {
            using var response = await door.PostAsync($"/api/runpod/webhook/{id}{query}", forged);
            await TestFrontDoor.ProblemOf(response, HttpStatusCode.Forbidden);
        }

        using var unknown = await door.PostAsync("/api/runpod/webhook/00000000-0000-7000-8000-000000000000?token=x", forged);
        await TestFrontDoor.ProblemOf(unknown, HttpStatusCode.Forbidden);
        await door.UntilAsync(id, "running");
    }

    [Fact]
    public async Task Webhook_BrokenBody_Is400()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "running");
        using var response = await door.PostAsync(new Uri(door.Endpoint.Jobs.Single().Webhook!).PathAndQuery, "{");
        await TestFrontDoor.ProblemOf(response, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Webhook_OfAnEarlierAttempt_ChangesNothing()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "running");
        var webhook = new Uri(door.Endpoint.Jobs.Single().Webhook!).PathAndQuery;
        using var response = await door.PostAsync(webhook, """{"id":"fake-of-before","status":"FAILED","error":"old news"}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await door.Endpoint.FinishAsync(door.Endpoint.Jobs.Single());
        await door.UntilAsync(id, "completed");
        Assert.Single(door.Endpoint.Jobs);
    }

    [Fact]
    public async Task Job_FailingWorker_IsTriedAsOftenAsAllowedAndThenFailsAndIsPoison()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.Fail;
        var id = await door.GenerateAsync();
        var failed = await door.UntilAsync(id, "failed");

        Assert.Equal("Failed 3 times, the last time: out of memory", failed.GetProperty("error").GetString());
        Assert.Equal(3, door.Endpoint.Jobs.Count);
        var poison = Assert.Single(await PoisonAsync(door, 1));
        Assert.Equal((id, "Failed 3 times, the last time: out of memory"), (poison.JobId.ToString(), poison.Reason));
    }

    [Fact]
    public async Task Job_InputTheWorkerRefuses_IsNotTriedAgain()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.Fail;
        door.Endpoint.Error = $$"""{"error_type":"{{Contracts.InvalidInputException.ErrorType}}","error_message":"engine: must be composer"}""";
        var id = await door.GenerateAsync();

        var failed = await door.UntilAsync(id, "failed");
        Assert.Equal("engine: must be composer", failed.GetProperty("error").GetString());
        Assert.Single(door.Endpoint.Jobs);
    }

    [Fact]
    public async Task Job_WorkerLostWithIt_IsDoneAgain()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "running");
        door.Endpoint.Behaviour = EndpointBehaviour.Complete;
        door.Endpoint.Forget();

        await door.UntilAsync(id, "completed");
    }

    [Fact]
    public async Task Job_EndpointDownForAWhile_WaitsAndLosesNoAttempt()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Status = 503;
        var id = await door.GenerateAsync();
        var waiting = await door.UntilAsync(id, job => job.GetProperty("error").GetString() is { } error && error.StartsWith("Waits for a worker", StringComparison.Ordinal));
        Assert.Equal("queued", waiting.GetProperty("status").GetString());

        door.Endpoint.Status = null;
        var done = await door.UntilAsync(id, "completed");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, done.GetProperty("error").ValueKind);
        var stored = await door.Services.GetRequiredService<IJobStore>().GetAsync(Guid.Parse(id), CancellationToken.None);
        Assert.Equal(1, stored!.Job.Attempts);
    }

    [Fact]
    public async Task Job_EndpointDownForTooLong_FailsWithTheReason()
    {
        var clock = new ShiftedTimeProvider();
        await using var door = await TestFrontDoor.StartAsync(
            new() { ["AUDIOREPROMPT__DISPATCH__UNREACHABLE_MINUTES"] = "30" }, services => services.AddSingleton<TimeProvider>(clock));
        door.Endpoint.Status = 503;
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, job => job.GetProperty("error").GetString() is { } error && error.StartsWith("Waits for a worker", StringComparison.Ordinal));
        clock.Shift = TimeSpan.FromMinutes(31);

        var failed = await door.UntilAsync(id, "failed");
        Assert.StartsWith("No worker could be reached for 30 minutes. The endpoint ", failed.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    /// <summary>What counts is how long the endpoint has been away, not how long the job has waited.</summary>
    [Fact]
    public async Task Job_OldAndEndpointDownForAMoment_IsDoneAllTheSame()
    {
        var clock = new ShiftedTimeProvider();
        await using var door = await TestFrontDoor.StartAsync(
            new() { ["AUDIOREPROMPT__DISPATCH__UNREACHABLE_MINUTES"] = "30" }, services => services.AddSingleton<TimeProvider>(clock));
        door.Endpoint.Waiting = int.MaxValue;
        var id = await door.GenerateAsync();
        await door.EndpointIsAskedAsync(3);
        clock.Shift = TimeSpan.FromMinutes(31);
        door.Endpoint.Status = 503;
        await door.UntilAsync(id, job => job.GetProperty("error").GetString() is { } error && error.StartsWith("Waits for a worker", StringComparison.Ordinal));
        (door.Endpoint.Status, door.Endpoint.Waiting) = (null, 0);

        await door.UntilAsync(id, "completed");
    }

    [Fact]
    public async Task Job_EndpointsQueueIsFull_WaitsHereUntilThereIsRoom()
    {
        await using var door = await TestFrontDoor.StartAsync(new() { ["AUDIOREPROMPT__DISPATCH__MAX_ENDPOINT_QUEUE"] = "2" });
        door.Endpoint.Waiting = 2;
        var ids = new[] { await door.GenerateAsync(), await door.GenerateAsync() };
        await door.EndpointIsAskedAsync(3);
        Assert.Empty(door.Endpoint.Jobs);
        foreach (var id in ids) await door.UntilAsync(id, "queued");

        door.Endpoint.Waiting = 0;
        foreach (var id in ids)
        {
            await door.UntilAsync(id, "completed");
            Assert.Equal(1, (await door.Services.GetRequiredService<IJobStore>().GetAsync(Guid.Parse(id), CancellationToken.None))!.Job.Attempts);
        }
    }

    [Fact]
    public async Task Job_DeletedWhileTheEndpointsQueueIsFull_IsNeverStarted()
    {
        await using var door = await TestFrontDoor.StartAsync(new() { ["AUDIOREPROMPT__DISPATCH__MAX_ENDPOINT_QUEUE"] = "2" });
        door.Endpoint.Waiting = 2;
        var id = await door.GenerateAsync();
        await door.EndpointIsAskedAsync(1);
        using var deleted = await door.Http.DeleteAsync($"/api/audio/{id}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        door.Endpoint.Waiting = 0;

        var queue = door.Services.GetRequiredService<IJobQueue>();
        using var limit = new CancellationTokenSource(TestFrontDoor.Patience);
        while (await queue.CountAsync(limit.Token) > 0) await Task.Delay(10, limit.Token);
        Assert.Empty(door.Endpoint.Jobs);
    }

    [Fact]
    public async Task Job_EndpointDoesNotTellItsQueue_IsStarted()
    {
        await using var door = await TestFrontDoor.StartAsync(new() { ["AUDIOREPROMPT__DISPATCH__MAX_ENDPOINT_QUEUE"] = "1" });
        door.Endpoint.Waiting = null;
        await door.UntilAsync(await door.GenerateAsync(), "completed");
        Assert.True(door.Endpoint.HealthLooks > 0);
    }

    [Fact]
    public async Task Job_EndpointRefusesIt_FailsWithTheReason()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Status = 400;
        var id = await door.GenerateAsync();
        var failed = await door.UntilAsync(id, "failed");
        Assert.Contains("did not take the job", failed.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_CancelledAtTheEndpoint_IsCancelled()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.Hold;
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "running");
        var job = door.Endpoint.Jobs.Single();
        job.Record = new() { ["id"] = job.Id, ["status"] = "CANCELLED" };
        await door.UntilAsync(id, "cancelled");
    }

    [Theory]
    [InlineData("audio_wav_size", 10, "the worker said 10")]
    [InlineData("audio_base64", "not base64!", "not base64")]
    [InlineData("audio_base64", "UklGRg==", "not usable")]
    [InlineData("engine", null, "not as agreed")]
    public async Task Job_UnusableOutput_IsTriedAgainAndFailsWithTheReason(string field, object? value, string reason)
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.CompleteInline;
        door.Endpoint.Tamper = output =>
        {
            output.Remove(field);
            if (value is not null) output[field] = value is int number ? number : (string)value;
        };
        var id = await door.GenerateAsync();
        var failed = await door.UntilAsync(id, "failed");
        Assert.Contains(reason, failed.GetProperty("error").GetString(), StringComparison.Ordinal);
        using var content = await door.Http.GetAsync($"/api/audio/{id}/content");
        Assert.Equal(HttpStatusCode.Conflict, content.StatusCode);
    }

    [Fact]
    public async Task Job_AudioOfAnotherLength_IsNotAccepted()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.CompleteInline;
        door.Endpoint.Tamper = output =>
        {
            var wav = TestWav.Make(3);
            output["audio_base64"] = Convert.ToBase64String(wav);
            output["audio_wav_size"] = wav.Length;
        };
        var id = await door.GenerateAsync();
        var failed = await door.UntilAsync(id, "failed");
        Assert.Contains("it lasts 3 s, 1 s were asked for", failed.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_AudioOfAnotherEncoding_IsNotAccepted()
    {
        await using var door = await TestFrontDoor.StartAsync();
        door.Endpoint.Behaviour = EndpointBehaviour.CompleteInline;
        door.Endpoint.Tamper = output =>
        {
            // One second of mono at 8 kHz as one byte a sample.
            var wav = TestWav.Make(0.5);
            (wav[32], wav[34]) = (1, 8);
            output["audio_base64"] = Convert.ToBase64String(wav);
            output["audio_wav_size"] = wav.Length;
        };
        var id = await door.GenerateAsync();
        var failed = await door.UntilAsync(id, "failed");
        Assert.Contains("its samples are Pcm8, Pcm16 was agreed", failed.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FrontDoor_RestartedInTheMiddle_GoesOnWithTheSameAttempt()
    {
        using var folder = new TemporaryFolder();
        await using var endpoint = await FakeEndpoint.StartAsync();
        endpoint.Behaviour = EndpointBehaviour.Hold;
        string id;
        await using (var before = await TestFrontDoor.StartAsync(QuickVisibility, endpoint: endpoint, folder: folder))
        {
            id = await before.GenerateAsync();
            await before.UntilAsync(id, "running");
        }

        await using var after = await TestFrontDoor.StartAsync(QuickVisibility, endpoint: endpoint, folder: folder);
        var job = endpoint.Jobs.Single();
        job.Record = new() { ["id"] = job.Id, ["status"] = "IN_PROGRESS", ["output"] = new System.Text.Json.Nodes.JsonObject { ["progress"] = 0.75 } };
        await after.UntilAsync(id, answer => answer.GetProperty("progress").GetDouble() == 0.75);
        Assert.Single(endpoint.Jobs);
    }

    /// <summary>A message is delivered at least once: whoever gets it a second time must not take a start that is under way for one that died.</summary>
    [Fact]
    public async Task LookOnce_WhileSomebodyElseStartsTheJob_LeavesItToHim()
    {
        await using var door = await TestFrontDoor.StartAsync();
        var started = TestJobs.New(DateTimeOffset.UtcNow).Dispatch(DateTimeOffset.UtcNow);
        await door.Services.GetRequiredService<IJobStore>().CreateAsync(started, CancellationToken.None);
        var verdict = await door.Services.GetRequiredService<DispatchJob>()
            .LookOnceAsync(new QueueMessage("second", started.Id, "receipt", 1, DateTimeOffset.UtcNow), CancellationToken.None);

        Assert.Equal(Verdict.Later(TimeSpan.FromSeconds(15)), verdict);
        Assert.Equal(started.Revision, (await door.Services.GetRequiredService<IJobStore>().GetAsync(started.Id, CancellationToken.None))!.Job.Revision);
        Assert.Empty(door.Endpoint.Jobs);
    }

    [Fact]
    public async Task Upkeep_JobWithoutAMessage_GetsOne()
    {
        var clock = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var door = await TestFrontDoor.StartAsync(replace: services => services.AddSingleton<TimeProvider>(clock));
        var stranded = TestJobs.New(clock.GetUtcNow()) with { Request = TestJobs.New().Request with { DurationSeconds = 1 } };
        await door.Services.GetRequiredService<IJobStore>().CreateAsync(stranded, CancellationToken.None);
        clock.Advance(TimeSpan.FromMinutes(2));
        await door.Services.GetServices<IHostedService>().OfType<Upkeep>().Single().RunOnceAsync(CancellationToken.None);

        await door.UntilAsync(stranded.Id.ToString(), "completed");
    }

    [Fact]
    public async Task Upkeep_AfterRetention_AudioIsGoneAndTheIdSays410AndLater404()
    {
        var clock = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var door = await TestFrontDoor.StartAsync(
            new() { ["AUDIOREPROMPT__STORAGE__RETENTION_HOURS"] = "1", ["AUDIOREPROMPT__STORAGE__DELETED_HOURS"] = "2" },
            services => services.AddSingleton<TimeProvider>(clock));
        var id = await door.GenerateAsync();
        await door.UntilAsync(id, "completed");
        var upkeep = door.Services.GetServices<IHostedService>().OfType<Upkeep>().Single();

        clock.Advance(TimeSpan.FromHours(1.1));
        await upkeep.RunOnceAsync(CancellationToken.None);
        using var gone = await door.Http.GetAsync($"/api/audio/{id}");
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.Null(await door.Services.GetRequiredService<IAudioStore>().OpenReadAsync(Guid.Parse(id), CancellationToken.None));

        clock.Advance(TimeSpan.FromHours(2.1));
        await upkeep.RunOnceAsync(CancellationToken.None);
        using var unknown = await door.Http.GetAsync($"/api/audio/{id}");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    /// <summary>Waits until as many messages are given up as expected: the record is written before the message is moved.</summary>
    private static async Task<IReadOnlyList<PoisonMessage>> PoisonAsync(TestFrontDoor door, int expected = 0)
    {
        var queue = door.Services.GetRequiredService<IJobQueue>();
        using var limit = new CancellationTokenSource(TestFrontDoor.Patience);
        while (await queue.CountAsync(limit.Token) > 0) await Task.Yield();
        var poison = await queue.ListPoisonAsync(100, limit.Token);
        Assert.Equal(expected, poison.Count);
        return poison;
    }

    /// <summary>The system's clock, put forward while it runs.</summary>
    private sealed class ShiftedTimeProvider : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
