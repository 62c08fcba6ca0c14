using System.Globalization;
using AudioReprompt.Contracts;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary><c>GET /api/audio?limit=&amp;before=</c>: the newest jobs, a page at a time.</summary>
public sealed class ListAudio(IJobStore store, AudioAnswers answers)
{
    private const int MaxLimit = 100;
    private const int DefaultLimit = 20;

    public async Task<IResult> RunAsync(HttpContext context, string? limit, string? before)
    {
        var errors = new FieldErrors();
        var count = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > MaxLimit))
            errors.Add("limit", $"must be a whole number from 1 to {MaxLimit}.");
        Guid cursor = default;
        if (before is not null && !Guid.TryParseExact(before, "D", out cursor))
            errors.Add("before", "must be an audio_id, as next in the page before.");
        if (errors.Any) return Problems.Of(errors);

        // One more than shown tells whether there is a next page.
        var jobs = await store.ListAsync(count + 1, before is null ? null : cursor, context.RequestAborted);
        var page = jobs.Take(count).Select(job => answers.Linked(job, context.Request)).ToList();
        return TypedResults.Json(new AudioListAnswer(page, jobs.Count > count ? page[^1].AudioId : null), ApiJson.Default.AudioListAnswer);
    }
}
