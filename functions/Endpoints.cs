using AudioReprompt.Composing.Scores;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.FrontDoor.Operations;

namespace AudioReprompt.FrontDoor;

/// <summary>The API's table of contents; each operation is a file in <c>Operations/</c>.</summary>
public static class Endpoints
{
    /// <summary>Rate limit of calls that cost something.</summary>
    public const string CostlyPolicy = "costly";

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/audio/generate", (HttpContext context, GenerateAudio operation) => operation.RunAsync(context))
            .Describe("GenerateAudio", "Turn a sentence about food into music",
                "Accepts the request and answers 202 with the id to poll. With 'Prefer: wait=N' it waits up to N seconds for audio and scores and answers 200 with the audio in base64; "
                + "when the time is over and only the scores are missing, with the audio and the status 'scoring'. "
                + "With an Idempotency-Key, a repeated request gets the first answer.")
            .Accepts<GenerateBody>("application/json")
            .Produces<GenerateAnswer>(StatusCodes.Status202Accepted)
            .Produces<AudioAnswer>()
            .WithProblems(400, 401, 413, 415, 422, 429, 503)
            .RequireRateLimiting(CostlyPolicy);

        routes.MapGet("/api/audio/{id}", (HttpContext context, string id, string? format, GetAudio operation) => operation.RunAsync(context, id, format))
            .Describe("GetAudio", "Look how far the music is, and get it",
                "format=url (default) gives an address, format=base64 the WAV itself. The audio is there from the status 'scoring' on, the scores come with 'completed'.")
            .Produces<AudioAnswer>()
            .WithProblems(400, 401, 404, 410, 503);

        routes.MapMethods("/api/audio/{id}/content", ["GET", "HEAD"], (HttpContext context, string id, string? expires, string? signature, GetAudioContent operation) =>
                operation.RunAsync(context, id, expires, signature))
            .Describe("GetAudioContent", "The WAV", "Answers Range requests. With Azure storage it redirects to a short-lived address of the blob store, which does.")
            .Produces(StatusCodes.Status200OK, contentType: "audio/wav")
            .Produces(StatusCodes.Status302Found)
            .Produces(StatusCodes.Status206PartialContent, contentType: "audio/wav")
            .WithProblems(401, 404, 409, 410, 416, 503)
            .WithMetadata(new OpenToAll());

        routes.MapGet("/api/audio/{id}/stream", (HttpContext context, string id, string? expires, string? signature, StreamAudio operation) =>
                operation.RunAsync(context, id, expires, signature))
            .Describe("StreamAudio", "The WAV while it is made", "For jobs with 'stream': true; of others, and by engines that make music in one piece, it comes when it is finished.")
            .Produces(StatusCodes.Status200OK, contentType: "audio/wav")
            .WithProblems(401, 404, 409, 410, 503)
            .WithMetadata(new OpenToAll());

        routes.MapPut("/api/audio/{id}/content", (HttpContext context, string id, string? expires, string? signature, PutAudioContent operation) =>
                operation.RunAsync(context, id, expires, signature))
            .Describe("PutAudioContent", "A worker's upload", "Only with the signed address that the worker was given.")
            .Accepts<byte[]>("audio/wav")
            .Produces(StatusCodes.Status201Created)
            .WithProblems(403, 409, 410, 413, 503)
            .WithMetadata(new OpenToAll());

        routes.MapGet("/api/audio/{id}/score", (HttpContext context, string id, GetScore operation) => operation.RunAsync(context, id))
            .Describe("GetScore", "The score as a Standard MIDI File", "Of music by the composer; other engines write none.")
            .Produces(StatusCodes.Status200OK, contentType: StandardMidiFile.MediaType)
            .WithProblems(401, 404, 409, 410, 503);

        routes.MapGet("/api/audio/{id}/events", (HttpContext context, string id, StreamEvents operation) => operation.RunAsync(context, id))
            .Describe("StreamEvents", "Progress as server-sent events", "Events 'state' and 'progress' until 'end'; Last-Event-ID goes on after a broken connection.")
            .Produces<JobEvent>(StatusCodes.Status200OK, "text/event-stream")
            .WithProblems(401, 404, 410, 503);

        routes.MapGet("/api/audio", (HttpContext context, string? limit, string? before, ListAudio operation) => operation.RunAsync(context, limit, before))
            .Describe("ListAudio", "The newest jobs", "limit 1 to 100, default 20; before is an audio_id: 'next' of the page before.")
            .Produces<AudioListAnswer>()
            .WithProblems(400, 401, 503);

        routes.MapDelete("/api/audio/{id}", (HttpContext context, string id, DeleteAudio operation) => operation.RunAsync(context, id))
            .Describe("DeleteAudio", "Cancel and delete", "Ends the job, also at the worker, and removes audio and texts.")
            .Produces(StatusCodes.Status204NoContent)
            .WithProblems(401, 404, 503);

        routes.MapPost("/api/prompt/refine", (HttpContext context, RefinePrompt operation) => operation.RunAsync(context))
            .Describe("RefinePrompt", "Only refine", "What the prompt would become, and why; nothing is stored.")
            .Accepts<PromptBody>("application/json")
            .Produces<RefineAnswer>()
            .WithProblems(400, 401, 413, 415, 429)
            .RequireRateLimiting(CostlyPolicy);

        routes.MapPost("/generate-audio", (HttpContext context, GenerateAudioNow operation) => operation.RunAsync(context))
            .Describe("GenerateAudioNow", "Generate and wait", "The synchronous shape of earlier clients; it waits for the audio, not for scores.")
            .Accepts<PromptBody>("application/json")
            .Produces<SynchronousAnswer>()
            .WithProblems(400, 401, 410, 413, 415, 422, 429, 502, 503, 504)
            .RequireRateLimiting(CostlyPolicy);

        routes.MapPost("/api/runpod/webhook/{id}", (HttpContext context, string id, string? token, ReceiveWebhook operation) => operation.RunAsync(context, id, token))
            .Describe("ReceiveWebhook", "The endpoint's callback", "The token is the job's own.")
            .Produces(StatusCodes.Status200OK)
            .WithProblems(400, 403, 413, 503)
            .WithMetadata(new OpenToAll());

        routes.MapGet("/api/health", CheckHealth.Live)
            .Describe("Live", "This process answers", "")
            .Produces<HealthAnswer>()
            .WithMetadata(new OpenToAll());

        routes.MapGet("/api/health/ready", (HttpContext context, CheckHealth operation) => operation.ReadyAsync(context))
            .Describe("Ready", "So does what it depends on", "Names each dependency; 503 when a request could not be accepted.")
            .Produces<HealthAnswer>()
            .Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable)
            .WithMetadata(new OpenToAll());
    }

    private static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string name, string summary, string description) =>
        // A tag of its own: by default it would be the name of the program that serves.
        route.WithName(name).WithSummary(summary).WithDescription(description).WithTags("AudioReprompt");

    private static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses) route.Produces<ProblemAnswer>(status, "application/problem+json");
        return route;
    }
}
