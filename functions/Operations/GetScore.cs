using AudioReprompt.Composing;
using AudioReprompt.Composing.Scores;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary>
/// <c>GET /api/audio/{id}/score</c>: what the composer wrote. The score follows from plan, duration and seed, so it is written anew and not kept.
/// </summary>
public sealed class GetScore(JobLookup lookup)
{
    public async Task<IResult> RunAsync(HttpContext context, string id)
    {
        var (stored, refusal) = await lookup.FindAsync(id, context.RequestAborted);
        if (stored is null) return refusal!;
        if (stored.Job.Result is not { } result)
            return Problems.Of(StatusCodes.Status409Conflict, $"There is no music: the job is {stored.Job.State.ToString().ToLowerInvariant()}.", stored.Job.State.IsTerminal() ? null : 1);

        // By its first word: what the front door mocks says so after the name.
        if (result.Engine.Split(' ')[0] != ComposerEngine.EngineName)
            return Problems.Of(StatusCodes.Status404NotFound, $"There is no score: the engine {result.Engine} makes sound without notes.");
        if (result.Model != ComposerEngine.ModelName)
            return Problems.Of(StatusCodes.Status404NotFound, $"There is no score: {result.Model} made the music, and this is {ComposerEngine.ModelName}.");

        var score = StandardMidiFile.Write(ComposerEngine.Compose(stored.Job.ToMusicRequest(), context.RequestAborted));
        return TypedResults.Bytes(score, StandardMidiFile.MediaType, $"audioreprompt-{stored.Job.Id}.mid");
    }
}
