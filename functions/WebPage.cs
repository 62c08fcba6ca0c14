using Microsoft.Extensions.FileProviders;

namespace AudioReprompt.FrontDoor;

/// <summary>Serves the built page; without it, the root says where the API is.</summary>
public static class WebPage
{
    /// <summary>
    /// Everything from ourselves, no inline script and no inline style. The one exception by its hash: wavesurfer.js writes its styles as an element
    /// into its own shadow tree, with the drawing's height in them. Recordings are played from memory (blob:), and come from the storage where that
    /// has addresses of its own.
    /// </summary>
    private static string ContentSecurityPolicy(string? recordings)
    {
        var from = recordings is null ? "" : " " + recordings;
        return "default-src 'none'; script-src 'self'; "
            + "style-src 'self' 'sha256-Y/8t1dAKa3ay+RZEiEFEDr8dFiQhpaFvYXXUfT3p6ZU='; "
            + $"img-src 'self' data: blob:; font-src 'self'; media-src 'self' blob:{from}; connect-src 'self' blob:{from}; worker-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    /// <param name="folder">The page's build output; may be missing, then only the API is served.</param>
    /// <param name="recordings">Another origin that recordings come from; null: none but our own.</param>
    public static void UseWebPage(this IApplicationBuilder app, string folder, string? recordings)
    {
        if (!IsBuilt(folder)) return;
        var policy = ContentSecurityPolicy(recordings);
        var files = new PhysicalFileProvider(folder);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = context =>
            {
                // Vite puts a hash into every asset's name; the page itself must be asked for anew.
                var isAsset = context.Context.Request.Path.StartsWithSegments("/assets");
                var headers = context.Context.Response.Headers;
                headers.CacheControl = isAsset ? "public, max-age=31536000, immutable" : "no-cache";
                headers.ContentSecurityPolicy = policy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
            },
        });
    }

    /// <summary>Says at the root what is missing where the page is not built.</summary>
    public static void MapNoPage(this IEndpointRouteBuilder routes, string folder)
    {
        if (IsBuilt(folder)) return;
        routes.MapGet("/", () => TypedResults.Text("AudioReprompt: the page is not built (it needs Node); the API is here, see /docs.\n"))
            .ExcludeFromDescription()
            .WithMetadata(new Http.OpenToAll());
    }

    private static bool IsBuilt(string folder) => File.Exists(Path.Combine(folder, "index.html"));
}
