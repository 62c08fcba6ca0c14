using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Platform;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 36 to 42: the heartbeat.</summary>
public class HeartbeatTests
{
    [Fact]
    public async Task P36_Ping_AtOnceAndEveryInterval_AlsoWhileAHandlerBlocksItsThread()
    {
        using var blocked = new ManualResetEventSlim();
        var started = new TaskCompletionSource();
        await using var rig = await PlatformRig.StartAsync(job =>
        {
            started.TrySetResult();
            blocked.Wait();
            return job.Input;
        });
        Assert.Equal("/ping/w1?runpod_version=" + PlatformEnvironment.Version, (await rig.Plane.NextAsync(Call.Ping)).Path);
        Assert.Equal(TimeSpan.FromSeconds(10), await rig.HeartbeatPauseAsync());
        rig.Plane.OfferId("j1");
        await started.Task.InTime();
        for (var beat = 0; beat < 3; beat++)
        {
            rig.Beat();
            Assert.StartsWith("/ping/w1?job_id=j1&", (await rig.Plane.NextAsync(Call.Ping)).Path);
            Assert.Equal(TimeSpan.FromSeconds(10), await rig.HeartbeatPauseAsync());
        }

        blocked.Set();
        await rig.Plane.NextAsync(Call.Done);
    }

    [Fact]
    public async Task P37_JobIds_IdleBusyQueued_AreAllThatIsHeld()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        await rig.HeartbeatPauseAsync();
        Assert.DoesNotContain("job_id", (await rig.Plane.NextAsync(Call.Ping)).Path);
        rig.Plane.Offer("""{"id":"a","input":1}""", """{"id":"b","input":1}""");
        await handler.StartedAsync();
        rig.Beat();
        Assert.Equal($"/ping/w1?job_id=a%2Cb&runpod_version={PlatformEnvironment.Version}", (await rig.Plane.NextAsync(Call.Ping)).Path);
        handler.Release();
        await handler.StartedAsync();
        handler.Release();
        await rig.LoggedAsync("b | Finished.");
        await rig.HeartbeatPauseAsync();
        rig.Beat();
        Assert.DoesNotContain("job_id", (await rig.Plane.NextAsync(Call.Ping)).Path);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(0)]
    public async Task P38_Retry_TransientFault_IsAfterZeroTwoAndFourSeconds(int status)
    {
        var fault = status == 0 ? Reply.Dropped : new Reply(status);
        var plane = await FakeControlPlane.StartAsync();
        plane.Script(Call.Ping, fault, fault, fault, fault);
        await using var rig = PlatformRig.Start(plane, Handler.Of(job => job.Input));
        await plane.NextAsync(Call.Ping);
        await plane.NextAsync(Call.Ping);
        Assert.Equal(TimeSpan.FromSeconds(2), await rig.HeartbeatPauseAsync());
        rig.Beat();
        Assert.Equal(TimeSpan.FromSeconds(4), await rig.HeartbeatPauseAsync());
        rig.Beat();
        // Then the error, and the usual interval.
        Assert.Equal(TimeSpan.FromSeconds(10), await rig.HeartbeatPauseAsync());
        Assert.Contains("ERROR  | Ping Request Error: ", rig.Log);
        Assert.Equal(4, plane.Count(Call.Ping));
        await rig.DisposeAsync();
        await plane.DisposeAsync();
    }

    [Theory]
    [InlineData(401)]
    [InlineData(404)]
    public async Task P39_Status_OfAnyOtherKind_CountsAsSent(int status)
    {
        var plane = await FakeControlPlane.StartAsync();
        plane.Script(Call.Ping, new Reply(status));
        await using var rig = PlatformRig.Start(plane, Handler.Of(job => job.Input));
        Assert.Equal(TimeSpan.FromSeconds(10), await rig.HeartbeatPauseAsync());
        rig.Beat();
        await rig.HeartbeatPauseAsync();
        Assert.Equal(2, plane.Count(Call.Ping));
        await rig.DisposeAsync();
        await plane.DisposeAsync();
    }

    [Theory]
    [InlineData("RUNPOD_AI_API_KEY", "DEBUG  | No heartbeat")]
    [InlineData("RUNPOD_POD_ID", "INFO   | No heartbeat")]
    [InlineData("RUNPOD_WEBHOOK_PING", "ERROR  | No heartbeat")]
    public async Task P40_Variable_Missing_TurnsItOffAndTheWorkerRuns(string variable, string line)
    {
        await using var rig = await PlatformRig.EchoAsync(new RigOptions { Environment = { [variable] = null } });
        rig.Plane.OfferId("j1", "1");
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync());
        Assert.Contains(line, rig.Log);
        Assert.Equal(0, rig.Plane.Count(Call.Ping));
    }

    [Fact]
    public async Task P41_Drain_RunningJob_GoesOnPinging()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        await rig.Plane.NextAsync(Call.Ping);
        await rig.HeartbeatPauseAsync();
        rig.Plane.OfferId("j1");
        await handler.StartedAsync();
        rig.Terminate();
        rig.Beat();
        Assert.StartsWith("/ping/w1?job_id=j1&", (await rig.Plane.NextAsync(Call.Ping)).Path);
        handler.Release();
        Assert.Equal(0, await rig.StopAsync());
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("999", 1)]
    [InlineData("2500", 2)]
    [InlineData("-5", 1)]
    [InlineData("often", 10)]
    [InlineData(null, 10)]
    public void P42_Interval_OfEveryKind_IsWholeSecondsFromOne(string? text, int seconds)
    {
        var variables = PlatformRig.Variables("http://a");
        variables["RUNPOD_PING_INTERVAL"] = text;
        Assert.Equal(TimeSpan.FromSeconds(seconds), PlatformEnvironment.Read(variables.GetValueOrDefault).PingInterval);
    }
}
