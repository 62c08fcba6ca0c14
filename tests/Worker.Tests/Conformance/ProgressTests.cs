using System.Text;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 34 and 35: progress.</summary>
public class ProgressTests
{
    [Fact]
    public async Task P34_Progress_Body_IsAPostToTheOutputAddress()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        rig.Plane.OfferId("j1");
        (await handler.StartedAsync()).ReportProgress(Json.Of("""{"progress":0.5,"ö":[1.0]}"""));
        var post = await rig.Plane.NextAsync(Call.Done);
        Assert.Equal("/job-done/w1/j1?gpu=NVIDIA+L4&isStream=false", post.Path);
        Assert.Equal("""{"status":"IN_PROGRESS","output":{"progress":0.5,"ö":[1.0]}}""", Encoding.UTF8.GetString(post.Body));
        Assert.Equal("j1", post.Header("X-Request-ID"));
    }

    [Fact]
    public async Task P35_Progress_ServerIsSlow_NewestFollowsAndNothingComesAfterTheResult()
    {
        var slow = new TaskCompletionSource();
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        rig.Plane.Script(Call.Done, Reply.Ok with { Held = slow.Task });
        rig.Plane.OfferId("j1");
        var job = await handler.StartedAsync();
        job.ReportProgress(Json.Of("1"));
        Assert.Contains("\"output\":1", await rig.Plane.NextBodyAsync());
        // 2 is overtaken by 3; 3 is dropped, as the result is there before it can go out.
        job.ReportProgress(Json.Of("2"));
        job.ReportProgress(Json.Of("3"));
        handler.Release();
        await rig.Clock.TimerSetAsync(due => due == TimeSpan.FromSeconds(5));
        Assert.False(rig.Plane.Has(Call.Done));
        slow.SetResult();
        Assert.Equal("""{"output":"done"}""", await rig.Plane.NextBodyAsync());
        job.ReportProgress(Json.Of("4"));
        Assert.Equal(0, await rig.StopAsync());
        Assert.Equal(2, rig.Plane.Count(Call.Done));
    }

    [Fact]
    public async Task P35_Progress_SeveralInARow_ArriveInOrder()
    {
        var first = new TaskCompletionSource();
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        rig.Plane.Script(Call.Done, Reply.Ok with { Held = first.Task });
        rig.Plane.OfferId("j1");
        var job = await handler.StartedAsync();
        job.ReportProgress(Json.Of("1"));
        Assert.EndsWith("\"output\":1}", await rig.Plane.NextBodyAsync());
        for (var step = 2; step <= 5; step++) job.ReportProgress(Json.Of($"{step}"));
        first.SetResult();
        Assert.EndsWith("\"output\":5}", await rig.Plane.NextBodyAsync());
        job.ReportProgress(Json.Of("6"));
        Assert.EndsWith("\"output\":6}", await rig.Plane.NextBodyAsync());
    }

    [Fact]
    public async Task P35_Progress_ServerNeverAnswers_DoesNotHoldTheResultForLong()
    {
        var handler = new HeldHandler();
        await using var rig = await PlatformRig.StartAsync(handler.Handler);
        rig.Plane.Script(Call.Done, Reply.Ok with { Held = new TaskCompletionSource().Task });
        rig.Plane.OfferId("j1");
        (await handler.StartedAsync()).ReportProgress(Json.Of("1"));
        await rig.Plane.NextAsync(Call.Done);
        handler.Release();
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(5));
        Assert.Equal("""{"output":"done"}""", await rig.Plane.NextBodyAsync());
    }
}
