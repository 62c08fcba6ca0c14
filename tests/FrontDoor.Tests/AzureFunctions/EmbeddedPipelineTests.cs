using System.Text;
using System.Text.Json.Nodes;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor;
using AudioReprompt.FrontDoor.AzureFunctions;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Tests.FrontDoor.AzureFunctions;

/// <summary>The same requests to Kestrel's front door and to one whose host has a routing of its own and only hands requests over.</summary>
public sealed class EmbeddedPipelineTests(EmbeddedPipelineTests.BothHosts hosts) : IClassFixture<EmbeddedPipelineTests.BothHosts>
{
    private const string Unknown = "/api/audio/0193cafe-0000-7000-8000-000000000000";
    private const string Key = "a-key-of-somebody";

    public static TheoryData<string, string, string?, string?> Requests => new()
    {
        { "GET", "/api/health", null, null },
        { "GET", "/api/health/ready", null, null },
        { "GET", "/api/audio?limit=5", null, null },
        { "GET", "/api/audio?limit=none", null, null },
        { "GET", Unknown, null, null },
        { "GET", "/api/audio/not-an-id", null, null },
        { "HEAD", Unknown + "/content", null, null },
        { "GET", Unknown + "/content", null, null },
        { "GET", Unknown + "/stream", null, null },
        { "GET", Unknown + "/score", null, null },
        { "GET", Unknown + "/events", null, null },
        { "DELETE", Unknown, null, null },
        { "PUT", Unknown + "/content", "audio/wav", "RIFF" },
        { "POST", "/api/prompt/refine", "application/json", """{"prompt":"A spicy taco at a noisy street stand"}""" },
        { "POST", "/api/prompt/refine", "application/json", """{"prompt":"short"}""" },
        { "POST", "/api/audio/generate", "application/json", """{"prompt":7}""" },
        { "POST", "/api/audio/generate", "text/plain", "A spicy taco at a noisy street stand" },
        { "POST", "/api/audio/generate", "application/json", "{" },
        { "POST", "/generate-audio", "application/json", """{"prompt":"A spicy taco at a noisy street stand","duration_seconds":9999}""" },
        { "POST", "/api/runpod/webhook/0193cafe-0000-7000-8000-000000000000?token=wrong", "application/json", "{}" },
        { "PATCH", "/api/audio", null, null },
        { "GET", "/api/nothing", null, null },
        { "GET", "/openapi/v1.json", null, null },
        { "GET", "/docs/index.html", null, null },
        { "GET", "/", null, null },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Answer_OfBothHosts_IsTheSame(string method, string path, string? contentType, string? body) =>
        Assert.Equal(await AnswerAsync(hosts.Kestrel.Http, method, path, contentType, body), await AnswerAsync(hosts.Embedded.Http, method, path, contentType, body));

    [Fact]
    public async Task Answer_WithoutTheKey_Is401AndWithItTheJob()
    {
        await using var embedded = await EmbeddedHost.StartAsync(new() { ["AUDIOREPROMPT_API_KEYS"] = Key });
        var refused = await AnswerAsync(embedded.Http, "GET", "/api/audio", null, null);
        Assert.StartsWith("401 application/problem+json", refused, StringComparison.Ordinal);
        embedded.Http.DefaultRequestHeaders.Add("X-Api-Key", Key);
        Assert.StartsWith("200 application/json", await AnswerAsync(embedded.Http, "GET", "/api/audio", null, null), StringComparison.Ordinal);
    }

    /// <summary>Status, kind of content, the headers that callers go by, and the body without what differs from request to request.</summary>
    private static async Task<string> AnswerAsync(HttpClient http, string method, string path, string? contentType, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, contentType!);
        using var response = await http.SendAsync(request);
        var headers = string.Join(
            ' ', response.Headers.Concat(response.Content.Headers).Select(header => header.Key).Where(name => name is not ("Date" or "Transfer-Encoding" or "Content-Length")).Order());
        return $"{(int)response.StatusCode} {response.Content.Headers.ContentType} [{headers}] {Lasting(await response.Content.ReadAsStringAsync(), http.BaseAddress!)}";
    }

    private static string Lasting(string body, Uri address)
    {
        body = body.Replace(address.GetLeftPart(UriPartial.Authority), "ADDRESS", StringComparison.Ordinal);
        if (!body.StartsWith('{')) return body;
        var json = JsonNode.Parse(body)!.AsObject();
        json.Remove("request_id");
        json.Remove("timings");
        return json.ToJsonString();
    }

    /// <summary>Started once: the requests leave nothing behind.</summary>
    public sealed class BothHosts : IAsyncLifetime
    {
        internal TestFrontDoor Kestrel { get; private set; } = null!;

        internal EmbeddedHost Embedded { get; private set; } = null!;

        public async Task InitializeAsync() => (Kestrel, Embedded) = (await TestFrontDoor.StartAsync(), await EmbeddedHost.StartAsync());

        public async Task DisposeAsync()
        {
            await Kestrel.DisposeAsync();
            await Embedded.DisposeAsync();
        }
    }

    /// <summary>A web application of another making, as the worker of Azure Functions is one.</summary>
    internal sealed class EmbeddedHost(WebApplication app, FakeEndpoint endpoint, TemporaryFolder folder) : IAsyncDisposable
    {
        public HttpClient Http { get; } = new() { BaseAddress = new Uri(app.Urls.First()) };

        public static async Task<EmbeddedHost> StartAsync(Dictionary<string, string>? settings = null)
        {
            var (endpoint, folder) = (await FakeEndpoint.StartAsync(), new TemporaryFolder());
            var environment = new Dictionary<string, string>
            {
                ["AUDIOREPROMPT__API__RATE_LIMIT_PER_MINUTE"] = "0",
                ["AUDIOREPROMPT__STORAGE__PATH"] = folder.Path,
                ["RUNPOD_API_URL"] = endpoint.Address,
            };
            foreach (var (name, value) in settings ?? []) environment[name] = value;
            var configuration = ConfigurationLoader.Load(Path.Combine(Repository.Root, "config.yaml"), environment);
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
            FrontDoorHost.AddServices(builder.Services, configuration);
            builder.Services.AddSingleton(provider => new EmbeddedPipeline(provider, configuration));
            var app = builder.Build();
            app.Map("/{**everything}", (HttpContext context, EmbeddedPipeline pipeline) => pipeline.RunAsync(context));
            await app.StartAsync();
            return new EmbeddedHost(app, endpoint, folder);
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
            await endpoint.DisposeAsync();
            folder.Dispose();
        }
    }
}
