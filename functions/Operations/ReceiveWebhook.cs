using System.Security.Cryptography;
using System.Text;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Dispatch;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.RunPod;
using AudioReprompt.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary>
/// <c>POST /api/runpod/webhook/{id}?token=</c>: the endpoint says that a job ended. The token is the job's own; a report of an attempt
/// that is over changes nothing.
/// </summary>
public sealed class ReceiveWebhook(StorageOptions options, IJobStore store, EndpointReports reports, JobChanges changes)
{
    /// <summary>Base64 of the largest WAV, and room for the rest of the record.</summary>
    private readonly long _maxBytes = ((long)options.MaxAudioMegabytes << 20) * 3 / 2;

    public async Task<IResult> RunAsync(HttpContext context, string id, string? token)
    {
        var cancellationToken = context.RequestAborted;
        var stored = Guid.TryParseExact(id, "D", out var jobId) ? await store.GetAsync(jobId, cancellationToken) : null;
        // An unknown job and a wrong token look the same from outside.
        if (stored is null || !IsRight(token, stored.Job.WebhookToken))
            return Problems.Of(StatusCodes.Status403Forbidden, "The token is not this job's.");

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = _maxBytes;
        EndpointJob report;
        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, cancellationToken);
            report = EndpointJob.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
        }
        catch (EndpointException exception)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, $"The body is no job record: {exception.Message}");
        }

        if (report.Id == stored.Job.EndpointJobId) await reports.ApplyAsync(stored, report, cancellationToken);
        // Quicker than the answer to our own /run, or of an earlier attempt: whoever follows the job looks for himself.
        changes.Publish(jobId);
        return TypedResults.Ok();
    }

    private static bool IsRight(string? token, string expected) =>
        token is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(expected));
}
