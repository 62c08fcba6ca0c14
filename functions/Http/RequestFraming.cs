using Microsoft.Extensions.Primitives;

namespace AudioReprompt.FrontDoor.Http;

/// <summary>Refuses bodies that say they are coded in a way that nobody here decodes, or whose end depends on who reads them.</summary>
public static class RequestFraming
{
    /// <summary>Where Kestrel keeps the length of a request that has a transfer coding as well.</summary>
    private const string OverruledLength = "X-Content-Length";

    public static Task CheckAsync(HttpContext context, RequestDelegate next) =>
        Refusal(context) is { } refusal ? refusal.ExecuteAsync(context) : next(context);

    private static IResult? Refusal(HttpContext context)
    {
        var headers = context.Request.Headers;
        // Kestrel reads the chunks and passes over every coding before them; one in front of us may not (RFC 9112, sections 6.1 and 11.2).
        if (headers.TransferEncoding is { Count: > 0 } transfer && (!Is(transfer, "chunked") || headers.ContainsKey(OverruledLength)))
        {
            context.Response.Headers.Connection = "close";
            return Problems.Of(StatusCodes.Status400BadRequest, "The body must have either a Content-Length or the Transfer-Encoding 'chunked'.");
        }

        if (headers.ContentEncoding is not { Count: > 0 } content || Is(content, "identity")) return null;
        context.Response.Headers.AcceptEncoding = "identity";
        return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "The body must not be compressed.");
    }

    private static bool Is(StringValues values, string coding) => values.Count == 1 && coding.Equals(values[0], StringComparison.OrdinalIgnoreCase);
}
