using AudioReprompt.Worker.Platform;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 11 to 19: taking jobs.</summary>
public class TakeTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(204, "", "application/json")]
    [InlineData(400, "", "application/json")]
    [InlineData(200, "{\"id\":\"x\",\"input\":1}", "text/plain")]
    [InlineData(200, "{\"id\":\"x\",\"input\":1}", null)]
    [InlineData(200, "", "application/json")]
    [InlineData(200, "{\"id\":", "application/json")]
    [InlineData(200, "5", "application/json")]
    [InlineData(200, "null", "application/json")]
    [InlineData(200, "[]", "application/json")]
    [InlineData(200, "[5]", "application/json")]
    [InlineData(200, "{\"input\":1}", "application/json")]
    public async Task P11_Answer_WithoutAJob_IsFollowedByTheNextTake(int status, string body, string? contentType)
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Take, new Reply(status, body, contentType));
        await rig.Plane.NextAsync(Call.Take);
        // 5 in a list and the object without an id are an answer with a job, which is dropped: no pause.
        if (!body.Contains("5]", StringComparison.Ordinal) && !body.StartsWith("{\"input", StringComparison.Ordinal)) await rig.Clock.PassAsync(due => due == Idle);
        rig.Plane.OfferId("j1", "7");
        Assert.Equal("""{"output":7}""", await rig.Plane.NextBodyAsync());
        Assert.Equal(1, rig.Plane.Count(Call.Done));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task P11_Answer_Error_IsLoggedAndTheLoopGoesOn(int status)
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Take, new Reply(status, "no such thing"));
        await rig.LoggedAsync("ERROR  | Failed to get job. | Error Type: Status | Error Message: " + status);
        await rig.Clock.PassAsync(due => due > TimeSpan.FromSeconds(0.9) && due < TimeSpan.FromSeconds(1.2));
        rig.Plane.OfferId("j1", "7");
        Assert.Equal("""{"output":7}""", await rig.Plane.NextBodyAsync());
    }

    [Theory]
    [InlineData("""{"id":"j1","input":null}""", """{"output":null}""")]
    [InlineData("""{"id":"j1","input":{},"webhook":null,"extra":[1]}""", """{"output":{}}""")]
    [InlineData("""{"id":7,"input":1}""", """{"output":1}""")]
    public async Task P11_Job_AcceptedForms_Run(string job, string expected)
    {
        await using var rig = await PlatformRig.StartAsync(handled => handled.Input.ValueKind == System.Text.Json.JsonValueKind.Object ? Json.Of("""{"x":1}""") : handled.Input);
        rig.Plane.Script(Call.Take, new Reply(200, job, "application/json; charset=utf-8"));
        Assert.Equal(expected.Replace("{}", """{"x":1}""", StringComparison.Ordinal), await rig.Plane.NextBodyAsync());
    }

    [Fact]
    public async Task P11_Job_WithoutInput_FailsAndNamesTheField()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Offer("""{"id":"j1"}""");
        var body = Json.Of(await rig.Plane.NextBodyAsync());
        Assert.Contains("input: is required", Json.Of(body.GetProperty("error").GetString()!).GetProperty("error_message").GetString());
        rig.Plane.OfferId("j2", "2");
        Assert.Equal("""{"output":2}""", await rig.Plane.NextBodyAsync());
    }

    [Fact]
    public async Task P11_Connection_Broken_IsAnErrorLikeOthers()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Take, Reply.Dropped);
        await rig.LoggedAsync("Failed to get job. | Error Type: HttpRequestException");
        await rig.Clock.PassAsync(due => due > TimeSpan.FromSeconds(0.9) && due < TimeSpan.FromSeconds(1.2));
        rig.Plane.OfferId("j1", "7");
        Assert.Equal("""{"output":7}""", await rig.Plane.NextBodyAsync());
    }

    [Fact]
    public async Task P12_TooManyRequests_IsFollowedByFiveSeconds()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Take, new Reply(429));
        await rig.Plane.NextAsync(Call.Take);
        await rig.Clock.TimerSetAsync(due => due == TimeSpan.FromSeconds(5));
        Assert.False(rig.Plane.Has(Call.Take));
        rig.Clock.Advance(TimeSpan.FromSeconds(5));
        await rig.Plane.NextAsync(Call.Take);
    }

    [Fact]
    public async Task P13_JobInProgress_WhenAJobIsHeld_IsOne()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler, new RigOptions { Concurrency = _ => 2 });
        Assert.EndsWith("job_in_progress=0", (await rig.Plane.NextAsync(Call.Take)).Path);
        rig.Plane.OfferId("j1");
        await handler.StartedAsync();
        Assert.EndsWith("job_in_progress=1", (await rig.Plane.NextAsync(Call.Take)).Path);
    }

    [Fact]
    public async Task P14_Form_OneOrSeveralWanted_IsSingleOrBatch()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler, new RigOptions { Concurrency = _ => 3 });
        Assert.StartsWith("/job-take-batch/w1?gpu=NVIDIA+L4&batch_size=3&", (await rig.Plane.NextAsync(Call.Take)).Path);
        rig.Plane.Offer("""{"id":"j1","input":1}""", """{"id":"j2","input":1}""");
        await handler.StartedAsync();
        await handler.StartedAsync();
        var single = await rig.Plane.NextAsync(Call.Take);
        Assert.Equal(("GET", "/job-take/w1?gpu=NVIDIA+L4&job_in_progress=1"), (single.Method, single.Path));
        Assert.Empty(single.Body);
    }

    [Fact]
    public async Task P15_Answer_InTheOtherForm_IsTakenAllTheSame()
    {
        await using var batch = await PlatformRig.StartAsync(job => job.Input, new RigOptions { Concurrency = _ => 2 });
        batch.Plane.OfferId("j1", "1");
        Assert.Equal("""{"output":1}""", await batch.Plane.NextBodyAsync());
        await using var single = await PlatformRig.EchoAsync();
        single.Plane.Script(Call.Take, Reply.Json("""[{"id":"j1","input":2}]"""));
        Assert.Equal("""{"output":2}""", await single.Plane.NextBodyAsync());
    }

    [Fact]
    public async Task P16_MoreJobs_ThanAsked_AreKeptReportedAndRunInTurn()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        await rig.HeartbeatPauseAsync();
        await rig.Plane.NextAsync(Call.Ping);
        rig.Plane.Offer("""{"id":"a","input":1}""", """{"id":"b","input":1}""", """{"id":"c","input":1}""");
        Assert.Equal("a", (await handler.StartedAsync()).Id);
        rig.Beat();
        Assert.Contains("job_id=a%2Cb%2Cc&", (await rig.Plane.NextAsync(Call.Ping)).Path);
        foreach (var next in (string[])["b", "c"])
        {
            handler.Release();
            Assert.Equal(next, (await handler.StartedAsync()).Id);
        }

        handler.Release();
        for (var job = 0; job < 3; job++) await rig.Plane.NextAsync(Call.Done);
        Assert.Equal(1, handler.MostAtOnce);
    }

    [Fact]
    public async Task P17_ArrayItem_WithoutId_IsDroppedAndTheOthersRun()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Take, Reply.Json("""[{"input":1},{"id":{},"input":1},7,{"id":"\ud800","input":1},{"id":"good","input":3}]"""));
        Assert.Equal("""{"output":3}""", await rig.Plane.NextBodyAsync());
        Assert.Contains("has no id", rig.Log);
        Assert.Equal(1, rig.Plane.Count(Call.Done));
    }

    [Fact]
    public async Task P17_Duplicates_OfAJobThatIsHeldOrJustDelivered_RunOnce()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler, new RigOptions { Concurrency = _ => 2 });
        rig.Plane.Offer("""{"id":"a","input":1}""", """{"id":"a","input":1}""");
        await handler.StartedAsync();
        handler.Release();
        await rig.Plane.NextAsync(Call.Done);
        rig.Plane.OfferId("a");
        rig.Plane.OfferId("b");
        Assert.Equal("b", (await handler.StartedAsync()).Id);
    }

    [Fact]
    public void P18_Pace_DeadServer_StaysUnderTwoTakesASecond()
    {
        var clock = new WatchedClock();
        foreach (var random in (double[])[0, 0.5, 1])
        {
            var pacing = new TakePacing(clock, () => random);
            Assert.All(Enumerable.Range(0, 20), _ => Assert.InRange(pacing.PauseAfter(TakeVerdict.Error, clock.GetTimestamp()).TotalSeconds, 1, 5.5));
            // One good answer, and a fault is asked about soon again.
            pacing.PauseAfter(TakeVerdict.Jobs, 0);
            Assert.InRange(pacing.PauseAfter(TakeVerdict.Error, clock.GetTimestamp()).TotalSeconds, 1, 1.1);
        }
    }

    [Fact]
    public void P18_Pace_EmptyAnswers_AreNotAskedForMoreThanAFewTimesASecond()
    {
        var clock = new WatchedClock();
        var pacing = new TakePacing(clock, () => 0);
        var asked = clock.GetTimestamp();
        Assert.Equal(Idle, pacing.PauseAfter(TakeVerdict.NoJob, asked));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, pacing.PauseAfter(TakeVerdict.NoJob, asked));
        Assert.Equal(TimeSpan.Zero, pacing.PauseAfter(TakeVerdict.Jobs, asked));
    }

    [Fact]
    public async Task P19_Poll_NobodyAnswers_IsAskedAgainAfterNinetySeconds()
    {
        await using var rig = await PlatformRig.EchoAsync();
        await rig.Plane.NextAsync(Call.Take);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(90));
        await rig.Plane.NextAsync(Call.Take);
        Assert.DoesNotContain("Failed to get job", rig.Log);
    }

    [Fact]
    public async Task P19_Poll_BodyThatNeverEnds_CountsAsNoAnswer()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Take, Reply.Json("""{"id":"j1","input":1}""") with { Trickle = true });
        await rig.Plane.NextAsync(Call.Take);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(90));
        rig.Plane.OfferId("j2", "2");
        Assert.Equal("""{"output":2}""", await rig.Plane.NextBodyAsync());
    }
}
