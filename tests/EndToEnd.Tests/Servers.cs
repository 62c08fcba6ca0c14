using System.Globalization;
using System.Text;
using System.Text.Json;
using AudioReprompt.Cli.Servers;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

/// <summary>A front door and a worker as processes that a test can kill and start again.</summary>
internal sealed class Servers : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;
    private readonly List<ChildServer> _started = [];

    public Servers(IReadOnlyDictionary<string, string>? settings = null)
    {
        _environment = new Dictionary<string, string>
        {
            ["AUDIOREPROMPT_CONFIG"] = Path.Combine(Repository.Root, "config.yaml"),
            ["AUDIOREPROMPT__STORAGE__PATH"] = _folder.Path,
            ["AUDIOREPROMPT__API__PORT"] = Port(),
            ["AUDIOREPROMPT__API__RATE_LIMIT_PER_MINUTE"] = "0",
            ["AUDIOREPROMPT__WORKER__PORT"] = Port(),
            ["AUDIOREPROMPT__DISPATCH__VISIBILITY_TIMEOUT_SECONDS"] = "2",
            ["AUDIOREPROMPT__RUNPOD__BREAK_SECONDS"] = "0.5",
            // Or a busy machine would make the tests wait for it.
            ["AUDIOREPROMPT__SCORING__NICE"] = "0",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) _environment[name] = value;
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_environment["AUDIOREPROMPT__API__PORT"]}") };
    }

    public HttpClient Http { get; }

    public Task<ChildServer> StartFrontDoorAsync() => ReadyAsync(ServerPair.StartFrontDoor(_environment, _folder.Combine("logs")));

    public Task<ChildServer> StartWorkerAsync() => ReadyAsync(ServerPair.StartWorker(_environment, _folder.Combine("logs")));

    public async Task<string> GenerateAsync(double durationSeconds, int seed)
    {
        using var body = new StringContent(
            string.Create(CultureInfo.InvariantCulture, $$"""{"prompt":"A bitter espresso alone on a rainy morning","duration_seconds":{{durationSeconds}},"seed":{{seed}}}"""), Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync("/api/audio/generate", body);
        response.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return answer.RootElement.GetProperty("audio_id").GetString()!;
    }

    public async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Programs.Patience);
        while (true)
        {
            using var response = await Http.GetAsync($"/api/audio/{id}", limit.Token);
            response.EnsureSuccessStatusCode();
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(limit.Token));
            if (wanted(answer.RootElement)) return answer.RootElement.Clone();
            if (answer.RootElement.GetProperty("status").GetString() == "failed") Assert.Fail($"The job failed: {answer.RootElement}");
        }
    }

    public Task<JsonElement> UntilAsync(string id, string status) => UntilAsync(id, job => job.GetProperty("status").GetString() == status);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var server in _started) await server.DisposeAsync();
        _folder.Dispose();
    }

    private static string Port() => ServerPair.FreePort().ToString(CultureInfo.InvariantCulture);

    private async Task<ChildServer> ReadyAsync(ChildServer server)
    {
        _started.Add(server);
        await server.ReadyAsync(Programs.Patience, CancellationToken.None);
        return server;
    }
}
