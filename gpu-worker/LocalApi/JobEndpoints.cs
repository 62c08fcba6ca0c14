using System.Diagnostics;
using System.Text.Json.Nodes;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Jobs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AudioReprompt.Worker.LocalApi;

/// <summary>
/// The operations of a RunPod endpoint, answered by this worker alone. Where the platform and its own local server differ, this is the
/// platform: <c>run</c> starts the job, <c>status</c> only looks. Every route stands at the root and below <c>/v2/{endpoint}</c>.
/// </summary>
internal static class JobEndpoints
{
    private const int MaxRunBytes = 10 * 1024 * 1024;
    private const int MaxRunSyncBytes = 20 * 1024 * 1024;

    /// <summary>A body that is too large is read to its end up to here: who is cut off while sending never sees why.</summary>
    private const int MaxDrainedBytes = 128 * 1024 * 1024;
    private const int MinWaitMilliseconds = 1_000;
    private const int MaxWaitMilliseconds = 300_000;
    private const int DefaultWaitMilliseconds = 90_000;

    /// <summary>How long an empty stream poll is held.</summary>
    private const int DefaultStreamWaitMilliseconds = 10_000;

    /// <param name="endpointId">Adds the realtime route; null: there is none.</param>
    /// <param name="streams">The handler yields values.</param>
    public static void MapJobs(this IEndpointRouteBuilder app, string? endpointId, bool streams)
    {
        foreach (var prefix in (string[])["", "/v2/{endpointId}"])
        {
            var endpoint = app.MapGroup(prefix);
            endpoint.MapPost("/run", RunAsync).WithMetadata(new RequestSizeLimitAttribute(MaxDrainedBytes));
            endpoint.MapPost("/runsync", RunSyncAsync).WithMetadata(new RequestSizeLimitAttribute(MaxDrainedBytes));
            endpoint.MapMethods("/status/{id}", [HttpMethods.Get, HttpMethods.Post], Status);
            endpoint.MapMethods(
                "/stream/{id}",
                [HttpMethods.Get, HttpMethods.Post],
                (string id, string? wait, JobBoard board, HttpRequest request) => StreamAsync(id, wait, streams, board, request));
            endpoint.MapPost("/cancel/{id}", Cancel);
            endpoint.MapPost("/purge-queue", Purge);
            endpoint.MapGet("/health", Health);
        }

        if (endpointId is not null) app.MapPost($"/{endpointId}/realtime", RealtimeAsync).WithMetadata(new RequestSizeLimitAttribute(MaxDrainedBytes));
    }

    /// <summary>An error in the platform's form.</summary>
    public static ContentHttpResult Error(int status, string message) => Json(new JsonObject { ["error"] = message }, status);

    private static async Task<IResult> RunAsync(HttpRequest request, JobBoard board, SubmissionReader reader)
    {
        var (submitted, refusal) = await SubmitAsync(
            request, board, reader.Read, submission => submission with { IdPrefix = "", MaxOutputBytes = MaxRunBytes });
        return refusal ?? Record(submitted!);
    }

    private static async Task<IResult> RunSyncAsync(HttpRequest request, JobBoard board, SubmissionReader reader, string? wait)
    {
        if (!TryReadWait(wait, DefaultWaitMilliseconds, out var limit)) return BadWait();
        var (submitted, refusal) = await SubmitAsync(
            request, board, reader.Read, submission => submission with { IdPrefix = "sync-", Retention = TimeSpan.FromMinutes(1), MaxOutputBytes = MaxRunSyncBytes });
        if (refusal is not null) return refusal;
        var record = await board.WaitAsync(submitted!.Id, limit, request.HttpContext.RequestAborted);
        return Record(record ?? submitted);
    }

    /// <summary>The job's result without a record around it, as section 22 has it.</summary>
    private static async Task<IResult> RealtimeAsync(HttpRequest request, JobBoard board)
    {
        var (submitted, refusal) = await SubmitAsync(
            request,
            board,
            SubmissionReader.ReadRealtime,
            submission => submission with { Retention = TimeSpan.FromMinutes(1), MaxOutputBytes = MaxRunSyncBytes });
        if (refusal is not null) return refusal;
        await board.WaitAsync(submitted!.Id, Timeout.InfiniteTimeSpan, request.HttpContext.RequestAborted);
        return TypedResults.Bytes(board.FindBody(submitted.Id) ?? "{}"u8.ToArray(), "application/json");
    }

    private static JsonHttpResult<JobRecord> Status(string id, JobBoard board) => board.Find(id) is { } record ? Record(record) : Unknown(id);

