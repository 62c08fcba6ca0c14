using System.Diagnostics.CodeAnalysis;
using AudioReprompt.TestSupport;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 29 to 33: posts that do not arrive, and results that outlive both sides.</summary>
[SuppressMessage("Reliability", "CA2000", Justification = "Disposed by the test.")]
public class RetryTests
{
    [Fact]
    public async Task P29_Post_FailsTwice_IsRepeatedAfterTwoAndThreeSeconds()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Done, new Reply(500), new Reply(503), Reply.Ok);
        rig.Plane.OfferId("j1", "1");
        await rig.Plane.NextAsync(Call.Done);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(2));
        await rig.Plane.NextAsync(Call.Done);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(3));
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync());
        await rig.LoggedAsync("j1 | Finished.");
        Assert.Equal(3, rig.Plane.Count(Call.Done));
    }

    [Fact]
    public async Task P30_Post_FailsThreeTimes_NextJobRunsAndTheResultStillArrives()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Done, new Reply(500), new Reply(500), new Reply(500));
        rig.Plane.OfferId("j1", "1");
        await rig.Plane.NextAsync(Call.Done);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(2));
        await rig.Plane.NextAsync(Call.Done);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(3));
        await rig.Plane.NextAsync(Call.Done);

        rig.Plane.OfferId("j2", "2");
        Assert.Equal("""{"output":2}""", await rig.Plane.NextBodyAsync());
        // The first is still this worker's.
        await rig.HeartbeatPauseAsync();
        await rig.Plane.NextAsync(Call.Ping);
        rig.Beat();
        Assert.Contains("job_id=j1", (await rig.Plane.NextAsync(Call.Ping)).Path);

        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(4.5));
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    public async Task P31_Post_Refused_IsFollowedByOneReportThatSaysWhy(int status)
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Done, new Reply(status, "too large"));
        rig.Plane.OfferId("j1", "1");
        await rig.Plane.NextAsync(Call.Done);
        var report = Json.Of(Json.Of(await rig.Plane.NextBodyAsync()).GetProperty("error").GetString()!);
        Assert.Contains("upload_url", report.GetProperty("error_message").GetString());
        Assert.Contains($"{status}, too large", report.GetProperty("error_message").GetString());
        rig.Plane.OfferId("j2", "2");
        Assert.Equal("""{"output":2}""", await rig.Plane.NextBodyAsync());
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task P31_Post_NotWantedWithABody_IsGivenUp(int status)
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Done, new Reply(status, """{"error":"job not found"}"""));
        rig.Plane.OfferId("j1", "1");
        rig.Plane.OfferId("j2", "2");
        await rig.Plane.NextAsync(Call.Done);
        Assert.Equal("""{"output":2}""", await rig.Plane.NextBodyAsync());
        Assert.Contains("does not want the result", rig.Log);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(408)]
    public async Task P31_Post_FaultThatPasses_IsRepeated(int status)
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Done, new Reply(status));
        rig.Plane.OfferId("j1", "1");
        await rig.Plane.NextAsync(Call.Done);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(2));
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync());
    }

    [Fact]
    public async Task P32_Connection_RefusedWhileTheServerRestarts_ResultArrivesAtTheNewOne()
    {
        var handler = new HeldHandler();
        var first = await FakeControlPlane.StartAsync();
        var port = first.Port;
        await using var rig = PlatformRig.Start(first, handler.Handler);
        first.OfferId("j1");
        await handler.StartedAsync();
        await first.DisposeAsync();
        handler.Release();
        await rig.Clock.TimerSetAsync(due => due == TimeSpan.FromSeconds(2));
        await using var second = await FakeControlPlane.StartAsync(port);
        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("""{"output":"done"}""", await second.NextBodyAsync());
        second.Release();
    }

    [Fact]
    public async Task P32_Connection_BreaksInTheMiddle_IsRepeated()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Done, Reply.Dropped);
        rig.Plane.OfferId("j1", "1");
        await rig.Plane.NextAsync(Call.Done);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(2));
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync());
    }

    [Fact]
    public async Task P32_Worker_EndsBeforeDelivery_ItsSuccessorPostsTheResult()
    {
        using var folder = new TemporaryFolder();
        await using var plane = await FakeControlPlane.StartAsync();
        plane.Script(Call.Done, new Reply(500));
        var crashed = PlatformRig.Start(plane, Handler.Of(job => job.Input), new RigOptions { Outbox = folder.Path });
        plane.OfferId("j1", "1");
        await plane.NextAsync(Call.Done);
        // The file is ready before the worker pauses.
        await crashed.Clock.TimerSetAsync(due => due == TimeSpan.FromSeconds(2));
        crashed.Worker.Dispose();

        await using var next = PlatformRig.Start(plane, Handler.Of(_ => Json.Of("\"ran again\"")), new RigOptions { Outbox = folder.Path });
        Assert.Equal("""{"output":1}""", await plane.NextBodyAsync());
        await crashed.DisposeAsync();
    }

    [Fact]
    public async Task P32_Worker_EndsDuringThePost_ResultWaitsUntilTheJobIsOfferedAgain()
    {
        using var folder = new TemporaryFolder();
        await using var plane = await FakeControlPlane.StartAsync();
        plane.Script(Call.Done, Reply.Ok with { Held = new TaskCompletionSource().Task });
        var crashed = PlatformRig.Start(plane, Handler.Of(job => job.Input), new RigOptions { Outbox = folder.Path });
        plane.OfferId("j1", "1");
        await plane.NextAsync(Call.Done);
        crashed.Worker.Dispose();

        await using var next = PlatformRig.Start(plane, Handler.Of(_ => Json.Of("\"ran again\"")), new RigOptions { Outbox = folder.Path });
        plane.OfferId("j2", "2");
        Assert.Equal("""{"output":"ran again"}""", await plane.NextBodyAsync());
        plane.OfferId("j1", "1");
        Assert.Equal("""{"output":1}""", await plane.NextBodyAsync());
        await crashed.DisposeAsync();
    }

    [Fact]
    public async Task P33_Post_TooManyRequests_IsRepeatedWhenTheServerSays()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Done, new Reply(429) { Header = ("Retry-After", "7") });
        rig.Plane.OfferId("j1", "1");
        await rig.Plane.NextAsync(Call.Done);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(7));
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync());
    }
}
