using System.Globalization;
using System.Text.Json;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.Jobs;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary>
/// <c>GET /api/audio/{id}/events</c>: server-sent events <c>state</c> and <c>progress</c> until <c>end</c>. An event's id is the job's
/// revision; with <c>Last-Event-ID</c> only what came later is sent.
/// </summary>
public sealed class StreamEvents(JobLookup lookup, JobWait wait, IHostApplicationLifetime lifetime)
{
    /// <summary>A comment at least this often keeps proxies from closing the connection.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public async Task<IResult> RunAsync(HttpContext context, string id)
    {
        var (stored, refusal) = await lookup.FindAsync(id, context.RequestAborted);
        if (stored is null) return refusal!;

        // The stream must not hold up a shutdown: the browser connects again, with Last-Event-ID.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        _ = int.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var lastSeen);
        try
        {
            await context.Response.WriteAsync("retry: 1000\n\n", ending.Token);
            await WriteAsync(context.Response, stored.Job.Id, lastSeen, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The caller hung up, or we shut down; the answer has begun, so there is nothing else to say.
        }

        return TypedResults.Empty;
    }

    private async Task WriteAsync(HttpResponse response, Guid jobId, int lastSeen, CancellationToken cancellationToken)
    {
        JobState? shown = null;
        await foreach (var job in wait.FollowAsync(jobId, KeepAlive, cancellationToken))
        {
            if (job is null)
            {
                await response.WriteAsync(": still here\n\n", cancellationToken);
            }
            else if (job.Revision > lastSeen || job.State.IsTerminal())
            {
                var name = job.State.IsTerminal() ? "end" : job.State == shown ? "progress" : "state";
                shown = job.State;
                var data = JsonSerializer.Serialize(new JobEvent(job.Id, job.State, job.Progress, job.Error), ApiJson.Default.JobEvent);
                await response.WriteAsync($"event: {name}\nid: {job.Revision}\ndata: {data}\n\n", cancellationToken);
            }

            await response.Body.FlushAsync(cancellationToken);
        }
    }
}
