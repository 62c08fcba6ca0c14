using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AudioReprompt.Configuration;
using AudioReprompt.Music;
using AudioReprompt.Reprompt;
using AudioReprompt.Worker.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Worker.Tests.Support;

/// <summary>The worker as it is shipped, on a free port, with an engine of the test's.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    public const string Prompt = "a warm bowl of tomato soup";

    private RunningWorker(WebApplication app, WatchedClock clock)
    {
        App = app;
        Clock = clock;
        Http = new HttpClient { BaseAddress = Url };
    }

    public WebApplication App { get; }

    public WatchedClock Clock { get; }

    public HttpClient Http { get; }

    public Uri Url => new(App.Urls.Single());

    /// <summary>The worker's time stands still unless the test moves it.</summary>
    public static async Task<RunningWorker> StartAsync(
        IMusicEngine engine, int concurrency = 1, int graceSeconds = 20, Action<WebApplicationBuilder>? configure = null)
    {
        var options = new AudioRepromptOptions
        {
            Worker = new WorkerOptions { Port = 0, Concurrency = concurrency, ShutdownGraceSeconds = graceSeconds },
            Logging = new LoggingOptions { Level = "none" },
        };
        var clock = new WatchedClock();
        var app = WorkerHost.Build(
            options, [engine], (_, _) => ValueTask.FromResult(MusicalPlan.Neutral with { TempoBpm = 77 }), time: clock, configure: configure);
        await app.StartAsync();
        return new RunningWorker(app, clock);
    }

    public async Task<JsonElement> PostAsync(string path, object body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Http.PostAsJsonAsync(path, body).InTime();
        return await ReadAsync(response, expected);
    }

    public async Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Http.GetAsync(path).InTime();
        return await ReadAsync(response, expected);
    }

    /// <summary>Submits a job.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> RunAsync(object? input = null) =>
        (await PostAsync("/run", new { input = input ?? new { prompt = Prompt } })).GetProperty("id").GetString()!;

    /// <summary>Waits for a job's end.</summary>
    /// <returns>What <c>status</c> says then.</returns>
    public async Task<JsonElement> EndAsync(string id)
    {
        await App.Services.GetRequiredService<JobBoard>().WaitAsync(id, TimeSpan.FromDays(1), CancellationToken.None).InTime();
        return await GetAsync($"/status/{id}");
    }

    public async Task<string?> StatusAsync(string id) => (await GetAsync($"/status/{id}")).GetProperty("status").GetString();

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        var text = await response.Content.ReadAsStringAsync().InTime();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonElement.Parse(text);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        // Ends whatever a test left running, without a wait for the clock that stands still.
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await App.StopAsync(atOnce.Token);
        await App.DisposeAsync();
    }
}
