using System.Text;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Platform;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 5 to 10: addresses and headers.</summary>
public class RequestTests
{
    private static readonly Handler Streaming = Handler.Of((StreamingJobHandler)((job, _) => Values(job)));

    [Fact]
    public async Task P05_Id_InEachTemplate_IsTheWorkersOrTheJobs()
    {
        await using var rig = await PlatformRig.StartAsync(Streaming);
        rig.Plane.OfferId("j1");
        Assert.StartsWith("/job-take/w1?", (await rig.Plane.NextAsync(Call.Take)).Path);
        Assert.StartsWith("/job-stop/w1?", (await rig.Plane.NextAsync(Call.Stop)).Path);
        Assert.StartsWith("/job-stream/w1/j1?", (await rig.Plane.NextAsync(Call.Stream)).Path);
        Assert.StartsWith("/job-done/w1/j1?", (await rig.Plane.NextAsync(Call.Done)).Path);
        Assert.StartsWith("/ping/w1?", (await rig.Plane.NextAsync(Call.Ping)).Path);
    }

    [Fact]
    public void P05_PodId_InTheTakeTemplate_IsLeftAsItIs()
    {
        var variables = PlatformRig.Variables("http://a");
        variables["RUNPOD_WEBHOOK_GET_JOB"] = "http://a/job-take/$ID?pod=$RUNPOD_POD_ID";
        variables["RUNPOD_WEBHOOK_PING"] = "http://a/ping/$RUNPOD_POD_ID/$ID";
        var environment = PlatformEnvironment.Read(variables.GetValueOrDefault);
        Assert.Equal("http://a/job-take/w1?pod=$RUNPOD_POD_ID", environment.TakeUrl);
        Assert.Equal("http://a/ping/w1/$ID", environment.PingUrl);
    }

    [Fact]
    public async Task P06_Query_OfTheTemplate_IsKeptAndFollowedByTheParameters()
    {
        await using var rig = await PlatformRig.StartAsync(
            Streaming,
            new RigOptions
            {
                Concurrency = _ => 4,
                Environment = { ["RUNPOD_WEBHOOK_POST_OUTPUT"] = "http://127.0.0.1:1/job-done/$ID?gpu=a" },
            });
        Assert.Equal("/job-take-batch/w1?gpu=NVIDIA+L4&batch_size=4&job_in_progress=0", (await rig.Plane.NextAsync(Call.Take)).Path);
        Assert.Equal("/job-stop/w1?gpu=NVIDIA+L4", (await rig.Plane.NextAsync(Call.Stop)).Path);
        rig.Plane.OfferId("j1");
        Assert.Equal("/job-stream/w1/j1?gpu=NVIDIA+L4&isStream=false", (await rig.Plane.NextAsync(Call.Stream)).Path);
    }

    [Theory]
    [InlineData("http://a/job-take/w?gpu=NVIDIA L4&x=a%2Bb+c", "http://a/job-take/w?gpu=NVIDIA+L4&x=a%2Bb+c")]
    [InlineData("http://a/$RUNPOD_GPU_TYPE_ID?g=$RUNPOD_GPU_TYPE_ID", "http://a/$RUNPOD_GPU_TYPE_ID?g=$RUNPOD_GPU_TYPE_ID")]
    public void P06_Query_BlanksAndEscapes_GoOutAsTheReferenceSendsThem(string template, string sent) =>
        Assert.Equal(sent, PlatformUrl.Parse(template)!.AbsoluteUri);

    [Fact]
    public void P07_Template_WithoutQuery_GetsAQuestionMark()
    {
        Assert.Equal("http://a/job-take/w1?job_in_progress=0", PlatformUrl.With("http://a/job-take/w1", "job_in_progress=0"));
        Assert.Equal("http://a/job-done/w/a%2F..%3Fb?x=1", PlatformUrl.With(PlatformUrl.ForJob("http://a/job-done/w/$ID", "a/..?b"), "x=1"));
    }

