using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary><c>POST /generate-audio</c>: the synchronous shape of earlier clients, <c>{prompt}</c> to <c>{audio_id, improved_prompt, audio_base64}</c>.
/// It has no scores, so it does not wait for them.</summary>
public sealed class GenerateAudioNow(ApiOptions options, AcceptJob accept, JobWait wait, AudioAnswers answers)
{
    public async Task<IResult> RunAsync(HttpContext context)
    {
        var (body, refusal) = await RequestBody.ReadAsync(context, options);
        if (refusal is not null) return refusal;
        var acceptance = await accept.RunAsync(context, body, context.RequestAborted);
        if (acceptance.Job is not { } stored) return acceptance.Refusal!;

        var job = await wait.ForAudioAsync(stored.Job, TimeSpan.FromSeconds(options.SyncTimeoutSeconds), context.RequestAborted);
        return job switch
        {
            { State: JobState.Completed or JobState.Scoring } when await answers.Base64Async(job, context.RequestAborted) is { } base64 =>
                TypedResults.Json(new SynchronousAnswer(job.Id, job.Refined.Text, base64), ApiJson.Default.SynchronousAnswer),
            { State: JobState.Failed } => Problems.Of(StatusCodes.Status502BadGateway, $"The music could not be made: {job.Error}"),
            null or { State: JobState.Cancelled or JobState.Completed } => Problems.Gone(stored.Job.Id),
            _ => Problems.Of(
                StatusCodes.Status504GatewayTimeout, $"The music is not ready after {options.SyncTimeoutSeconds} s; poll GET /api/audio/{job.Id}.", 1),
        };
    }
}
