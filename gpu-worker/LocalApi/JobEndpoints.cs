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
    private const int MinWaitMilliseconds = 1_000;
    private const int MaxWaitMilliseconds = 300_000;
    private const int DefaultWaitMilliseconds = 90_000;

    public static void MapJobs(this IEndpointRouteBuilder app)
    {
        foreach (var prefix in (string[])["", "/v2/{endpointId}"])
        {
            var endpoint = app.MapGroup(prefix);
            endpoint.MapPost("/run", RunAsync).WithMetadata(new RequestSizeLimitAttribute(MaxRunBytes));
            endpoint.MapPost("/runsync", RunSyncAsync).WithMetadata(new RequestSizeLimitAttribute(MaxRunSyncBytes));
            endpoint.MapMethods("/status/{id}", [HttpMethods.Get, HttpMethods.Post], Status);
            endpoint.MapPost("/cancel/{id}", Cancel);
            endpoint.MapPost("/purge-queue", Purge);
            endpoint.MapGet("/health", Health);
        }
    }

    /// <summary>An error in the platform's form.</summary>
    public static ContentHttpResult Error(int status, string message) => Json(new JsonObject { ["error"] = message }, status);

    private static async Task<IResult> RunAsync(HttpRequest request, JobBoard board)
    {
        var (submitted, refusal) = await SubmitAsync(request, board, submission => submission with { IdPrefix = "" });
        return refusal ?? Record(submitted!);
    }

    private static async Task<IResult> RunSyncAsync(HttpRequest request, JobBoard board, string? wait)
    {
        if (!TryReadWait(wait, out var limit))
            return Error(StatusCodes.Status400BadRequest, $"wait must be milliseconds from {MinWaitMilliseconds} to {MaxWaitMilliseconds}.");
        var (submitted, refusal) = await SubmitAsync(
            request, board, submission => submission with { IdPrefix = "sync-", Retention = TimeSpan.FromMinutes(1) });
        if (refusal is not null) return refusal;
        var record = await board.WaitAsync(submitted!.Id, limit, request.HttpContext.RequestAborted);
        return Record(record ?? submitted);
    }

    private static IResult Status(string id, JobBoard board) => board.Find(id) is { } record ? Record(record) : Unknown();

    private static IResult Cancel(string id, JobBoard board) =>
        board.Cancel(id) is { } record ? Record(new JobRecord(record.Id, record.Status)) : Unknown();

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
        HttpRequest request, JobBoard board, Func<JobSubmission, JobSubmission> adapt)
    {
        if (!request.HasJsonContentType()) return (null, Unprocessable(SubmissionReader.NotJson()));
        if (await ReadBodyAsync(request) is not { } body)
            return (null, Error(StatusCodes.Status413PayloadTooLarge, "The payload is too large; send audio and other bulk by address."));
        if (SubmissionReader.Read(body, out var detail) is not { } submission) return (null, Unprocessable(detail));
        if (board.Submit(adapt(submission with { Trace = TraceOf(request) })) is { } submitted) return (submitted, null);
        request.HttpContext.Response.Headers.RetryAfter = "1";
        return (null, board.IsClosed
            ? Error(StatusCodes.Status503ServiceUnavailable, "The worker is stopping.")
            : Error(StatusCodes.Status429TooManyRequests, "The queue is full."));
    }

    /// <returns>null when the body is longer than its route allows.</returns>
    private static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request)
    {
        var body = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    /// <summary>The request's activity; without one (no listener, no log), what the caller sent.</summary>
    private static ActivityContext TraceOf(HttpRequest request)
    {
        if (Activity.Current is { } activity) return activity.Context;
        return ActivityContext.TryParse(request.Headers.TraceParent, request.Headers.TraceState, isRemote: true, out var context) ? context : default;
    }

    private static bool TryReadWait(string? text, out TimeSpan wait)
    {
        var milliseconds = DefaultWaitMilliseconds;
        var valid = text is null || (int.TryParse(text, out milliseconds) && milliseconds is >= MinWaitMilliseconds and <= MaxWaitMilliseconds);
        wait = TimeSpan.FromMilliseconds(milliseconds);
        return valid;
    }

    private static JsonHttpResult<JobRecord> Record(JobRecord record) => TypedResults.Json(record, LocalApiJson.Wire.JobRecord);

    private static ContentHttpResult Unknown() => Error(StatusCodes.Status404NotFound, "job not found");

    private static ContentHttpResult Unprocessable(JsonArray detail) =>
        Json(new JsonObject { ["detail"] = detail }, StatusCodes.Status422UnprocessableEntity);

    private static ContentHttpResult Json(JsonObject json, int status = StatusCodes.Status200OK) =>
        TypedResults.Text(json.ToJsonString(), "application/json", statusCode: status);
}
