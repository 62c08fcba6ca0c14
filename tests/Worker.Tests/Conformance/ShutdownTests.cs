using System.Text.Json;
using AudioReprompt.TestSupport;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 48 to 52: the end of the worker.</summary>
public class ShutdownTests
{
    [Fact]
    public async Task P48_Terminate_DuringAJob_FinishesPostsAndExitsWithZero()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        rig.Plane.Offer("""{"id":"a","input":1}""", """{"id":"b","input":1}""");
        await handler.StartedAsync();
        var takes = rig.Plane.Count(Call.Take);
        rig.Terminate();
        handler.Release();
        await rig.Plane.NextAsync(Call.Done);
        // What waits in the worker was taken from the platform, and is finished as well.
        await handler.StartedAsync();
        handler.Release();
        await rig.Plane.NextAsync(Call.Done);
        Assert.Equal(0, await rig.Exit.InTime());
        Assert.Equal(takes, rig.Plane.Count(Call.Take));
    }

    [Fact]
    public async Task P48_Terminate_PostFails_IsRepeatedBeforeTheExit()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        rig.Plane.OfferId("j1");
        await handler.StartedAsync();
        rig.Terminate();
        rig.Plane.Script(Call.Done, new Reply(500));
        handler.Release();
        await rig.Plane.NextAsync(Call.Done);
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(2));
        await rig.Plane.NextAsync(Call.Done);
        Assert.Equal(0, await rig.Exit.InTime());
    }

    [Fact]
    public async Task P48_Terminate_GraceIsOver_HandsTheJobBack()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler, new RigOptions { GraceSeconds = 8 });
        rig.Plane.OfferId("j1");
        await handler.StartedAsync();
        rig.Terminate();
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(8));
        Assert.Equal(0, await rig.Exit.InTime());
        Assert.True(handler.Stopped.Task.IsCompleted);
        Assert.Equal(0, rig.Plane.Count(Call.Done));
        Assert.Contains("handed back", rig.Log);
    }

    [Fact]
    public async Task P48_Terminate_TheProcess_ExitsWithZero()
    {
        using var folder = new TemporaryFolder();
        await using var plane = await FakeControlPlane.StartAsync();
        using var process = WorkerProcess.Start(folder.Path, PlatformRig.Variables(plane.Url));
        plane.OfferId("j1", """{"type":"health"}""");
        Assert.Equal("""{"output":{"ok":true}}""", await plane.NextBodyAsync());
        await process.SignalAsync("TERM");
        await process.WaitForExitAsync().InTime();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("INFO   | j1 | Finished.", await process.StandardOutput.ReadToEndAsync());
    }

    [Fact]
    public async Task P49_Terminate_InALongPoll_ExitsSoon()
    {
        await using var rig = await PlatformRig.EchoAsync();
        await rig.Plane.NextAsync(Call.Take);
        rig.Terminate();
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(1.5));
        Assert.Equal(0, await rig.Exit.InTime());
    }

    [Fact]
    public async Task P50_Job_ArrivingOnTheLastPoll_IsRunAndPosted()
    {
        await using var rig = await PlatformRig.EchoAsync();
        await rig.Plane.NextAsync(Call.Take);
        rig.Terminate();
        rig.Plane.OfferId("j1", "1");
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync());
        Assert.Equal(0, await rig.Exit.InTime());
        Assert.Equal(1, rig.Plane.Count(Call.Take));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P51_RefreshWorker_Configured_IsOneJobWithStopPod(bool fails)
    {
        await using var rig = await PlatformRig.StartAsync(
            job => fails ? throw new InvalidOperationException("broken") : job.Input, new RigOptions { SingleJob = true, Concurrency = _ => 4 });
        Assert.StartsWith("/job-take/", (await rig.Plane.NextAsync(Call.Take)).Path);
        rig.Plane.OfferId("j1", "1");
        var body = Json.Of(await rig.Plane.NextBodyAsync());
        Assert.True(body.GetProperty("stopPod").GetBoolean());
        Assert.Equal(fails, body.TryGetProperty("error", out _));
        Assert.Equal(0, await rig.Exit.InTime());
        Assert.Equal(1, rig.Plane.Count(Call.Take));
    }

    [Fact]
    public async Task P51_RefreshWorker_StreamingHandler_HasStopPodToo()
    {
        await using var rig = await PlatformRig.StartAsync(Handler.Of((_, _) => Values()), new RigOptions { SingleJob = true });
        rig.Plane.OfferId("j1", "1");
        Assert.Equal("""{"output":[],"stopPod":true}""", await rig.Plane.NextBodyAsync());
        Assert.Equal(0, await rig.Exit.InTime());
    }

    [Fact]
    public async Task P52_RefreshWorker_Returned_IsStopPodAndTheWorkerGoesOn()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.OfferId("j1", """{"refresh_worker":true,"x":1}""");
        rig.Plane.OfferId("j2", "2");
        Assert.Equal("""{"output":{"x":1},"stopPod":true}""", await rig.Plane.NextBodyAsync());
        Assert.Equal("""{"output":2}""", await rig.Plane.NextBodyAsync());
    }

    private static async IAsyncEnumerable<JsonElement> Values()
    {
        await Task.Yield();
        yield return Json.Of("1");
    }
}
