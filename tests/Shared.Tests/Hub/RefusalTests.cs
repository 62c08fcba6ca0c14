using AudioReprompt.TestSupport;

namespace AudioReprompt.Hub;

/// <summary>A hub that refuses or fails, and repositories that are not taken.</summary>
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
        rig.Hub.Answer(ListPath, context => FakeHub.RefuseAsync(context, status, code, $"no access {context.Request.Headers.Authorization}"));

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
        rig.Hub.Answer($"/{FakeHub.Repository}/resolve/{FakeHub.Commit}/tokenizer.json", context => FakeHub.RefuseAsync(context, 404, "EntryNotFound", "Entry not found"));

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
        rig.Hub.AnswerFirst(ListPath, 2, context => FakeHub.RefuseAsync(context, status, null, "busy"));
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
        rig.Hub.AnswerFirst(path, 1, context =>
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
        rig.Hub.Answer(ListPath, context =>
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
        rig.Hub.Answer(ListPath, context => FakeHub.RefuseAsync(context, 500, null, "Internal error"));

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

    [Fact]
    public async Task Pull_TokenThatIsNoHeader_IsRefusedWithoutShowingIt()
    {
        await using var rig = await HubRig.StartAsync();
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => rig.PullAsync(token: "hf_S3cret\nX-Evil: 1"));
        Assert.DoesNotContain("S3cret", exception.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Hub.HubAsked);
    }
}
