using System.Text.Json.Nodes;
using AudioReprompt.TestSupport;
using Microsoft.AspNetCore.Http;

namespace AudioReprompt.Hub;

/// <summary>A hub that refuses, fails, or is hostile.</summary>
public sealed class RefusalTests
{
    private const string ListPath = $"/api/models/{FakeHub.Repository}/revision/main";

    [Theory]
    [InlineData(401, "GatedRepo", "", HubFault.NoAccess, "is gated: accept its licence on HUB/acme/tiny-music, make a token at HUB/settings/tokens, and set HF_TOKEN")]
    [InlineData(403, "GatedRepo", HubRig.Token, HubFault.NoAccess, "the account of HF_TOKEN has no access yet: accept its licence on HUB/acme/tiny-music")]
    [InlineData(401, null, "", HubFault.NoAccess, "acme/tiny-music does not exist, or is private or gated: check the name")]
    [InlineData(401, null, HubRig.Token, HubFault.NoAccess, "The hub refused HF_TOKEN (401): it is wrong, expired or revoked; make one at HUB/settings/tokens")]
    [InlineData(403, null, HubRig.Token, HubFault.NoAccess, "HF_TOKEN may not read acme/tiny-music (403): accept its licence on HUB/acme/tiny-music")]
    [InlineData(403, null, "", HubFault.NoAccess, "may not be read without a token (403)")]
    [InlineData(404, "RepoNotFound", "", HubFault.NotFound, "has no model acme/tiny-music, or it is private")]
    [InlineData(404, "RevisionNotFound", "", HubFault.NotFound, "acme/tiny-music has no revision main")]
    [InlineData(400, null, "", HubFault.BadAnswer, "answered 400 when asked for acme/tiny-music")]
    public async Task Pull_Refused_SaysWhatToDo(int status, string? code, string token, HubFault fault, string said)
    {
        await using var rig = await HubRig.StartAsync();
        // A server that repeats the token it was sent.
        Answer(rig, ListPath, context => FakeHub.RefuseAsync(context, status, code, $"no access {context.Request.Headers.Authorization}"));

        var exception = await rig.FailAsync(token: token);

        Assert.Equal(fault, exception.Fault);
        Assert.Contains(said.Replace("HUB", rig.Hub.Url, StringComparison.Ordinal), exception.Message, StringComparison.Ordinal);
        Assert.Single(rig.Hub.HubAsked);
        Assert.False(Directory.Exists(rig.Cache.Root));
    }

