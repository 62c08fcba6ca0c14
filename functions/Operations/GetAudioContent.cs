using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;
using AudioReprompt.Storage;
using Microsoft.Net.Http.Headers;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary>
/// <c>GET /api/audio/{id}/content</c>: the WAV, also in parts (<c>Range</c>); or, where the audio store has addresses of its own, the way there.
/// </summary>
public sealed class GetAudioContent(JobLookup lookup, IAudioStore audio, UrlSigner signer, Callers callers)
{
    /// <summary>Long enough for a listener who stops and goes on; after it, the same address leads to a fresh one.</summary>
    private static readonly TimeSpan RedirectValidFor = TimeSpan.FromHours(1);

    public async Task<IResult> RunAsync(HttpContext context, string id, string? expires, string? signature)
    {
        // An <audio> element cannot send a key, so the address may carry the right instead.
        if (!callers.MayRead(context, id, expires, signature, signer))
            return Problems.Of(StatusCodes.Status401Unauthorized, "An API key or a valid signed address is required; GET the audio anew for a fresh one.");

        var (stored, refusal) = await lookup.FindAsync(id, context.RequestAborted);
        if (stored is null) return refusal!;
        if (stored.Job.Result is null)
            return Problems.Of(StatusCodes.Status409Conflict, $"There is no audio: the job is {stored.Job.State.ToString().ToLowerInvariant()}.", stored.Job.State.IsTerminal() ? null : 1);
        var fileName = $"audioreprompt-{stored.Job.Id}.wav";
        if (await audio.DownloadAddressAsync(stored.Job.Id, fileName, RedirectValidFor, context.RequestAborted) is { } address)
        {
            // The address is a right to read, and short-lived: it belongs into nobody's cache.
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Redirect(address.AbsoluteUri);
        }

        if (await audio.OpenReadAsync(stored.Job.Id, context.RequestAborted) is not { } stream) return Problems.Gone(stored.Job.Id);

        context.Response.Headers.ContentDisposition = $"inline; filename=\"{fileName}\"";
        context.Response.Headers.CacheControl = "private, max-age=3600, immutable";
        // The bytes follow from the job, so the job's id is their strong validator.
        return TypedResults.Stream(
            stream, "audio/wav", lastModified: stored.Job.EndedAt, entityTag: new EntityTagHeaderValue($"\"{stored.Job.Id:N}\""), enableRangeProcessing: true);
    }
}
