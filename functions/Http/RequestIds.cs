using System.Buffers;

namespace AudioReprompt.FrontDoor.Http;

/// <summary>
/// Gives every request an id that stands in its answer (<c>X-Request-Id</c>), in its log lines and in its problem document.
/// A caller's own id is kept if it is short and plain.
/// </summary>
public static class RequestIds
{
    public const string Header = "X-Request-Id";

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public static async Task AssignAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        var given = context.Request.Headers[Header].ToString();
        if (given.Length is > 0 and <= 64 && !given.AsSpan().ContainsAnyExcept(Plain))
            context.TraceIdentifier = given;
        else
            context.TraceIdentifier = Guid.CreateVersion7().ToString("N");
        // At the last moment: an error answer starts from empty headers.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[Header] = context.TraceIdentifier;
            return Task.CompletedTask;
        });
        using (logger.BeginScope(new KeyValuePair<string, object>("request_id", context.TraceIdentifier)))
            await next(context);
    }
}
