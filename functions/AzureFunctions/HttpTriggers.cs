using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace AudioReprompt.FrontDoor.AzureFunctions;

/// <summary>
/// The routes of <see cref="Endpoints"/>, told to Azure Functions; each is answered by the same code as on Kestrel. Keys are checked there, and so the
/// level is anonymous: a function key would be a second one for the same right.
/// </summary>
public sealed class HttpTriggers(EmbeddedPipeline pipeline)
{
    [Function("GenerateAudio")]
    public Task<IActionResult> GenerateAudio([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/audio/generate")] HttpRequest request) => AnswerAsync(request);

    [Function("GetAudio")]
    public Task<IActionResult> GetAudio([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audio/{id}")] HttpRequest request, string id) => AnswerAsync(request);

    [Function("GetAudioContent")]
    public Task<IActionResult> GetAudioContent([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/audio/{id}/content")] HttpRequest request, string id) => AnswerAsync(request);

    [Function("StreamAudio")]
    public Task<IActionResult> StreamAudio([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audio/{id}/stream")] HttpRequest request, string id) => AnswerAsync(request);

    [Function("PutAudioContent")]
    public Task<IActionResult> PutAudioContent([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/audio/{id}/content")] HttpRequest request, string id) => AnswerAsync(request);

    [Function("GetScore")]
    public Task<IActionResult> GetScore([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audio/{id}/score")] HttpRequest request, string id) => AnswerAsync(request);

    [Function("StreamEvents")]
    public Task<IActionResult> StreamEvents([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audio/{id}/events")] HttpRequest request, string id) => AnswerAsync(request);

    [Function("ListAudio")]
    public Task<IActionResult> ListAudio([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audio")] HttpRequest request) => AnswerAsync(request);

    [Function("DeleteAudio")]
    public Task<IActionResult> DeleteAudio([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/audio/{id}")] HttpRequest request, string id) => AnswerAsync(request);

    [Function("RefinePrompt")]
    public Task<IActionResult> RefinePrompt([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/prompt/refine")] HttpRequest request) => AnswerAsync(request);

    [Function("GenerateAudioNow")]
    public Task<IActionResult> GenerateAudioNow([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "generate-audio")] HttpRequest request) => AnswerAsync(request);

    [Function("ReceiveWebhook")]
    public Task<IActionResult> ReceiveWebhook([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/runpod/webhook/{id}")] HttpRequest request, string id) => AnswerAsync(request);

    [Function("Live")]
    public Task<IActionResult> Live([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request) => AnswerAsync(request);

    [Function("Ready")]
    public Task<IActionResult> Ready([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health/ready")] HttpRequest request) => AnswerAsync(request);

    /// <summary>The page with its assets, the OpenAPI document, the page to try it; and the answer 404 to all else.</summary>
    [Function("Page")]
    public Task<IActionResult> Page([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "{*path}")] HttpRequest request, string? path) => AnswerAsync(request);

    private async Task<IActionResult> AnswerAsync(HttpRequest request)
    {
        await pipeline.RunAsync(request.HttpContext);
        // All is written; this one writes nothing.
        return new EmptyResult();
    }
}
