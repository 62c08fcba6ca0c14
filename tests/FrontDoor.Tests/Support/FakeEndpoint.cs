using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AudioReprompt.Audio;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Tests.FrontDoor.Support;

/// <summary>What a scripted endpoint does with the jobs it is given.</summary>
public enum EndpointBehaviour
{
    /// <summary>Uploads a right WAV and is done.</summary>
    Complete,

    /// <summary>Returns the WAV in base64 and is done.</summary>
    CompleteInline,

    /// <summary>Says IN_PROGRESS until told otherwise.</summary>
    Hold,

    /// <summary>Posts an error.</summary>
    Fail,
}

/// <summary>A RunPod endpoint on loopback that does what the test says.</summary>
public sealed class FakeEndpoint : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, FakeJob> _jobs = new();
    private int _lastId;
    private int _healthLooks;

    private FakeEndpoint(WebApplication app) => _app = app;

    public string Address => $"{_app.Urls.First()}/v2/fake";

    public EndpointBehaviour Behaviour { get; set; } = EndpointBehaviour.Complete;

    /// <summary>The <c>error</c> of a job that fails.</summary>
    public string Error { get; set; } = "out of memory";

    public bool SendsWebhook { get; set; } = true;

    /// <summary>Answers every call with this instead.</summary>
    public int? Status { get; set; }

    /// <summary>Changes the output of a finished job before it is told.</summary>
    public Action<JsonObject>? Tamper { get; set; }

    /// <summary>Jobs that <c>/health</c> says are waiting; null: it does not tell (404).</summary>
    public int? Waiting { get; set; } = 0;

    /// <summary>How often <c>/health</c> was asked.</summary>
    public int HealthLooks => Volatile.Read(ref _healthLooks);

    public IReadOnlyCollection<FakeJob> Jobs => [.. _jobs.Values.OrderBy(job => job.Number)];

    public static async Task<FakeEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var endpoint = new FakeEndpoint(app);
        app.Use((context, next) => endpoint.Status is { } status ? Refuse(context, status) : next(context));
        app.MapPost("/v2/fake/run", (Delegate)endpoint.RunAsync);
        app.MapGet("/v2/fake/status/{id}", endpoint.Show);
        app.MapPost("/v2/fake/cancel/{id}", endpoint.Cancel);
        app.MapGet("/v2/fake/health", endpoint.ShowHealth);
        await app.StartAsync();
        return endpoint;
    }

    /// <summary>Ends a held job with a right WAV.</summary>
    public Task FinishAsync(FakeJob job) => CompleteAsync(job, inline: false);

    /// <summary>As if the worker had been killed with all it knew.</summary>
    public void Forget() => _jobs.Clear();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync("""{"error":"told to"}""");
    }

    private async Task<IResult> RunAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        var number = Interlocked.Increment(ref _lastId);
        var job = new FakeJob($"fake-{number}", number, body);
        _jobs[job.Id] = job;
        switch (Behaviour)
        {
            case EndpointBehaviour.Complete or EndpointBehaviour.CompleteInline:
                // A worker takes its time: the answer to run goes first.
                var inline = Behaviour == EndpointBehaviour.CompleteInline;
                context.Response.OnCompleted(() => CompleteAsync(job, inline));
                break;
            case EndpointBehaviour.Fail:
                job.Record = new JsonObject { ["id"] = job.Id, ["status"] = "FAILED", ["error"] = Error };
                break;
            default:
                job.Record = new JsonObject { ["id"] = job.Id, ["status"] = "IN_PROGRESS", ["output"] = new JsonObject { ["progress"] = 0.25 } };
                break;
        }

        return Results.Json(new { id = job.Id, status = "IN_QUEUE" });
    }

    private IResult ShowHealth()
    {
        Interlocked.Increment(ref _healthLooks);
        return Waiting is { } waiting
            ? Results.Json(new { jobs = new { inQueue = waiting }, workers = new { idle = 1 } })
            : Results.Json(new { error = "no such path" }, statusCode: 404);
    }

    private IResult Show(string id) => _jobs.TryGetValue(id, out var job)
        ? Results.Text(job.Record.ToJsonString(), "application/json")
        : Results.Json(new { error = "job not found" }, statusCode: 404);

    private IResult Cancel(string id)
    {
        if (_jobs.TryGetValue(id, out var job))
        {
            job.WasCancelled = true;
            job.Record = new JsonObject { ["id"] = id, ["status"] = "CANCELLED" };
        }

        return Results.Json(new { id, status = "CANCELLED" });
    }

    private async Task CompleteAsync(FakeJob job, bool inline)
    {
        var wav = TestWav.Make(job.DurationSeconds);
        var output = new JsonObject
        {
            ["prompt"] = job.Input["prompt"]!.GetValue<string>(),
            ["audio_wav_size"] = wav.Length,
            ["sample_rate"] = TestWav.SampleRate,
            ["channels"] = 1,
            ["duration_seconds"] = job.DurationSeconds,
            ["seed"] = job.Input["seed"]!.GetValue<long>(),
            ["engine"] = "fake",
            ["model"] = "fake-1",
            ["timings"] = new JsonObject { ["generate"] = 12.5 },
        };
        if (inline)
        {
            output["audio_base64"] = Convert.ToBase64String(wav);
        }
        else
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, job.UploadUrl) { Content = new ByteArrayContent(wav) };
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
            using var answer = await Http.SendAsync(request);
            job.UploadStatus = (int)answer.StatusCode;
            output["audio_url"] = job.UploadUrl.Split('?')[0];
        }

        Tamper?.Invoke(output);
        job.Record = new JsonObject { ["id"] = job.Id, ["status"] = "COMPLETED", ["output"] = output, ["delayTime"] = 1, ["executionTime"] = 2 };
        if (SendsWebhook && job.Webhook is { } webhook)
        {
            using var body = new StringContent(job.Record.ToJsonString(), null, "application/json");
            using var answer = await Http.PostAsync(webhook, body);
            job.WebhookStatus = (int)answer.StatusCode;
        }
    }
}

/// <summary>A job as the scripted endpoint got it.</summary>
public sealed class FakeJob(string id, int number, JsonNode body)
{
    public string Id { get; } = id;
    public int Number { get; } = number;
    public JsonNode Input => body["input"]!;
    public string UploadUrl => Input["upload_url"]!.GetValue<string>();
    public double DurationSeconds => Input["duration_seconds"]!.GetValue<double>();
    public string? Webhook => body["webhook"]?.GetValue<string>();

    /// <summary>What <c>status</c> tells.</summary>
    public JsonObject Record { get; set; } = new() { ["id"] = id, ["status"] = "IN_QUEUE" };

    public bool WasCancelled { get; set; }
    public int? UploadStatus { get; set; }
    public int? WebhookStatus { get; set; }
}

/// <summary>A short sine as a WAV.</summary>
public static class TestWav
{
    public const int SampleRate = 8000;

    public static byte[] Make(double durationSeconds)
    {
        var samples = new float[(int)Math.Round(durationSeconds * SampleRate)];
        for (var index = 0; index < samples.Length; index++) samples[index] = 0.5f * MathF.Sin(index * 0.2f);
        return WavFile.EncodePcm16(samples, SampleRate, 1);
    }
}