    private static async Task<IResult> StreamAsync(string id, string? wait, bool streams, JobBoard board, HttpRequest request)
    {
        if (!TryReadWait(wait, DefaultStreamWaitMilliseconds, out var limit)) return BadWait();
        if (board.Find(id) is null) return Unknown(id);
        if (!streams) return Record(new JobRecord(id, EndpointStatus.Failed) { Error = "Stream not supported, handler must be a generator." });
        return await board.StreamAsync(id, limit, request.HttpContext.RequestAborted) is var (record, chunks)
            ? TypedResults.Bytes(LocalApiJson.Stream(record, chunks), "application/json")
            : Unknown(id);
    }

    private static JsonHttpResult<JobRecord> Cancel(string id, JobBoard board) =>
        board.Cancel(id) is { } record ? Record(new JobRecord(record.Id, record.Status)) : Unknown(id);

    private static ContentHttpResult Purge(JobBoard board) => Json(new JsonObject { ["removed"] = board.Purge(), ["status"] = "completed" });

    /// <summary>One worker: this one.</summary>
    private static JsonHttpResult<EndpointHealth> Health(JobBoard board)
    {
        var jobs = board.Count();
        var running = jobs.InProgress > 0 ? 1 : 0;
        var health = new EndpointHealth(jobs, new EndpointWorkerCounts(Idle: 1 - running, Ready: board.IsClosed ? 0 : 1, Running: running));
        return TypedResults.Json(health, EndpointHealthJson.Default.EndpointHealth);
    }

    private static async Task<(JobRecord? Submitted, IResult? Refusal)> SubmitAsync(
        HttpRequest request, JobBoard board, ReadSubmission read, Func<JobSubmission, JobSubmission> adapt)
    {
        if (!request.HasJsonContentType()) return (null, Unprocessable(SubmissionReader.NotJson()));
        if (await ReadBodyAsync(request) is not { } body)
            return (null, TooLarge(request));
        if (read(body, out var detail) is not { } submission) return (null, Unprocessable(detail));
        if (board.Submit(adapt(submission with { Trace = TraceOf(request) })) is { } submitted) return (submitted, null);
        request.HttpContext.Response.Headers.RetryAfter = "1";
        return (null, board.IsClosed
            ? Error(StatusCodes.Status503ServiceUnavailable, "The worker is stopping.")
            : Error(StatusCodes.Status429TooManyRequests, "The queue is full."));
    }

    /// <returns>null when the body is longer than its route allows.</returns>
    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request)
    {
        var limit = LimitOf(request);
        var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        var total = 0L;
        try
        {
            while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is > 0 and var count)
            {
                total += count;
                if (total <= limit) body.Write(buffer, 0, count);
            }
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        if (total > limit) return null;
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static int LimitOf(HttpRequest request) =>
        request.Path.Value!.EndsWith("/run", StringComparison.Ordinal) ? MaxRunBytes : MaxRunSyncBytes;

    /// <summary>The request's activity; without one (no listener, no log), what the caller sent.</summary>
    private static ActivityContext TraceOf(HttpRequest request)
    {
        if (Activity.Current is { } activity) return activity.Context;
        return ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out var context) ? context : default;
    }

    private static ContentHttpResult TooLarge(HttpRequest request) => Error(
        StatusCodes.Status413PayloadTooLarge,
        $"The payload is larger than {LimitOf(request) / (1024 * 1024)} MB. Bulk goes by address: audio comes back through upload_url, not in the payload.");

    private static ContentHttpResult BadWait() =>
        Error(StatusCodes.Status400BadRequest, $"wait must be milliseconds from {MinWaitMilliseconds} to {MaxWaitMilliseconds}.");

    private static bool TryReadWait(string? text, int absent, out TimeSpan wait)
    {
        var milliseconds = absent;
        var valid = text is null || (int.TryParse(text, out milliseconds) && milliseconds is >= MinWaitMilliseconds and <= MaxWaitMilliseconds);
        wait = TimeSpan.FromMilliseconds(milliseconds);
        return valid;
    }

    private static JsonHttpResult<JobRecord> Record(JobRecord record) => TypedResults.Json(record, LocalApiJson.Wire.JobRecord);

    /// <summary>404 as the platform has it, the body as RunPod's local server.</summary>
    private static JsonHttpResult<JobRecord> Unknown(string id) => TypedResults.Json(
        new JobRecord(id, EndpointStatus.Failed) { Error = "Job ID not found" }, LocalApiJson.Wire.JobRecord, statusCode: StatusCodes.Status404NotFound);

    private static ContentHttpResult Unprocessable(JsonArray detail) =>
        Json(new JsonObject { ["detail"] = detail }, StatusCodes.Status422UnprocessableEntity);

    private static ContentHttpResult Json(JsonObject json, int status = StatusCodes.Status200OK) =>
        TypedResults.Text(json.ToJsonString(), "application/json", statusCode: status);
}
