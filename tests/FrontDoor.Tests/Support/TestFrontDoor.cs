using System.Net;
using System.Text;
using System.Text.Json;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor;
using AudioReprompt.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Tests.FrontDoor.Support;

/// <summary>A real front door on a free port of loopback, with a scripted endpoint and a storage folder of its own.</summary>
public sealed class TestFrontDoor : IAsyncDisposable
{
    public const string Prompt = "A spicy taco at a noisy street stand";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly TemporaryFolder? _ownFolder;
    private readonly bool _ownsEndpoint;

    private TestFrontDoor(WebApplication app, FakeEndpoint endpoint, bool ownsEndpoint, TemporaryFolder? ownFolder)
    {
        (_app, Endpoint, _ownsEndpoint, _ownFolder) = (app, endpoint, ownsEndpoint, ownFolder);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public FakeEndpoint Endpoint { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="settings">Environment variables on top of the tests' own.</param>
    /// <param name="folder">Storage that outlives this front door.</param>
    public static async Task<TestFrontDoor> StartAsync(
        Dictionary<string, string>? settings = null,
        Action<IServiceCollection>? replace = null,
        FakeEndpoint? endpoint = null,
        TemporaryFolder? folder = null)
    {
        var ownsEndpoint = endpoint is null;
        endpoint ??= await FakeEndpoint.StartAsync();
        var ownFolder = folder is null ? new TemporaryFolder() : null;
        var environment = new Dictionary<string, string>
        {
            ["AUDIOREPROMPT__API__PORT"] = "0",
            ["AUDIOREPROMPT__API__RATE_LIMIT_PER_MINUTE"] = "0",
            ["AUDIOREPROMPT__STORAGE__PATH"] = (folder ?? ownFolder)!.Path,
            ["AUDIOREPROMPT__DISPATCH__POLL_INTERVAL_MILLISECONDS"] = "20",
            ["AUDIOREPROMPT__RUNPOD__RETRY_DELAY_MILLISECONDS"] = "1",
            ["AUDIOREPROMPT__RUNPOD__BREAK_SECONDS"] = "0.5",
            // Or a busy machine would make the tests wait for it.
            ["AUDIOREPROMPT__SCORING__NICE"] = "0",
            ["AUDIOREPROMPT__LOGGING__LEVEL"] = Environment.GetEnvironmentVariable("TEST_LOG_LEVEL") ?? "none",
            ["RUNPOD_API_URL"] = endpoint.Address,
        };
        foreach (var (name, value) in settings ?? []) environment[name] = value;
        var configuration = ConfigurationLoader.Load(Path.Combine(Repository.Root, "config.yaml"), environment);
        var app = FrontDoorHost.Build(configuration, replace: replace);
        await app.StartAsync();
        return new TestFrontDoor(app, endpoint, ownsEndpoint, ownFolder);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, new StringContent(json, Encoding.UTF8, "application/json"), headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    /// <summary>Accepts a job and returns its id.</summary>
    public async Task<string> GenerateAsync(string? json = null)
    {
        using var response = await PostAsync("/api/audio/generate", json ?? Body());
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return (await JsonOf(response)).GetProperty("audio_id").GetString()!;
    }

    /// <summary>Waits until the endpoint was asked this often how many jobs wait there.</summary>
    public async Task EndpointIsAskedAsync(int times)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (Endpoint.HealthLooks < times) await Task.Delay(5, limit.Token);
    }

    /// <summary>Looks until the job is as wanted; fails with its last answer when it never is.</summary>
    public async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            using var response = await Http.GetAsync($"/api/audio/{id}");
            var answer = await JsonOf(response);
            if (wanted(answer)) return answer;
            if (limit.IsCancellationRequested) Assert.Fail($"The job is not as wanted: {answer}");
            await Task.Yield();
        }
    }

    public Task<JsonElement> UntilAsync(string id, string status) =>
        UntilAsync(id, answer => answer.GetProperty("status").GetString() == status);

    public static string Body(string prompt = Prompt, string more = "") => $$"""{"prompt":"{{prompt}}","duration_seconds":1,"seed":7{{more}}}""";

    public static async Task<JsonElement> JsonOf(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return document.RootElement.Clone();
    }

    /// <summary>Asserts a problem document of this status and returns it.</summary>
    public static async Task<JsonElement> ProblemOf(HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await JsonOf(response);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Equal(response.Headers.GetValues("X-Request-Id").Single(), problem.GetProperty("request_id").GetString());
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsEndpoint) await Endpoint.DisposeAsync();
        _ownFolder?.Dispose();
    }
}
