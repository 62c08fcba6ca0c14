using System.Text.Json.Nodes;
using AudioReprompt.TestSupport;
using Microsoft.AspNetCore.Http;

namespace AudioReprompt.Hub;

/// <summary>A hub, or something on the way to it, that is broken or hostile.</summary>
public sealed class HostileHubTests
{
    private const string ListPath = $"/api/models/{FakeHub.Repository}/revision/main";

    [Theory]
    [InlineData(HubRig.Weights, "SHA-256")]
    [InlineData("tokenizer.json", "git hash")]
    public async Task Pull_WrongHash_IsDeletedAndNamed(string name, string kind)
    {
        await using var rig = await HubRig.StartAsync();
        var promised = rig.Hub.BlobName(name);
        rig.Hub.Answer(rig.Hub.IsLfs(name) ? $"/{name}" : $"/{FakeHub.Repository}/resolve/{FakeHub.Commit}/{name}", context =>
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
        rig.Hub.Answer("/" + HubRig.Weights, async context =>
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
        rig.Hub.Answer($"/{FakeHub.Repository}/resolve/{FakeHub.Commit}/{HubRig.Weights}", context =>
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
        rig.Hub.Answer(ListPath, context => context.Response.WriteAsync("<html>Log in to the network</html>"));
        Assert.Equal(HubFault.BadAnswer, (await rig.FailAsync()).Fault);
    }

    [Fact]
    public async Task Pull_RedirectsForEver_IsStopped()
    {
        await using var rig = await HubRig.StartAsync();
        rig.Hub.Answer(ListPath, context =>
        {
            context.Response.Redirect(ListPath);
            return Task.CompletedTask;
        });
        var exception = await rig.FailAsync();
        Assert.Contains("redirects more than 5 times", exception.Message, StringComparison.Ordinal);
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
}
