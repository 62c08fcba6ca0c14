using Microsoft.Extensions.FileProviders;

namespace AudioReprompt.FrontDoor;

/// <summary>Serves the built page; without it, the root says where the API is.</summary>
public static class WebPage
{
    /// <param name="folder">The page's build output; may be missing, then only the API is served.</param>
    public static void UseWebPage(this WebApplication app, string folder)
    {
        if (!File.Exists(Path.Combine(folder, "index.html")))
        {
            app.MapGet("/", () => TypedResults.Text("AudioReprompt: the page is not built (it needs Node); the API is here, see /docs.\n"))
                .ExcludeFromDescription()
                .WithMetadata(new Http.OpenToAll());
            return;
        }

        var files = new PhysicalFileProvider(folder);
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = files,
            OnPrepareResponse = context =>
            {
                // Vite puts a hash into every asset's name; the page itself must be asked for anew.
                var isAsset = context.Context.Request.Path.StartsWithSegments("/assets");
                context.Context.Response.Headers.CacheControl = isAsset ? "public, max-age=31536000, immutable" : "no-cache";
                context.Context.Response.Headers["Content-Security-Policy"] =
                    "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";
            },
        });
    }
}
