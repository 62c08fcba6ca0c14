using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AudioReprompt.Configuration;

namespace AudioReprompt.Hub;

/// <summary>
/// What an answer that is no success means to the user. The hub says why in <c>X-Error-Code</c> (RepoNotFound, RevisionNotFound, EntryNotFound,
/// GatedRepo) and <c>X-Error-Message</c>; without a token it answers 401 also for what does not exist, so as not to tell.
/// </summary>
internal static class HubRefusal
{
    private const int LongestBody = 4 * 1024;

    public static async Task<HubException> ReadAsync(
        HttpResponseMessage response, Uri endpoint, HubRequest wanted, HubToken token, TimeProvider time, CancellationToken cancellationToken)
    {
        var code = Header(response, "X-Error-Code");
        var said = Said(Header(response, "X-Error-Message") ?? await BodyAsync(response, cancellationToken), token);
        var status = (int)response.StatusCode;
        var host = response.RequestMessage!.RequestUri!.Authority;
        var repository = wanted.Reference.Repository;
        var page = new Uri(endpoint, $"{repository}");
        var tokens = new Uri(endpoint, "settings/tokens");
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when code == "GatedRepo" => new(
                HubFault.NoAccess,
                token.IsSet
                    ? $"{repository} is gated, and the account of HF_TOKEN has no access yet: accept its licence on {page}, then try again.{said}"
                    : $"{repository} is gated: accept its licence on {page}, make a token at {tokens}, and set HF_TOKEN to it.{said}"),
            HttpStatusCode.Unauthorized => new(
                HubFault.NoAccess,
                token.IsSet
                    ? $"The hub refused HF_TOKEN (401): it is wrong, expired or revoked; make one at {tokens}.{said}"
                    : $"{repository} does not exist, or is private or gated: check the name; if it is right, accept its licence on {page} and set HF_TOKEN to a token from {tokens}.{said}"),
            HttpStatusCode.Forbidden => new(
                HubFault.NoAccess,
                token.IsSet
                    ? $"HF_TOKEN may not read {repository} (403): accept its licence on {page}, and give the token read access at {tokens}.{said}"
                    : $"{repository} may not be read without a token (403): accept its licence on {page}, and set HF_TOKEN to a token from {tokens}.{said}"),
            HttpStatusCode.NotFound => new(HubFault.NotFound, Missing(code, wanted, endpoint.Authority)),
            HttpStatusCode.TooManyRequests => new(HubFault.Unreachable, $"{host} asks for a pause (429).{Pause(response, time)}{said}") { RetryAfter = RetryAfter(response, time) },
            HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => new(HubFault.Unreachable, $"{host} cannot serve now ({status}).{said}")
            {
                RetryAfter = RetryAfter(response, time),
            },
            _ => new(HubFault.BadAnswer, $"{host} answered {status} when asked for {What(wanted)}.{said}"),
        };
    }

    private static string Missing(string? code, HubRequest wanted, string host)
    {
        var reference = wanted.Reference;
        if (wanted.Promise is { } promise && code is null or "EntryNotFound")
            return $"{reference.Repository} has no file {promise.File.Name} at {promise.Revision.Commit}.";
        return code == "RevisionNotFound"
            ? $"{reference.Repository} has no revision {reference.Revision}."
            : $"{host} has no model {reference.Repository}{(reference.Revision == HubReference.DefaultRevision ? "" : $" at revision {reference.Revision}")}, or it is private.";
    }

    private static string What(HubRequest wanted) => wanted.Promise is { } promise ? $"{promise.File.Name} of {wanted.Reference}" : $"{wanted.Reference}";

    private static string Pause(HttpResponseMessage response, TimeProvider time) =>
        RetryAfter(response, time) is { } wait ? $" Try again in {Math.Ceiling(wait.TotalSeconds)} s." : "";

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        RetryConditionHeaderValue? header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : null;

    /// <returns>The <c>error</c> of a short JSON body; nothing of any other: it may be a page.</returns>
    private static async Task<string?> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/json") return null;
        try
        {
            await response.Content.LoadIntoBufferAsync(LongestBody, cancellationToken);
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String
                ? error.GetString()
                : null;
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            // The status alone says enough.
            return null;
        }
    }

    private static string Said(string? text, HubToken token)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        var clean = new StringBuilder(" The hub says: ").Append(Shown.Short(token.Redact(text)));
        return clean.Append('.').ToString();
    }
}
