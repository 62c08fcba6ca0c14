using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudioReprompt.RunPod;
using Microsoft.AspNetCore.Http;

namespace AudioReprompt.Cli.Bench.Soak;

/// <summary>
/// Several local workers as one endpoint: a new job goes to the next worker that answers, and what is asked of a job to the one that has it. One job in
/// <see cref="RefusedEach"/>, always the same ones, gets there with an address that a worker has to refuse, so that it fails and its message becomes poison.
/// </summary>
/// <param name="workers">Their addresses, <c>http://HOST:PORT</c>.</param>
internal sealed class WorkerBalancer(IReadOnlyList<string> workers) : IAsyncDisposable
{
    public const int RefusedEach = 100;

    private readonly ConcurrentDictionary<string, string> _workerOfJob = new();
    private readonly ConcurrentDictionary<Guid, int> _startsOfJob = new();
    private LoopbackProxy? _proxy;
    private int _next;

    public string ApiUrl => $"{_proxy!.Url}/v2/local";

    /// <summary>Jobs that a worker took, repetitions included.</summary>
    public int Starts => _startsOfJob.Values.Sum();

    /// <param name="id">The front door's.</param>
    public int StartsOf(Guid id) => _startsOfJob.GetValueOrDefault(id);

    public async Task StartAsync() => _proxy = await LoopbackProxy.StartAsync(AnswerAsync);

    public ValueTask DisposeAsync() => _proxy?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(LoopbackProxy proxy, HttpContext context)
    {
        try
        {
            var body = await LoopbackProxy.BodyAsync(context);
            var id = context.Request.Path.Value!.Split('/')[^1];
            if (_workerOfJob.TryGetValue(id, out var worker)) await HandOnAsync(proxy, context, worker, body);
            else await TryEachAsync(proxy, context, IsRun(context) ? Spoilt(body) : body);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or EndpointException)
        {
            // The job's worker is being restarted; a balancer says so.
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or BadHttpRequestException)
        {
            context.Abort();
        }
    }

    private async Task TryEachAsync(LoopbackProxy proxy, HttpContext context, byte[] body)
    {
        for (var tried = 1; ; tried++)
        {
            var worker = workers[(int)((uint)Interlocked.Increment(ref _next) % workers.Count)];
            try
            {
                await HandOnAsync(proxy, context, worker, body);
                return;
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError && tried < workers.Count)
            {
                // It certainly did not arrive there.
            }
        }
    }

    private async Task HandOnAsync(LoopbackProxy proxy, HttpContext context, string worker, byte[] body)
    {
        using var answer = await proxy.AskAsync(context, worker, body);
        if (IsRun(context) && answer.IsSuccessStatusCode)
        {
            _workerOfJob[EndpointJob.Parse(await answer.Content.ReadAsByteArrayAsync(context.RequestAborted)).Id] = worker;
            _startsOfJob.AddOrUpdate(JobOf(body), 1, (_, starts) => starts + 1);
        }

        await LoopbackProxy.GiveAsync(context, answer);
    }

    private static bool IsRun(HttpContext context) => context.Request.Path.Value!.EndsWith("/run", StringComparison.Ordinal);

    private static byte[] Spoilt(byte[] body)
    {
        var request = JsonNode.Parse(body)!;
        if (request["input"]!["seed"]!.GetValue<long>() % RefusedEach != 0) return body;
        request["input"]!["upload_url"] = "https://nobody.example/song.wav";
        return JsonSerializer.SerializeToUtf8Bytes(request);
    }

    /// <summary>The front door's id, which stands in the address that it wants to be called back at.</summary>
    private static Guid JobOf(byte[] body)
    {
        using var request = JsonDocument.Parse(body);
        return Guid.Parse(new Uri(request.RootElement.GetProperty("webhook").GetString()!).Segments[^1]);
    }
}
