using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 43 to 47: the stop channel.</summary>
public class StopTests
{
    [Fact]
    public async Task P43_Id_InTheList_TripsTheTokenAndNothingIsPosted()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        await rig.HeartbeatPauseAsync();
        await rig.Plane.NextAsync(Call.Ping);
        rig.Plane.OfferId("j1");
        await handler.StartedAsync();
        rig.Plane.Script(Call.Stop, Reply.Json("""{"jobsToStop":["j1"]}"""));
        await handler.Stopped.Task.InTime();
        await rig.LoggedAsync("INFO   | j1 | Stopping job.");
        await rig.LoggedAsync("INFO   | j1 | Job stopped.");
        rig.Beat();
        Assert.DoesNotContain("job_id", (await rig.Plane.NextAsync(Call.Ping)).Path);
        rig.Plane.OfferId("j2");
        await handler.StartedAsync();
        handler.Release();
        await rig.Plane.NextAsync(Call.Done);
        Assert.Equal(1, rig.Plane.Count(Call.Done));
        // After a list with ids it asks again at once.
        Assert.Equal("/job-stop/w1?gpu=NVIDIA+L4", (await rig.Plane.NextAsync(Call.Stop)).Path);
        await rig.Plane.NextAsync(Call.Stop);
    }

    [Fact]
    public async Task P43_Id_OfAWaitingJob_DropsIt()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        rig.Plane.Offer("""{"id":"a","input":1}""", """{"id":"b","input":1}""", """{"id":"c","input":1}""");
        await handler.StartedAsync();
        rig.Plane.Script(Call.Stop, Reply.Json("""{"jobsToStop":["b"]}"""));
        await rig.LoggedAsync("b | Stopping job.");
        handler.Release();
        Assert.Equal("c", (await handler.StartedAsync()).Id);
    }

    [Theory]
    [InlineData(200, """{"jobsToStop":["nobody"]}""", "application/json", 0)]
    [InlineData(200, """{"jobsToStop":[5,null]}""", "application/json", 0)]
    [InlineData(200, """{"jobsToStop":[]}""", "application/json", 1)]
    [InlineData(200, """{"jobsToStop":"j1"}""", "application/json", 1)]
    [InlineData(200, """{}""", "application/json", 1)]
    [InlineData(200, """["j1"]""", "application/json", 1)]
    [InlineData(200, """{"jobsToStop":["j1"]}""", "text/plain", 1)]
    [InlineData(200, """{"jobsTo""", "application/json", 1)]
    [InlineData(204, "", null, 1)]
    [InlineData(500, "", null, 1)]
    [InlineData(429, "", null, 5)]
    public async Task P44_Answer_ThatStopsNothing_IsFollowedByTheNextPoll(int status, string body, string? contentType, int pauseSeconds)
    {
        var handler = new HeldHandler();
        // A free slot: a full worker would look at its concurrency once a second, on the same clock.
        await using var rig = await PlatformRig.StartAsync(handler.Handler, new RigOptions { Concurrency = _ => 2 });
        rig.Plane.OfferId("j1");
        await handler.StartedAsync();
        rig.Plane.Script(Call.Stop, new Reply(status, body, contentType));
        await rig.Plane.NextAsync(Call.Stop);
        if (pauseSeconds > 0) await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(pauseSeconds));
        await rig.Plane.NextAsync(Call.Stop);
        handler.Release();
        Assert.Equal("""{"output":"done"}""", await rig.Plane.NextBodyAsync());
        if (body.Contains("5,null", StringComparison.Ordinal)) Assert.Contains("WARN   | A job to be stopped", rig.Log);
    }

    [Fact]
    public async Task P45_Stop_AfterTheHandlerReturned_DoesNotLoseTheResult()
    {
        var answered = new TaskCompletionSource();
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Done, new Reply(500) { Held = answered.Task });
        rig.Plane.OfferId("j1", "1");
        await rig.Plane.NextAsync(Call.Done);
        rig.Plane.Script(Call.Stop, Reply.Json("""{"jobsToStop":["j1"]}"""));
        await rig.LoggedAsync("j1 | The job is to be stopped, and does not run here.");
        answered.SetResult();
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(2));
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync());
    }

    [Fact]
    public async Task P46_Handler_IgnoresTheTokenAndReturns_ResultIsPosted()
    {
        var handler = new HeldHandler { Deaf = true };
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        rig.Plane.OfferId("j1");
        await handler.StartedAsync();
        rig.Plane.Script(Call.Stop, Reply.Json("""{"jobsToStop":["j1"]}"""));
        await handler.Stopped.Task.InTime();
        handler.Release();
        Assert.Equal("""{"output":"done"}""", await rig.Plane.NextBodyAsync());
    }

    [Fact]
    public async Task P47_Address_WithoutJobTake_TurnsTheChannelOff()
    {
        var plane = await FakeControlPlane.StartAsync();
        var rig = PlatformRig.Start(
            plane,
            Handler.Of(job => job.Input),
            new RigOptions { Concurrency = _ => 3, Environment = { ["RUNPOD_WEBHOOK_GET_JOB"] = $"{plane.Url}/jobs?x=1" } });
        plane.OfferId("j1", "1");
        Assert.Equal("""{"output":1}""", await plane.NextBodyAsync());
        Assert.Equal("/jobs?x=1&batch_size=3&job_in_progress=0", (await plane.NextAsync(Call.Take)).Path);
        Assert.Equal(0, plane.Count(Call.Stop));
        Assert.Contains("WARN   | The address of the take has no /job-take/", rig.Log);
        Assert.Equal(0, await rig.StopAsync());
        await rig.DisposeAsync();
        await plane.DisposeAsync();
    }
}
