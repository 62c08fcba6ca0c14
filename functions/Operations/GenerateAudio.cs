using System.Globalization;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary><c>POST /api/audio/generate</c>: accept, and answer at once or, with <c>Prefer: wait=N</c>, when audio and scores are there, or the audio alone when the time is over.</summary>
public sealed class GenerateAudio(ApiOptions options, AcceptJob accept, JobWait wait, AudioAnswers answers, PublicAddress address)
{
    public async Task<IResult> RunAsync(HttpContext context)
    {
        var cancellationToken = context.RequestAborted;
        var (body, refusal) = await RequestBody.ReadAsync(context, options);
        if (refusal is not null) return refusal;
        var acceptance = await accept.RunAsync(context, body, cancellationToken);
        if (acceptance.Job is not { } stored) return acceptance.Refusal!;

        var job = stored.Job;
        var statusUrl = $"{address.ForCaller(context.Request)}/api/audio/{job.Id}";
        context.Response.Headers.Location = statusUrl;
        if (Preference(context.Request) is { } seconds)
        {
            var granted = Math.Min(seconds, options.MaxWaitSeconds);
            context.Response.Headers["Preference-Applied"] = $"wait={granted.ToString(CultureInfo.InvariantCulture)}";
            job = await wait.ForEndAsync(job, TimeSpan.FromSeconds(granted), cancellationToken) ?? job;
            if (job.State.IsTerminal() || job.Result is not null)
                return TypedResults.Json(await answers.InlineAsync(job, context.Request, cancellationToken), ApiJson.Default.AudioAnswer);
        }

        context.Response.Headers.RetryAfter = "1";
        // A repeated request gets the first answer again, whatever has become of the job since.
        var status = options.MockedResponse ? JobState.Scoring : JobState.Queued;
        return TypedResults.Json(
            new GenerateAnswer(job.Id, status, job.Refined.Text, job.Refined.Explanation, statusUrl),
            ApiJson.Default.GenerateAnswer,
            statusCode: StatusCodes.Status202Accepted);
    }

    /// <returns>Seconds of <c>Prefer: wait=N</c> (RFC 7240), or null.</returns>
    private static int? Preference(HttpRequest request)
    {
        foreach (var header in request.Headers["Prefer"])
        {
            foreach (var preference in (header ?? "").Split([',', ';'], StringSplitOptions.TrimEntries))
            {
                if (preference.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)
                    && int.TryParse(preference.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                    return seconds;
            }
        }

        return null;
    }
}
