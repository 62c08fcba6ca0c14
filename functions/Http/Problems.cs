using System.Globalization;
using AudioReprompt.Contracts;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;

namespace AudioReprompt.FrontDoor.Http;

/// <summary>Every error answer: <c>application/problem+json</c> (RFC 9457) with the request's id, and <c>errors</c> by field where the input is at fault.</summary>
public static class Problems
{
    private const int StorageRetrySeconds = 5;

    public static IResult Of(int status, string detail, int? retryAfterSeconds = null) => new Answer(status, detail, null, retryAfterSeconds);

    public static IResult Of(FieldErrors errors) =>
        new Answer(StatusCodes.Status400BadRequest, "The request has fields that are not as they should be; see errors.", errors.ByField, null);

    public static IResult NotFound(string id) => Of(StatusCodes.Status404NotFound, $"There is no audio with the id '{Shorten(id)}'.");

    public static IResult Gone(Guid id) => Of(StatusCodes.Status410Gone, $"The audio {id} was deleted or has expired.");

    public static IResult Unavailable(string detail) => Of(StatusCodes.Status503ServiceUnavailable, detail, StorageRetrySeconds);

    /// <summary>Whether <see cref="OnExceptionAsync"/> answers this as what it is; the rest is a fault of ours, to be logged with its stack trace.</summary>
    public static bool IsExpected(Exception exception) => exception is StorageUnavailableException or BadHttpRequestException || IsChunkTooLarge(exception);

    /// <summary>Answers for whatever an operation did not catch.</summary>
    public static async Task OnExceptionAsync(HttpContext context)
    {
        // Whoever asked has gone; an answer would only fail too.
        if (context.RequestAborted.IsCancellationRequested) return;
        var exception = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var answer = exception switch
        {
            StorageUnavailableException storage => Unavailable($"{storage.Message} Nothing was accepted; try again."),
            BadHttpRequestException bad => Of(bad.StatusCode, bad.Message),
            _ when IsChunkTooLarge(exception) => Of(StatusCodes.Status400BadRequest, "The body has a chunk without a right size."),
            _ => Of(StatusCodes.Status500InternalServerError, "Something went wrong here; the request id names the log lines."),
        };
        await answer.ExecuteAsync(context);
    }

    /// <summary>Lets <see cref="OnEmptyAnswerAsync"/> also see the refusals of a stream's result, 412 and 416, which say that they are empty.</summary>
    public static async Task OnRefusedPartAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var response = context.Response;
        if (response.HasStarted || response.StatusCode is not (StatusCodes.Status412PreconditionFailed or StatusCodes.Status416RangeNotSatisfiable)) return;
        // What was said of the audio does not hold for the problem.
        (response.ContentLength, response.ContentType) = (null, null);
        response.Headers.Remove("Content-Disposition");
        response.Headers.CacheControl = "no-store";
    }

    /// <summary>Gives a body to answers that the framework leaves empty: 404 of an unknown route, 405, 415.</summary>
    public static Task OnEmptyAnswerAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var detail = status switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {Shorten(context.Request.Path)}; see /docs.",
            StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} does not answer {context.Request.Method}; allowed: {context.Response.Headers.Allow}.",
            _ => ReasonPhrases.GetReasonPhrase(status),
        };
        return Of(status, detail).ExecuteAsync(context);
    }

    /// <summary>Kestrel refuses every other bad chunk with a <see cref="BadHttpRequestException"/>; a size beyond 31 bits overflows.</summary>
    private static bool IsChunkTooLarge(Exception? exception) => exception is IOException { InnerException: OverflowException };

    private static string Shorten(string? text) => text is { Length: > 80 } ? string.Concat(text.AsSpan(0, 80), "…") : text ?? "";

    private sealed class Answer(int status, string detail, IReadOnlyDictionary<string, string[]>? errors, int? retryAfterSeconds) : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => status;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (retryAfterSeconds is { } seconds)
                httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            httpContext.Response.StatusCode = status;
            var problem = new ProblemAnswer(
                "about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, httpContext.TraceIdentifier, errors);
            return httpContext.Response.WriteAsJsonAsync(
                problem, ApiJson.Default.ProblemAnswer, "application/problem+json", httpContext.RequestAborted);
        }
    }
}
