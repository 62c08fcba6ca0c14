using System.Diagnostics;
using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Reprompt;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary><c>POST /api/prompt/refine</c>: what a prompt would become, and why; nothing is stored.</summary>
public sealed class RefinePrompt(ApiOptions options, PromptRefiner refiner)
{
    public async Task<IResult> RunAsync(HttpContext context)
    {
        var (body, refusal) = await RequestBody.ReadAsync(context, options);
        if (refusal is not null) return refusal;
        var errors = new FieldErrors();
        if (GenerateRequestReader.ReadPrompt(body, errors) is not { } prompt) return Problems.Of(errors);
        return TypedResults.Json(await AnswerAsync(refiner, prompt, context.RequestAborted), ApiJson.Default.RefineAnswer);
    }

    /// <summary>The answer itself, for callers without a request.</summary>
    /// <param name="prompt">As <see cref="GenerateRequestReader.ReadPrompt"/> lets it through.</param>
    public static async Task<RefineAnswer> AnswerAsync(PromptRefiner refiner, string prompt, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var timings = new Dictionary<string, double>();
        var refined = await refiner.RefineAsync(prompt, cancellationToken, timings);
        timings["total"] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return new RefineAnswer(refined.Text, refined.Profile, refined.Plan, refined.Explanation, timings);
    }
}