    [Theory]
    [InlineData("rp_ABC")]
    [InlineData("")]
    public async Task P08_Authorization_OnEveryRequest_IsTheBareKey(string key)
    {
        await using var rig = await PlatformRig.StartAsync(Streaming, new RigOptions { Environment = { ["RUNPOD_AI_API_KEY"] = key } });
        rig.Plane.OfferId("j1");
        foreach (var call in (Call[])[Call.Take, Call.Stop, Call.Stream, Call.Done])
            Assert.Equal(key, (await rig.Plane.NextAsync(call)).Header("Authorization"));
        // Without a key there is no heartbeat.
        if (key.Length > 0) Assert.Equal(key, (await rig.Plane.NextAsync(Call.Ping)).Header("Authorization"));
    }

    [Fact]
    public async Task P08_StoredKey_OfTheHomeFolder_GoesBeforeTheVariableButNotOnPings()
    {
        var key = StoredKey.Read(["# a comment", "[other]", "api_key = \"no\"", "[default]", "api_key = \"stored\" # the one"]);
        Assert.Equal("stored", key);
        Assert.Null(StoredKey.Read(["[default]", "api_key = 5"]));
        var environment = PlatformEnvironment.Read(PlatformRig.Variables("http://a").GetValueOrDefault, key);
        Assert.Equal(("stored", "the-key"), (environment.ApiKey, environment.PingKey));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task P08_Redirect_ToTheSameHost_KeepsMethodBodyAndKey()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.Script(Call.Done, new Reply(307) { Header = ("Location", $"{rig.Plane.Url}/job-done/elsewhere") });
        rig.Plane.OfferId("j1", "5");
        var first = await rig.Plane.NextAsync(Call.Done);
        var second = await rig.Plane.NextAsync(Call.Done);
        Assert.Equal(("POST", "/job-done/elsewhere", "the-key"), (second.Method, second.Path, second.Header("Authorization")));
        Assert.Equal(first.Body, second.Body);
    }

    [Fact]
    public async Task P09_Post_Headers_AreExactlyTheReferences()
    {
        await using var rig = await PlatformRig.EchoAsync();
        rig.Plane.OfferId("j1", "\"ö\"");
        var post = await rig.Plane.NextAsync(Call.Done);
        Assert.Equal("application/x-www-form-urlencoded", post.Header("Content-Type"));
        Assert.Equal("utf-8", post.Header("charset"));
        Assert.Equal("gzip, deflate", post.Header("Accept-Encoding"));
        Assert.Equal($"{post.Body.Length}", post.Header("Content-Length"));
        Assert.Null(post.Header("Transfer-Encoding"));
        Assert.StartsWith("RunPod-DotNet-Worker/", post.Header("User-Agent"));
        Assert.Equal("""{"output":"ö"}""", Encoding.UTF8.GetString(post.Body));
        Assert.Equal("application/json", (await rig.Plane.NextAsync(Call.Take)).Header("Content-Type"));
    }

    [Fact]
    public async Task P10_RequestId_OnPostsOnly_IsThatJobs()
    {
        await using var rig = await PlatformRig.StartAsync(Streaming);
        rig.Plane.OfferId("j1");
        rig.Plane.OfferId("j2");
        foreach (var id in (string[])["j1", "j2"])
        {
            Assert.Equal(id, (await rig.Plane.NextAsync(Call.Stream)).Header("X-Request-ID"));
            Assert.Equal(id, (await rig.Plane.NextAsync(Call.Done)).Header("X-Request-ID"));
        }

        for (var take = 0; take < 3; take++) Assert.Null((await rig.Plane.NextAsync(Call.Take)).Header("X-Request-ID"));
        Assert.Null((await rig.Plane.NextAsync(Call.Stop)).Header("X-Request-ID"));
    }

    private static async IAsyncEnumerable<System.Text.Json.JsonElement> Values(JobContext job)
    {
        await Task.Yield();
        yield return job.Input;
    }
}
