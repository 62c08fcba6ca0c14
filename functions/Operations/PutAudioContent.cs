using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;
using AudioReprompt.Storage;
using Microsoft.AspNetCore.Http.Features;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary>
/// <c>PUT /api/audio/{id}/content?expires=…&amp;signature=…</c>: the worker's upload to the job's own write-only address, the
/// embedded counterpart of a blob's shared access signature. Repeating it is safe.
/// </summary>
public sealed class PutAudioContent(StorageOptions options, IJobStore store, IAudioStore audio, UrlSigner signer)
{
    private readonly long _maxBytes = (long)options.MaxAudioMegabytes << 20;

    public async Task<IResult> RunAsync(HttpContext context, string id, string? expires, string? signature)
    {
        if (!Guid.TryParseExact(id, "D", out var jobId) || !signer.IsValid(UrlPurpose.Upload, jobId, expires, signature))
            return Problems.Of(StatusCodes.Status403Forbidden, "The upload address is not valid, or no longer.");
        if (await store.GetAsync(jobId, context.RequestAborted) is not { } stored || stored.Job.Deleted)
            return Problems.Of(StatusCodes.Status410Gone, "The job is gone; nobody waits for its audio.");
        if (stored.Job.State is not (JobState.Dispatched or JobState.Running))
            return Problems.Of(StatusCodes.Status409Conflict, $"The job is {stored.Job.State.ToString().ToLowerInvariant()} and takes no audio.");

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = _maxBytes;
        try
        {
            await audio.WriteAsync(jobId, context.Request.Body, _maxBytes, context.RequestAborted);
        }
        catch (AudioTooLargeException exception)
        {
            return Problems.Of(StatusCodes.Status413PayloadTooLarge, exception.Message);
        }

        return TypedResults.StatusCode(StatusCodes.Status201Created);
    }
}
