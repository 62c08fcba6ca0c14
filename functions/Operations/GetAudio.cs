using AudioReprompt.FrontDoor.Api;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary><c>GET /api/audio/{id}?format=url|base64</c>.</summary>
public sealed class GetAudio(JobLookup lookup, AudioAnswers answers)
{
    public async Task<IResult> RunAsync(HttpContext context, string id, string? format)
    {
        if (format is not (null or "url" or "base64"))
        {
            var errors = new Contracts.FieldErrors();
            errors.Add("format", "must be url or base64.");
            return Problems.Of(errors);
        }

        var (stored, refusal) = await lookup.FindAsync(id, context.RequestAborted);
        if (stored is null) return refusal!;
        if (!stored.Job.State.IsTerminal()) context.Response.Headers.RetryAfter = "1";
        var answer = format == "base64"
            ? await answers.InlineAsync(stored.Job, context.Request, context.RequestAborted)
            : answers.Linked(stored.Job, context.Request);
        return TypedResults.Json(answer, ApiJson.Default.AudioAnswer);
    }
}
