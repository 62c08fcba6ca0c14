using System.Net;
using System.Text;
using System.Text.Json;
using AudioReprompt.Configuration;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Platform;
using Microsoft.AspNetCore.Builder;

namespace AudioReprompt.Worker.Tests.Support;

/// <summary>The local API around a handler of the test's, on a free port.</summary>
internal sealed class ServedHandler : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServedHandler(WebApplication app)
    {
        _app = app;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Url };
    }

    public Uri Url => new(_app.Urls.Single());

    public HttpClient Http { get; }

    public static async Task<ServedHandler> StartAsync(Handler handler, int concurrency = 1, string? endpointId = null)
    {
        var options = new AudioRepromptOptions
        {
            Worker = new WorkerOptions { Port = 0, Concurrency = concurrency },
            Logging = new LoggingOptions { Level = "none" },
        };
        var app = WorkerHost.Build(options, _ => handler, PlatformEnvironment.Read(name => name == "RUNPOD_ENDPOINT_ID" ? endpointId : null));
        await app.StartAsync();
        return new ServedHandler(app);
    }

    public static Task<ServedHandler> EchoAsync() => StartAsync(Handler.Of(job => job.Input));

    /// <summary>POSTs JSON.</summary>
    public async Task<JsonElement> PostAsync(string path, string body, HttpStatusCode expected = HttpStatusCode.OK, string? contentType = "application/json")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType is not null) content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await Http.PostAsync(path, content).InTime();
        return await RunningWorker.ReadAsync(response, expected);
    }

    /// <summary>Runs a job to its end.</summary>
    /// <returns>Its record.</returns>
    public Task<JsonElement> RunSyncAsync(string input) => PostAsync("/runsync", $$"""{"input":{{input}}}""");

    /// <summary>Submits a job.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> RunAsync(string input, string more = "") =>
        (await PostAsync("/run", $$"""{"input":{{input}}{{more}}}""")).GetProperty("id").GetString()!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }
}
