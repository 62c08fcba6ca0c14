using System.Net;
using System.Text;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.LocalApi;

public class WebhookTests
{
    private static readonly Predicate<TimeSpan> TenSeconds = due => due == TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Webhook_JobCompleted_GetsTheRecordThatStatusGives()
    {
        await using var receiver = await ScriptedServer.StartAsync(200);
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var id = await RunAsync(worker, receiver, new { prompt = RunningWorker.Prompt });

        var call = await receiver.NextAsync();
        Assert.Equal("POST /hook?token=t", $"{call.Method} {call.Path}");
        Assert.Equal("application/json", call.Header("Content-Type"));
        Assert.Equal((await worker.GetAsync($"/status/{id}")).GetRawText(), Encoding.UTF8.GetString(call.Body));
    }

    [Fact]
    public async Task Webhook_JobFailed_IsCalledToo()
    {
        await using var receiver = await ScriptedServer.StartAsync(200);
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var id = await RunAsync(worker, receiver, new { prompt = "soup" });
        var call = await receiver.NextAsync();
        Assert.Contains("\"FAILED\"", Encoding.UTF8.GetString(call.Body));
        Assert.Equal((await worker.GetAsync($"/status/{id}")).GetRawText(), Encoding.UTF8.GetString(call.Body));
    }

    [Fact]
    public async Task Webhook_JobCancelledInTheQueue_IsCalledToo()
    {
        var engine = new ControlledEngine { Held = true };
        await using var receiver = await ScriptedServer.StartAsync(200);
        await using var worker = await RunningWorker.StartAsync(engine);
        await worker.RunAsync();
        await engine.StartedAsync();
        var id = await RunAsync(worker, receiver, new { prompt = RunningWorker.Prompt });
        await worker.PostAsync($"/cancel/{id}", new { });
        Assert.Equal($$"""{"id":"{{id}}","status":"CANCELLED"}""", Encoding.UTF8.GetString((await receiver.NextAsync()).Body));
    }

    [Fact]
    public async Task Webhook_ReceiverFails_IsTriedTwiceMoreTenSecondsApart()
    {
        await using var receiver = await ScriptedServer.StartAsync(500);
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        await RunAsync(worker, receiver, new { type = "health" });

        var first = await receiver.NextAsync();
        for (var repetition = 0; repetition < 2; repetition++)
        {
            // Each call has a limit of ten seconds, and ten seconds lie between two calls: two timers of the same length.
            await worker.Clock.TimerSetAsync(TenSeconds);
            await worker.Clock.PassAsync(TenSeconds);
            Assert.Equal(first.Body, (await receiver.NextAsync()).Body);
        }

        // The last call's limit, and no pause after it.
        await worker.Clock.TimerSetAsync(TenSeconds);
        await worker.App.StopAsync().InTime();
        Assert.Equal(3, receiver.Requests);
    }

    [Fact]
    public async Task Webhook_ReceiverHangs_HoldsUpNobodyAndIsTriedAgain()
    {
        await using var receiver = await ScriptedServer.StartAsync((context, number) => number == 1 ? context.HangAsync() : context.AnswerAsync(200));
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        await RunAsync(worker, receiver, new { type = "health" });
        await receiver.NextAsync();

        Assert.Equal("COMPLETED", (await worker.EndAsync(await worker.RunAsync())).GetProperty("status").GetString());

        await worker.Clock.PassAsync(TenSeconds);
        await worker.Clock.PassAsync(TenSeconds);
        await receiver.NextAsync();
    }

    [Theory]
    [InlineData("https://169.254.169.254/latest/meta-data", "names the host '169.254.169.254', which is not in worker.webhook_hosts.")]
    [InlineData("http://metadata.example/", "must be https; http is for this machine only.")]
    [InlineData("https://127.0.0.1@evil.example/hook", "may not hold a user name or password.")]
    public async Task Webhook_AddressNotAllowed_IsRefusedAndNoJobIsMade(string address, string fault)
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var refused = await worker.PostAsync("/run", new { input = new { prompt = RunningWorker.Prompt }, webhook = address }, HttpStatusCode.UnprocessableEntity);
        Assert.Equal($"Input {fault}", refused.GetProperty("detail")[0].GetProperty("msg").GetString());
        Assert.All((await worker.GetAsync("/health")).GetProperty("jobs").EnumerateObject(), jobs => Assert.Equal(0, jobs.Value.GetInt32()));
    }

    [Fact]
    public async Task Webhook_ReceiverRedirects_IsNotFollowed()
    {
        await using var elsewhere = await ScriptedServer.StartAsync(200);
        await using var receiver = await ScriptedServer.StartAsync((context, _) =>
        {
            context.Response.Headers.Location = elsewhere.Url.AbsoluteUri;
            return context.AnswerAsync(307);
        });
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        await RunAsync(worker, receiver, new { type = "health" });
        await receiver.NextAsync();

        // The limit of the first call, and the pause after it: by then the redirect has been read.
        await worker.Clock.TimerSetAsync(TenSeconds);
        await worker.Clock.PassAsync(TenSeconds);
        await receiver.NextAsync();
        Assert.Equal(0, elsewhere.Requests);
    }

    private static async Task<string> RunAsync(RunningWorker worker, ScriptedServer receiver, object input)
    {
        var submitted = await worker.PostAsync("/run", new { input, webhook = new Uri(receiver.Url, "/hook?token=t") });
        return submitted.GetProperty("id").GetString()!;
    }
}
