using Microsoft.AspNetCore.Http.HttpResults;

namespace AudioReprompt.Worker.LocalApi;

/// <summary>The contract of the local API, and a page to try it.</summary>
internal static class OpenApiPage
{
    private const string Document = "openapi.json";
    private const string Page = "docs";

    public static void MapOpenApi(this WebApplication app)
    {
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = Page;
            page.DocumentTitle = "AudioReprompt worker";
            page.SwaggerEndpoint($"../{Document}", "AudioReprompt worker");
        });
        app.MapGet($"/{Document}", Read);
        foreach (var path in (string[])["/", "/redoc"]) app.MapGet(path, () => TypedResults.Redirect($"/{Page}/", permanent: false, preserveMethod: true));
    }

    private static FileStreamHttpResult Read() =>
        TypedResults.Stream(typeof(OpenApiPage).Assembly.GetManifestResourceStream(Document)!, "application/json");
}
