using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AudioReprompt.FrontDoor.Api;

/// <summary>What the OpenAPI document says beyond the endpoints themselves.</summary>
public static class ApiDocument
{
    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "AudioReprompt",
            Version = "1",
            Description = "Music that carries the taste of what you eat. Write where you are, what you eat and how you feel; get a WAV.",
            License = new OpenApiLicense { Name = "MIT" },
        };
        return Task.CompletedTask;
    });
}
