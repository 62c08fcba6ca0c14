using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AudioReprompt.Cli.Bench;

/// <summary>RunPod's control plane on loopback: hands out a queue's jobs, takes results, holds polls, and goes wrong as it is told to.</summary>
internal sealed class BenchControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan PollHold = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SlowPause = TimeSpan.FromMilliseconds(400);

    private readonly WebApplication _app;
    private readonly BenchQueue _queue;
    private readonly BenchFaults _faults;
    private readonly TaskCompletionSource<long> _firstTake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<int, long> _answered = new();
    private int _takes;

    private BenchControlPlane(WebApplication app, BenchQueue queue, BenchFaults faults) => (_app, _queue, _faults) = (app, queue, faults);

    public string Url => _app.Urls.Single();

    /// <summary>When the first take came, as a timestamp.</summary>
    public Task<long> FirstTake => _firstTake.Task;

    public int Takes => Volatile.Read(ref _takes);

    /// <summary>From the answer of a take to the call of the handler, in milliseconds, by job.</summary>
    public ConcurrentDictionary<int, double> HandlerDelays { get; } = new();

    public static async Task<BenchControlPlane> StartAsync(BenchQueue queue, BenchFaults faults)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var plane = new BenchControlPlane(builder.Build(), queue, faults);
        plane._app.Run(plane.AnswerAsync);
        await plane._app.StartAsync();
        return plane;
    }

    /// <summary>What a container of RunPod gets, pointed here.</summary>
    public Dictionary<string, string> Environment() => new()
    {
        ["RUNPOD_WEBHOOK_GET_JOB"] = $"{Url}/job-take/$ID?gpu=bench",
        ["RUNPOD_WEBHOOK_POST_OUTPUT"] = $"{Url}/job-done/$RUNPOD_POD_ID/$ID?gpu=bench",
        ["RUNPOD_WEBHOOK_POST_STREAM"] = $"{Url}/job-stream/$RUNPOD_POD_ID/$ID?gpu=bench",
        ["RUNPOD_WEBHOOK_PING"] = $"{Url}/ping/$RUNPOD_POD_ID",
        ["RUNPOD_PING_INTERVAL"] = "1000",
        ["RUNPOD_AI_API_KEY"] = "bench",
        ["RUNPOD_POD_ID"] = "bench-worker",
    };

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var parts = context.Request.Path.Value!.Split('/');
        try
        {
            switch (parts[1])
            {
                case "job-take" or "job-take-batch":
                    await TakeAsync(context);
                    break;
                case "job-done":
                    await DoneAsync(context, int.Parse(parts[3].AsSpan(1), CultureInfo.InvariantCulture));
                    break;
                case "ping":
                    Ping(context.Request.Query["job_id"].ToString());
                    break;
                default:
                    await Task.Delay(PollHold, context.RequestAborted);
                    context.Response.StatusCode = StatusCodes.Status204NoContent;
                    break;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The worker was killed in the middle.
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        _firstTake.TrySetResult(Stopwatch.GetTimestamp());
        Interlocked.Increment(ref _takes);
        var fault = _faults.Draw();
        if (Refuses(context, fault)) return;

        var most = int.TryParse(context.Request.Query["batch_size"], CultureInfo.InvariantCulture, out var batch) ? batch : 1;
        using var hold = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        hold.CancelAfter(PollHold);
        IReadOnlyList<int> jobs;
        while (true)
        {
            var added = _queue.Added;
            jobs = _queue.Take(most);
            if (jobs.Count > 0) break;
            await added.WaitAsync(hold.Token);
        }

        var items = jobs.Select(job => string.Create(CultureInfo.InvariantCulture, $"{{\"id\":\"j{job}\",\"input\":{{\"n\":{job}}}}}")).ToList();
        if (fault == BenchFault.Duplicate) items.AddRange(items.ToArray());
        var body = items.Count == 1 ? items[0] : $"[{string.Join(',', items)}]";
        foreach (var job in jobs) _answered[job] = Stopwatch.GetTimestamp();
        await AnswerAsync(context, fault, body);
    }

    private async Task DoneAsync(HttpContext context, int job)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var fault = _faults.Draw();
        if (Refuses(context, fault)) return;
        if (fault == BenchFault.Duplicate)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            await context.Response.WriteAsync("<html>Bad gateway</html>");
            return;
        }

        var output = body.RootElement.TryGetProperty("output", out var found) ? found : default;
        var isRight = output.ValueKind == JsonValueKind.Object && output.GetProperty("result").GetInt64() == BenchWorkerProcess.ResultOf(job);
        if (isRight && _answered.TryGetValue(job, out var answered))
            HandlerDelays[job] = Stopwatch.GetElapsedTime(answered, output.GetProperty("called").GetInt64()).TotalMilliseconds;
        _queue.End(job, isRight);
        if (fault == BenchFault.DroppedAfter)
        {
            context.Abort();
            return;
        }

        await AnswerAsync(context, fault, "{}");
        await context.Response.CompleteAsync();
        if (!context.RequestAborted.IsCancellationRequested) _queue.Acknowledge(job);
    }

    private void Ping(string ids) => _queue.Heartbeat(
        ids.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id.AsSpan(1), CultureInfo.InvariantCulture)).ToHashSet());

    /// <returns>Whether the fault is one that leaves nothing done.</returns>
    private static bool Refuses(HttpContext context, BenchFault fault)
    {
        switch (fault)
        {
            case BenchFault.ServerError:
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return true;
            case BenchFault.TooManyRequests:
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                return true;
            case BenchFault.DroppedBefore:
                context.Abort();
                return true;
            default:
                return false;
        }
    }

    private static async Task AnswerAsync(HttpContext context, BenchFault fault, string body)
    {
        if (fault == BenchFault.DroppedAfter)
        {
            context.Abort();
            return;
        }

        context.Response.ContentType = "application/json";
        var bytes = Encoding.UTF8.GetBytes(fault == BenchFault.Malformed ? body[..(body.Length / 2)] : body);
        if (fault == BenchFault.Slow)
        {
            await Task.Delay(SlowPause, context.RequestAborted);
            await context.Response.Body.WriteAsync(bytes.AsMemory(0, 1), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(SlowPause, context.RequestAborted);
            await context.Response.Body.WriteAsync(bytes.AsMemory(1), context.RequestAborted);
            return;
        }

        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
