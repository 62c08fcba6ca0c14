using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AudioReprompt.Worker.Tests.Support;

/// <summary>What a worker asks its control plane for.</summary>
internal enum Call
{
    Take,
    Stop,
    Done,
    Stream,
    Ping,
}

/// <summary>How the control plane answers one request.</summary>
internal sealed record Reply(int Status, string Body = "", string? ContentType = "application/json")
{
    /// <summary>Break the connection instead.</summary>
    public bool Drop { get; init; }

    /// <summary>Answer when the test says so.</summary>
    public Task Held { get; init; } = Task.CompletedTask;

    /// <summary>Send half of the body, and never the rest.</summary>
    public bool Trickle { get; init; }

    public (string Name, string Value)? Header { get; init; }

    public static Reply Ok => new(200);
    public static Reply Dropped => new(0) { Drop = true };
    public static Reply Json(string body) => new(200, body);
}

/// <summary>
/// RunPod's control plane as a worker sees it, on loopback, scripted call by call. What is not scripted is answered as a well one does: takes
/// and stop polls are held, posts and pings are accepted.
/// </summary>
internal sealed class FakeControlPlane : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<Call, Channel<Received>> _received = Enum.GetValues<Call>().ToDictionary(call => call, _ => Channel.CreateUnbounded<Received>());
    private readonly Dictionary<Call, ConcurrentQueue<Reply>> _script = Enum.GetValues<Call>().ToDictionary(call => call, _ => new ConcurrentQueue<Reply>());
    private readonly Dictionary<Call, SemaphoreSlim> _scripted = Enum.GetValues<Call>().ToDictionary(call => call, _ => new SemaphoreSlim(0));
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<Call, int> _counts = new();

    private FakeControlPlane(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public int Port => new Uri(Url).Port;

    public int Count(Call call) => _counts.GetValueOrDefault(call);

    public static async Task<FakeControlPlane> StartAsync(int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var plane = new FakeControlPlane(builder.Build());
        plane._app.Run(plane.AnswerAsync);
        await plane._app.StartAsync();
        return plane;
    }

    /// <summary>How the next requests of a kind are answered, in order.</summary>
    public void Script(Call call, params Reply[] replies)
    {
        foreach (var reply in replies)
        {
            _script[call].Enqueue(reply);
            _scripted[call].Release();
        }
    }

    /// <summary>Answers a take with jobs: an object for one, an array for several.</summary>
    public void Offer(params string[] jobs) => Script(Call.Take, Reply.Json(jobs.Length == 1 ? jobs[0] : $"[{string.Join(',', jobs)}]"));

    public void OfferId(string id, string input = "{}") => Offer($$"""{"id":"{{id}}","input":{{input}}}""");

    /// <summary>The next request of a kind that nobody has looked at.</summary>
    public Task<Received> NextAsync(Call call) => _received[call].Reader.ReadAsync().AsTask().InTime();

    /// <summary>The next result, as text.</summary>
    public async Task<string> NextBodyAsync(Call call = Call.Done) => Encoding.UTF8.GetString((await NextAsync(call)).Body);

    /// <summary>Whether there is a request that nobody has looked at.</summary>
    public bool Has(Call call) => _received[call].Reader.TryPeek(out _);

    /// <summary>Ends held polls with 204, and holds none any more.</summary>
    public void Release() => _quiet.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var call = CallOf(context.Request.Path);
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _counts.AddOrUpdate(call, 1, (_, count) => count + 1);
        _received[call].Writer.TryWrite(new Received(
            context.Request.Method,
            context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray()));
        try
        {
            await SendAsync(context, await ReplyToAsync(call, context.RequestAborted));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The worker hung up, as some tests want it to.
        }
    }

    private async Task<Reply> ReplyToAsync(Call call, CancellationToken aborted)
    {
        if (call is Call.Take or Call.Stop)
        {
            var scripted = _scripted[call].WaitAsync(aborted);
            if (await Task.WhenAny(scripted, _quiet.Task) != scripted) return new Reply(204);
            await scripted;
        }

        return _script[call].TryDequeue(out var reply) ? reply : Reply.Ok;
    }

    private static async Task SendAsync(HttpContext context, Reply reply)
    {
        await reply.Held.WaitAsync(context.RequestAborted);
        if (reply.Drop)
        {
            context.Abort();
            return;
        }

        var body = Encoding.UTF8.GetBytes(reply.Body);
        context.Response.StatusCode = reply.Status;
        if (reply.Header is var (name, value)) context.Response.Headers[name] = value;
        if (reply.ContentType is not null && reply.Status != 204) context.Response.ContentType = reply.ContentType;
        if (reply.Status == 204) return;
        context.Response.ContentLength = body.Length;
        if (!reply.Trickle)
        {
            await context.Response.Body.WriteAsync(body);
            return;
        }

        await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    private static Call CallOf(PathString path) => path.Value!.Split('/') switch
    {
        [_, "job-done", ..] => Call.Done,
        [_, "job-stream", ..] => Call.Stream,
        [_, "ping", ..] => Call.Ping,
        [_, "job-stop", ..] => Call.Stop,
        _ => Call.Take,
    };
}
