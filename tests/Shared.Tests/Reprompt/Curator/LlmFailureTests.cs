using System.Net;
using System.Net.Sockets;
using AudioReprompt.Configuration;
using Microsoft.AspNetCore.Http;

namespace AudioReprompt.Reprompt.Curator;

/// <summary>Whatever the model does, the user gets an offline prompt within the limit, and is told why.</summary>
public class LlmFailureTests
{
    [Fact]
    public async Task RefineAsync_NoAnswer_AsksAgainAndGivesUpAtTheLimit()
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.HangAsync());
        var refining = rig.RefineAsync();

        await rig.Model.NextAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(CuratorRig.AttemptSeconds));
        await rig.Model.NextAsync();
        Assert.False(refining.IsCompleted);
        rig.Clock.Advance(TimeSpan.FromSeconds(CuratorRig.LimitSeconds) - rig.Clock.Elapsed);

        rig.AssertOffline("offline: no answer in time", await refining);
        Assert.Equal(2, rig.Model.Requests);
    }

    [Fact]
    public async Task RefineAsync_SlowTrickle_GivesUpAtTheLimit()
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.TrickleAsync(), retries: 0);
        var refining = rig.RefineAsync();

        await rig.Model.NextAsync();
        rig.Clock.Advance(TimeSpan.FromSeconds(CuratorRig.AttemptSeconds));

        rig.AssertOffline("offline: no answer in time", await refining);
    }

    [Fact]
    public async Task RefineAsync_RealClock_KeepsTheLimit()
    {
        await using var model = await FakeModel.StartAsync((context, _) => context.HangAsync());
        using var refiner = PromptRefiner.Load(
            Refining.DataFolder,
            new RepromptOptions { LlmUrl = model.Url, LlmKey = CuratorRig.Key, LlmTimeoutSeconds = 0.4, LlmAttemptTimeoutSeconds = 0.15 },
            TimeProvider.System,
            new HeardLog());
        var started = TimeProvider.System.GetTimestamp();

        var refined = await refiner.RefineAsync(CuratorRig.Sentence, CancellationToken.None);

        Assert.Equal("offline: no answer in time", refined.Explanation.Curator);
        // Far above the limit for the sake of a busy machine, far below what any other time limit would have taken.
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0.1, 4);
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("0", 0)]
    [InlineData("Mon, 23 Nov 2026 12:00:02 GMT", 2)]
    public async Task RefineAsync_429WithRetryAfter_WaitsAsLongAndUsesTheAnswer(string retryAfter, double seconds)
    {
        await using var rig = await CuratorRig.StartAsync(
            (context, number) => number == 1 ? context.JsonAsync(429, "{}", retryAfter) : context.PromptAsync(CuratorRig.GoodText));

        var refined = await rig.RefineAsync();

        Assert.Equal("llm (kimi-test)", refined.Explanation.Curator);
        Assert.Equal(seconds, rig.Clock.Elapsed.TotalSeconds, 0.001);
        Assert.Equal(2, rig.Model.Requests);
    }

    [Theory]
    [InlineData("9")]
    [InlineData("8")]
    [InlineData("86400")]
    [InlineData("Tue, 24 Nov 2026 12:00:00 GMT")]
    public async Task RefineAsync_RetryAfterBeyondTheLimit_IsNotWaitedFor(string retryAfter)
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.JsonAsync(429, "{}", retryAfter));

        rig.AssertOffline("offline: rate limited (429)", await rig.RefineAsync());
        Assert.Equal(1, rig.Model.Requests);
        Assert.Equal(TimeSpan.Zero, rig.Clock.Elapsed);
    }

    [Fact]
    public async Task RefineAsync_429WithoutRetryAfter_BacksOffAndGivesUp()
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.JsonAsync(429, "{}"));

        rig.AssertOffline("offline: rate limited (429)", await rig.RefineAsync());
        Assert.Equal(3, rig.Model.Requests);
        Assert.Equal(2, rig.Clock.Pauses.Count);
        Assert.All(rig.Clock.Pauses, pause => Assert.InRange(pause.TotalSeconds, 0, 2));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task RefineAsync_FailureThenSuccess_UsesTheAnswer(int status)
    {
        await using var rig = await CuratorRig.StartAsync(
            (context, number) => number == 1 ? context.JsonAsync(status, "{}") : context.PromptAsync(CuratorRig.GoodText));

        Assert.Equal(CuratorRig.GoodText, (await rig.RefineAsync()).Text);
        Assert.Equal(2, rig.Model.Requests);
    }

    [Fact]
    public async Task RefineAsync_Always500_AsksThreeTimes()
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.JsonAsync(500, "{}"));

        rig.AssertOffline("offline: server error (500)", await rig.RefineAsync());
        Assert.Equal(3, rig.Model.Requests);
        Assert.Equal("The prompt is written offline; the language model kimi-test: server error (500).", Assert.Single(rig.Log.Warnings));
    }

    [Theory]
    [InlineData(401, "key refused (401)")]
    [InlineData(403, "key refused (403)")]
    [InlineData(400, "request refused (400)")]
    [InlineData(404, "request refused (404)")]
    public async Task RefineAsync_Refused_IsNotRepeatedAndTellsNothingOfTheKey(int status, string reason)
    {
        await using var rig = await CuratorRig.StartAsync(
            (context, _) => context.JsonAsync(status, $$$"""{"error":{"message":"Incorrect API key: {{{CuratorRig.Key}}}","type":"invalid"}}"""));

        rig.AssertOffline($"offline: {reason}", await rig.RefineAsync());
        Assert.Equal(1, rig.Model.Requests);
    }

    [Fact]
    public async Task RefineAsync_Redirect_IsNotFollowed()
    {
        await using var elsewhere = await FakeModel.StartAsync((context, _) => context.PromptAsync(CuratorRig.GoodText));
        await using var rig = await CuratorRig.StartAsync((context, _) =>
        {
            context.Response.Redirect(elsewhere.Url + "/chat/completions", permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        });

        rig.AssertOffline("offline: request refused (307)", await rig.RefineAsync());
        Assert.Equal(0, elsewhere.Requests);
    }

    [Theory]
    [InlineData("{\"id\":\"x\",\"choices\":[{\"index\":0,\"mess")]
    [InlineData("<html>Bad gateway</html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"choices\":[]}")]
    [InlineData("{\"choices\":[{}]}")]
    [InlineData("{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":42}}]}")]
    public async Task RefineAsync_AnswerThatIsNoCompletion_IsOffline(string body)
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.JsonAsync(200, body));

        var refined = await rig.RefineAsync();

        Assert.Contains(refined.Explanation.Curator, (string[])["offline: answer cannot be read", "offline: answer is not JSON"]);
        rig.AssertOffline(refined.Explanation.Curator, refined);
        Assert.Equal(1, rig.Model.Requests);
    }

    [Theory]
    [InlineData("{\"prompt\": \"Fast bra", "answer is not JSON")]
    [InlineData("Here is your prompt: fast brass.", "answer is not JSON")]
    [InlineData("```json\n{\"prompt\": \"x\"}\n```", "answer is not JSON")]
    [InlineData("\"fast brass\"", "answer does not fit the schema")]
    [InlineData("[{\"prompt\": \"x\"}]", "answer does not fit the schema")]
    [InlineData("{\"text\": \"x\"}", "answer does not fit the schema")]
    [InlineData("{\"prompt\": 42}", "answer does not fit the schema")]
    [InlineData("{\"prompt\": null}", "answer does not fit the schema")]
    [InlineData("{\"prompt\": \"x\", \"prompt\": \"y\"}", "answer does not fit the schema")]
    [InlineData("{\"prompt\": \"x\", \"more\": 1}", "answer does not fit the schema")]
    public async Task RefineAsync_ContentThatBreaksTheSchema_IsOffline(string content, string reason)
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.ContentAsync(content));

        rig.AssertOffline($"offline: {reason}", await rig.RefineAsync());
        Assert.Equal(1, rig.Model.Requests);
    }

    [Theory]
    [InlineData("length", "answer cut off")]
    [InlineData("content_filter", "declined by the model")]
    public async Task RefineAsync_UnfinishedAnswer_IsOffline(string finishReason, string reason)
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.ContentAsync("{\"prompt\": \"x\"}", finishReason));

        rig.AssertOffline($"offline: {reason}", await rig.RefineAsync());
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task RefineAsync_TenMegabytes_AreNotRead(bool announced, bool folded)
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.FloodAsync(announced, folded));

        rig.AssertOffline("offline: answer too large", await rig.RefineAsync());
        Assert.Equal(1, rig.Model.Requests);
    }

    [Fact]
    public async Task RefineAsync_NobodyListens_IsOffline()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var refiner = PromptRefiner.Load(
            Refining.DataFolder, new RepromptOptions { LlmUrl = $"http://127.0.0.1:{port}/v1", LlmKey = CuratorRig.Key },
            new SkippingClock(TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(4)), new HeardLog());

        Assert.Equal("offline: cannot be reached", (await refiner.RefineAsync(CuratorRig.Sentence, CancellationToken.None)).Explanation.Curator);
    }

    [Fact]
    public async Task RefineAsync_ConnectionBreaksOff_IsOffline()
    {
        await using var rig = await CuratorRig.StartAsync((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });

        rig.AssertOffline("offline: cannot be reached", await rig.RefineAsync());
        Assert.Equal(3, rig.Model.Requests);
    }

    [Fact]
    public async Task RefineAsync_RepeatedFailures_LeaveTheModelAloneForAWhile()
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.JsonAsync(500, "{}"));
        await rig.RefineAsync();
        await rig.RefineAsync();
        Assert.Equal(6, rig.Model.Requests);

        rig.AssertOffline("offline: left alone after repeated failures", await rig.RefineAsync());
        Assert.Equal(6, rig.Model.Requests);
        Assert.Contains("The language model failed repeatedly and is left alone for 30 s.", rig.Log.Warnings);

        rig.Model.Answer = (context, _) => context.PromptAsync(CuratorRig.GoodText);
        rig.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("llm (kimi-test)", (await rig.RefineAsync()).Explanation.Curator);
    }

    [Fact]
    public async Task RefineAsync_AllPlacesTaken_IsOfflineAtOnce()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = await CuratorRig.StartAsync(
            async (context, _) =>
            {
                await goOn.Task;
                await context.PromptAsync(CuratorRig.GoodText);
            },
            maxConcurrency: 2);
        var first = rig.RefineAsync();
        var second = rig.RefineAsync();
        await rig.Model.NextAsync();
        await rig.Model.NextAsync();

        rig.AssertOffline("offline: too many requests at once", await rig.RefineAsync());
        Assert.Equal(2, rig.Model.Requests);
        goOn.SetResult();

        Assert.Equal("llm (kimi-test)", (await first).Explanation.Curator);
        Assert.Equal("llm (kimi-test)", (await second).Explanation.Curator);
        Assert.Equal("llm (kimi-test)", (await rig.RefineAsync()).Explanation.Curator);
    }

    [Fact]
    public async Task RefineAsync_CallerHangsUp_IsCancelledAndItsPlaceIsFree()
    {
        await using var rig = await CuratorRig.StartAsync((context, _) => context.HangAsync(), maxConcurrency: 1);
        using var caller = new CancellationTokenSource();
        var refining = rig.Refiner.RefineAsync(CuratorRig.Sentence, caller.Token).AsTask();
        await rig.Model.NextAsync();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refining);
        rig.Model.Answer = (context, _) => context.PromptAsync(CuratorRig.GoodText);
        Assert.Equal("llm (kimi-test)", (await rig.RefineAsync()).Explanation.Curator);
    }
}