    [Fact]
    public async Task Pull_FileGone_NamesFileAndCommit()
    {
        await using var rig = await HubRig.StartAsync();
        Answer(rig, $"/{FakeHub.Repository}/resolve/{FakeHub.Commit}/tokenizer.json", context => FakeHub.RefuseAsync(context, 404, "EntryNotFound", "Entry not found"));

        var exception = await rig.FailAsync();

        Assert.Equal((HubFault.NotFound, $"acme/tiny-music has no file tokenizer.json at {FakeHub.Commit}."), (exception.Fault, exception.Message));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task Pull_HubBusyTwice_IsTriedAgain(int status)
    {
        await using var rig = await HubRig.StartAsync();
        AnswerFirst(rig, ListPath, 2, context => FakeHub.RefuseAsync(context, status, null, "busy"));
        await rig.PullAsync();
        rig.AssertWeightsAreWhole();
        Assert.Equal(2, rig.Clock.Pauses.Count);
    }

    [Theory]
    [InlineData("/" + HubRig.Weights)]
    [InlineData(ListPath)]
    public async Task Pull_RetryAfter_IsKeptTo(string path)
    {
        await using var rig = await HubRig.StartAsync();
        AnswerFirst(rig, path, 1, context =>
        {
            context.Response.Headers.RetryAfter = "17";
            return FakeHub.RefuseAsync(context, 429, null, "slow down");
        });
        await rig.PullAsync();
        Assert.Equal([TimeSpan.FromSeconds(17)], rig.Clock.Pauses);
    }

    [Fact]
    public async Task Pull_RetryAfterAnHour_IsLeftToTheUser()
    {
        await using var rig = await HubRig.StartAsync();
        Answer(rig, ListPath, context =>
        {
            context.Response.Headers.RetryAfter = "3600";
            return FakeHub.RefuseAsync(context, 429, null, "slow down");
        });

        var exception = await rig.FailAsync();

        Assert.Contains("Try again in 3600 s.", exception.Message, StringComparison.Ordinal);
        Assert.Single(rig.Hub.HubAsked);
        Assert.Empty(rig.Clock.Pauses);
    }

    [Fact]
    public async Task Pull_HubDown_SaysSoAfterAllTries()
    {
        await using var rig = await HubRig.StartAsync();
        Answer(rig, ListPath, context => FakeHub.RefuseAsync(context, 500, null, "Internal error"));

        var exception = await rig.FailAsync();

        Assert.Equal(HubFault.Unreachable, exception.Fault);
        Assert.Contains("cannot serve now (500). The hub says: \"Internal error\".", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1 + HubRetry.Retries, rig.Hub.HubAsked.Count);
    }

    [Fact]
    public async Task Pull_NobodyListens_SaysSoAfterAllTries()
    {
        await using var rig = await HubRig.StartAsync();
        await rig.Hub.StopAsync();

        var exception = await rig.FailAsync();

        Assert.Equal(HubFault.Unreachable, exception.Fault);
        Assert.Contains("cannot be reached", exception.Message, StringComparison.Ordinal);
        Assert.Equal(HubRetry.Retries, rig.Clock.Pauses.Count);
    }

    [Theory]
    [InlineData(HubRig.Weights, "SHA-256")]
    [InlineData("tokenizer.json", "git hash")]
    public async Task Pull_WrongHash_IsDeletedAndNamed(string name, string kind)
    {
        await using var rig = await HubRig.StartAsync();
        var promised = rig.Hub.BlobName(name);
        Answer(rig, rig.Hub.IsLfs(name) ? $"/{name}" : $"/{FakeHub.Repository}/resolve/{FakeHub.Commit}/{name}", context =>
        {
            var broken = rig.Hub.Files[name].ToArray();
            broken[^1] ^= 1;
            return context.Response.Body.WriteAsync(broken).AsTask();
        });

        var exception = await rig.FailAsync();

        Assert.Equal(HubFault.WrongContent, exception.Fault);
        Assert.Contains($"{name} of acme/tiny-music", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"was deleted: its {kind} is ", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"the hub promised {promised}", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(rig.InCache(), path => path.Contains(promised, StringComparison.Ordinal) && !path.EndsWith(".lock", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(rig.SnapshotFolder, name)));
    }

    [Fact]
    public async Task Pull_MoreBytesThanPromised_IsStoppedThere()
    {
        await using var rig = await HubRig.StartAsync();
        Answer(rig, "/" + HubRig.Weights, async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(new byte[100_000]);
        });

        var exception = await rig.FailAsync();

        Assert.Equal(HubFault.WrongContent, exception.Fault);
        Assert.Contains("longer than the 300000 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(rig.BlobsFolder, "*.incomplete"));
    }

    [Theory]
    [InlineData("X-Linked-Etag", "\"0000000000000000000000000000000000000000000000000000000000000000\"")]
    [InlineData("X-Linked-Size", "5")]
    [InlineData("X-Repo-Commit", "ffffffffffffffffffffffffffffffffffffffff")]
    public async Task Pull_HubGivesAnotherFileThanListed_IsRefusedBeforeTheDownload(string header, string value)
    {
        await using var rig = await HubRig.StartAsync();
        Answer(rig, $"/{FakeHub.Repository}/resolve/{FakeHub.Commit}/{HubRig.Weights}", context =>
        {
            context.Response.Headers[header] = value;
            context.Response.Redirect($"{rig.Hub.DeliveryUrl}/{HubRig.Weights}");
            return Task.CompletedTask;
        });

        var exception = await rig.FailAsync();

        Assert.Equal(HubFault.BadAnswer, exception.Fault);
        Assert.Contains(header, exception.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Hub.DeliveryAsked);
    }

    [Theory]
    [InlineData("../outside.json")]
    [InlineData("/etc/passwd.json")]
    [InlineData("a/../../b.json")]
    [InlineData("..\\outside.json")]
    [InlineData("C:outside.json")]
    [InlineData("a//b.json")]
    [InlineData("./a.json")]
    [InlineData("a/")]
    [InlineData("")]
    [InlineData("a\u001b[2J.json")]
    [InlineData("config.json")]
    [InlineData("config.json/b.json")]
    public async Task Pull_HostileFileName_IsRefusedAndNothingIsWritten(string name)
    {
        await using var rig = await HubRig.StartAsync();
        rig.Hub.Tamper = list => list["siblings"]!.AsArray().Add(new JsonObject
        {
            ["rfilename"] = name,
            ["size"] = 2,
            ["blobId"] = FakeHub.GitHash("{}"u8.ToArray()),
        });

        var exception = await rig.FailAsync();

        Assert.Equal(HubFault.BadAnswer, exception.Fault);
        Assert.DoesNotContain('\u001b', exception.Message);
        Assert.False(Directory.Exists(rig.Cache.Root));
        Assert.Single(rig.Hub.HubAsked);
    }

    [Theory]
    [InlineData("sha", "\"../../../../tmp/x\"")]
    [InlineData("sha", "\"main\"")]
    [InlineData("sha", "null")]
    [InlineData("siblings", "null")]
    [InlineData("siblings", "[{\"rfilename\": \"config.json\", \"size\": 2, \"blobId\": \"../../outside\"}]")]
    [InlineData("siblings", "[{\"rfilename\": \"config.json\", \"size\": 2, \"lfs\": {\"sha256\": \"../outside\"}}]")]
    [InlineData("siblings", "[{\"rfilename\": \"config.json\", \"size\": -2, \"blobId\": \"0123456789abcdef0123456789abcdef01234567\"}]")]
    [InlineData("siblings", "[{\"rfilename\": \"config.json\", \"size\": 1e300, \"blobId\": \"0123456789abcdef0123456789abcdef01234567\"}]")]
    [InlineData("siblings", "[{\"rfilename\": \"config.json\", \"blobId\": \"0123456789abcdef0123456789abcdef01234567\"}]")]
    [InlineData("siblings", "[{\"rfilename\": 5}]")]
    [InlineData("siblings", "[5]")]
    public async Task Pull_HostileList_IsRefused(string member, string value)
    {
        await using var rig = await HubRig.StartAsync();
        rig.Hub.Tamper = list => list[member] = JsonNode.Parse(value);
        Assert.Equal(HubFault.BadAnswer, (await rig.FailAsync()).Fault);
        Assert.False(Directory.Exists(rig.Cache.Root));
    }

    [Fact]
    public async Task Pull_PageInsteadOfTheList_IsRefused()
    {
        await using var rig = await HubRig.StartAsync();
        Answer(rig, ListPath, context => context.Response.WriteAsync("<html>Log in to the network</html>"));
        Assert.Equal(HubFault.BadAnswer, (await rig.FailAsync()).Fault);
    }

    [Fact]
    public async Task Pull_RedirectsForEver_IsStopped()
    {
        await using var rig = await HubRig.StartAsync();
        Answer(rig, ListPath, context =>
        {
            context.Response.Redirect(ListPath);
            return Task.CompletedTask;
        });
        var exception = await rig.FailAsync();
        Assert.Contains("redirects more than 5 times", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_PickleOnly_IsRefusedWithTheReason()
    {
        var files = HubRig.Model();
        files.Remove(HubRig.Weights);
        await using var rig = await HubRig.StartAsync(files);

        var exception = await rig.FailAsync();

        Assert.Equal(HubFault.Unsuitable, exception.Fault);
        Assert.Contains("only as pickle (pytorch_model.bin), which runs code when it is loaded and is never downloaded", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(rig.Hub.HubAsked, asked => asked.Path.EndsWith(".bin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pull_OnnxThatIsNotThere_NamesWhatIs()
    {
        var files = HubRig.Model();
        foreach (var part in new[] { "text_encoder", "decoder_model_merged", "encodec_decode" }) files[$"onnx/{part}_quantized.onnx"] = [1];
        await using var rig = await HubRig.StartAsync(files);

        var exception = await rig.FailAsync(onnx: OnnxVariant.Fp16);

        Assert.Contains("has no onnx/text_encoder_fp16.onnx, onnx/decoder_model_merged_fp16.onnx, onnx/encodec_decode_fp16.onnx", exception.Message, StringComparison.Ordinal);
        Assert.Contains("It has --onnx quantized.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model_type": "gpt2"}""", "a model of type \"gpt2\"; used here: musicgen, clap")]
    [InlineData("""{"model_type": "musicgen_melody"}""", "a model of type \"musicgen_melody\"")]
    [InlineData("{}", "of a kind that its config.json does not name")]
    [InlineData("not JSON", "of a kind that its config.json does not name")]
    public async Task Pull_OtherModel_IsRefusedBeforeItsWeights(string config, string said)
    {
        var files = HubRig.Model();
        files["config.json"] = HubRig.Text(config);
        await using var rig = await HubRig.StartAsync(files);

        var exception = await rig.FailAsync();

        Assert.Equal(HubFault.Unsuitable, exception.Fault);
        Assert.Contains(said, exception.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Hub.DeliveryAsked);
        Assert.Empty(rig.Announced);
    }

    [Theory]
    [InlineData("""{"weight_map": {"a": "../../outside.safetensors"}}""", "which the repository does not have")]
    [InlineData("""{"weight_map": 5}""", "is no index of weights")]
    [InlineData("[]", "is no index of weights")]
    public async Task Pull_HostileIndex_IsRefused(string index, string said)
    {
        var files = HubRig.Model();
        files.Remove(HubRig.Weights);
        files["model.safetensors.index.json"] = HubRig.Text(index);
        await using var rig = await HubRig.StartAsync(files);
        Assert.Contains(said, (await rig.FailAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pull_TokenThatIsNoHeader_IsRefusedWithoutShowingIt()
    {
        await using var rig = await HubRig.StartAsync();
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => rig.PullAsync(token: "hf_S3cret\nX-Evil: 1"));
        Assert.DoesNotContain("S3cret", exception.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Hub.HubAsked);
    }

    private static void Answer(HubRig rig, string path, Func<HttpContext, Task> answer) => AnswerFirst(rig, path, int.MaxValue, answer);

    private static void AnswerFirst(HubRig rig, string path, int times, Func<HttpContext, Task> answer) => rig.Hub.Interfere = async (context, asked, number) =>
    {
        if (asked != path || number > times) return false;
        await answer(context);
        return true;
    };
}
