using AudioReprompt.TestSupport;

namespace AudioReprompt.Hub;

public sealed class HubCacheTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/setting", "/setting", "HF_HUB_CACHE=/cache", "HF_HOME=/hf")]
    [InlineData("/cache", null, "HF_HUB_CACHE=/cache", "HF_HOME=/hf")]
    [InlineData("/hf/hub", null, "HF_HOME=/hf", "XDG_CACHE_HOME=/xdg")]
    [InlineData("/hf/hub", null, "HF_HUB_CACHE=", "HF_HOME=/hf")]
    [InlineData("/xdg/huggingface/hub", null, "XDG_CACHE_HOME=/xdg")]
    [InlineData("/home/me/.cache/huggingface/hub", null)]
    [InlineData("/home/me/models", null, "HF_HUB_CACHE=~/models")]
    public void Open_Variables_GoInThisOrder(string expected, string? setting, params string[] variables)
    {
        var environment = variables.Append("HOME=/home/me").Select(variable => variable.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Equal(expected, HubCache.Open(setting, environment).Root);
    }

    [Theory]
    [InlineData("facebook/musicgen-small", "facebook/musicgen-small", "main")]
    [InlineData("facebook/musicgen-small@main", "facebook/musicgen-small", "main")]
    [InlineData("a/b@refs/pr/1", "a/b", "refs/pr/1")]
    [InlineData("Xenova/musicgen-small@0123456789abcdef0123456789abcdef01234567", "Xenova/musicgen-small", "0123456789abcdef0123456789abcdef01234567")]
    public void Parse_Reference_IsRepositoryAndRevision(string text, string repository, string revision)
    {
        var reference = HubReference.Parse(text);
        Assert.Equal((repository, revision), ($"{reference.Repository}", reference.Revision));
    }

    [Theory]
    [InlineData("")]
    [InlineData("musicgen")]
    [InlineData("a/b/c")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/b--c")]
    [InlineData("-a/b")]
    [InlineData("a/b c")]
    [InlineData("https://huggingface.co/a/b")]
    [InlineData("a/b@")]
    [InlineData("a/b@../../x")]
    [InlineData("a/b@x/../../y")]
    [InlineData("a/b@/x")]
    [InlineData("a/b@x//y")]
    [InlineData("a/b@-x")]
    [InlineData("a/b@x y")]
    [InlineData("a/b@x\n")]
    public void Parse_NoReference_IsRefusedWithWhatIsAllowed(string text) =>
        Assert.Contains("; allowed: ", Assert.Throws<ArgumentException>(() => HubReference.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Snapshots_AfterTwoPulls_NamesThemWithTheirRevisions()
    {
        await using var rig = await HubRig.StartAsync();
        await rig.PullAsync();
        await rig.PullAsync($"{FakeHub.Repository}@v1.0");
        Directory.CreateDirectory(Path.Combine(rig.Cache.Root, "datasets--acme--songs", "snapshots", FakeHub.Commit));
        Directory.CreateDirectory(Path.Combine(rig.Cache.Root, "models--acme--tiny-music", "snapshots", "no-commit"));

        var snapshot = Assert.Single(rig.Cache.Snapshots());

        Assert.Equal((FakeHub.Repository, FakeHub.Commit, rig.SnapshotFolder), ($"{snapshot.Repository}", snapshot.Commit, snapshot.Folder));
        Assert.Equal(["main", "v1.0"], snapshot.Revisions);
    }

    [Fact]
    public void Snapshots_NoCache_AreNone() => Assert.Empty(new HubCache(_folder.Combine("missing")).Snapshots());

    [Theory]
    [InlineData("../../../etc")]
    [InlineData("")]
    [InlineData("0123")]
    public void Find_BrokenReference_IsNotFound(string content)
    {
        var refs = Directory.CreateDirectory(_folder.Combine("models--a--b", "refs")).FullName;
        Directory.CreateDirectory(_folder.Combine("models--a--b", "snapshots"));
        File.WriteAllText(Path.Combine(refs, "main"), content);
        Assert.Null(new HubCache(_folder.Path).Find(HubReference.Parse("a/b")));
    }
}
