using System.Text;
using AudioReprompt.Configuration;
using AudioReprompt.Reprompt.Curator;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Hub;

/// <summary>A pull from a <see cref="FakeHub"/> into a cache of its own, on a clock of its own.</summary>
internal sealed class HubRig : IAsyncDisposable
{
    public const string Token = "hf_V3ryS3cretV4lue";
    public const string Weights = "model.safetensors";

    private readonly TemporaryFolder _folder = new();
    private readonly List<HttpClient> _clients = [];

    private HubRig(FakeHub hub) => (Hub, Cache) = (hub, new HubCache(_folder.Combine("hub")));

    public FakeHub Hub { get; }

    public HubCache Cache { get; }

    public SkippingClock Clock { get; } = new(HubClient.AnswerTimeout, HubClient.StallTimeout);

    public List<PlannedPull> Announced { get; } = [];

    public string SnapshotFolder => Path.Combine(Cache.Root, "models--acme--tiny-music", "snapshots", FakeHub.Commit);

    public string BlobsFolder => Path.Combine(Cache.Root, "models--acme--tiny-music", "blobs");

    /// <summary>A MusicGen repository with so many bytes of weights.</summary>
    public static Dictionary<string, byte[]> Model(int weights = 300_000) => new()
    {
        ["README.md"] = Text("---\nlicense: cc-by-nc-4.0\ntags: [musicgen]\n---\n# Tiny\n"),
        ["config.json"] = Text("""{"model_type": "musicgen"}"""),
        ["generation_config.json"] = Text("{}"),
        ["tokenizer.json"] = Text("""{"version": "1.0"}"""),
        [Weights] = Bytes(weights, seed: 1),
        ["pytorch_model.bin"] = Bytes(100, seed: 2),
        ["samples/a.wav"] = Bytes(100, seed: 3),
    };

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    public static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static async Task<HubRig> StartAsync(Dictionary<string, byte[]>? files = null) => new(await FakeHub.StartAsync(files ?? Model()));

    public Task<PulledModel> PullAsync(
        string reference = FakeHub.Repository, OnnxVariant? onnx = null, string token = "", Action<HubProgress>? report = null, long freeBytes = long.MaxValue,
        TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var http = new HttpClient(HubClient.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _clients.Add(http);
        var client = new HubClient(http, new ModelsOptions { Endpoint = Hub.Url, Token = token }, time ?? Clock);
        var pull = new ModelPull(client, new HubDownload(client, Cache, time ?? Clock, _ => freeBytes));
        return pull.RunAsync(HubReference.Parse(reference), onnx, Announced.Add, report ?? (_ => { }), cancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
    }

    public async Task<HubException> FailAsync(string reference = FakeHub.Repository, OnnxVariant? onnx = null, string token = "", long freeBytes = long.MaxValue)
    {
        var exception = await Assert.ThrowsAsync<HubException>(() => PullAsync(reference, onnx, token, freeBytes: freeBytes));
        Assert.DoesNotContain(Token, exception.ToString(), StringComparison.Ordinal);
        return exception;
    }

    /// <summary>Everything that lies in the cache, links included, by its path in it.</summary>
    public IReadOnlyList<string> InCache() =>
        [.. Directory.EnumerateFiles(Cache.Root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Cache.Root, path)).Order(StringComparer.Ordinal)];

    /// <summary>How often the weights were fetched, from which byte on, and with which condition.</summary>
    public IReadOnlyList<(string? Range, string? IfRange)> WeightRequests() =>
        [.. Hub.DeliveryAsked.Where(asked => asked.Path == $"/{Weights}").Select(asked => (asked.Range, asked.IfRange))];

    public void AssertWeightsAreWhole()
    {
        Assert.Equal(Hub.Files[Weights], File.ReadAllBytes(Path.Combine(SnapshotFolder, Weights)));
        Assert.Empty(Directory.EnumerateFiles(BlobsFolder, "*.incomplete"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await Hub.DisposeAsync();
        _folder.Dispose();
    }
}
