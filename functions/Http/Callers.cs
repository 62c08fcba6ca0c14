using System.Net;
using System.Security.Cryptography;
using System.Text;
using AudioReprompt.Configuration;

namespace AudioReprompt.FrontDoor.Http;

/// <summary>The endpoint answers without a key, or checks a right of its own (a signature, a token).</summary>
public sealed class OpenToAll;

/// <summary>Who calls: the key, where keys are configured, else the address.</summary>
public sealed class Callers(ApiOptions options)
{
    private const string ItemKey = "audioreprompt.caller";

    /// <summary>Of a key's hash, enough to tell keys apart.</summary>
    private const int NameBytes = 8;

    private readonly byte[][] _keyHashes =
    [
        .. options.Keys.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Hash),
    ];

    public bool KeysAreRequired => _keyHashes.Length > 0;

    /// <summary>A name for the caller that is stable and holds no secret: for rate limits and idempotency.</summary>
    public static string Of(HttpContext context) => context.Items[ItemKey] as string ?? AddressOf(context);

    /// <summary>Lets a request pass when its endpoint is open or its key is right; else answers 401. What the router itself refuses (405, 415) is open too.</summary>
    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (!KeysAreRequired || context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.Metadata.GetMetadata<OpenToAll>() is not null)
        {
            await next(context);
            return;
        }

        if (Identify(KeyOf(context.Request)) is not { } caller)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Problems.Of(StatusCodes.Status401Unauthorized, "A valid API key is required: send it as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'.")
                .ExecuteAsync(context);
            return;
        }

        context.Items[ItemKey] = caller;
        await next(context);
    }

    /// <summary>Whether the request shows a right key; for endpoints that are open but take a key too.</summary>
    public bool IsKnown(HttpContext context) => Identify(KeyOf(context.Request)) is not null;

    /// <summary>Whether the request may have a job's audio: with a key, or with an address that was signed for it.</summary>
    public bool MayRead(HttpContext context, string id, string? expires, string? signature, UrlSigner signer) =>
        !KeysAreRequired || IsKnown(context)
        || (Guid.TryParseExact(id, "D", out var jobId) && signer.IsValid(UrlPurpose.Download, jobId, expires, signature));

    /// <summary>Compares with every key and in constant time, so that the time taken tells nothing.</summary>
    private string? Identify(string? key)
    {
        var hash = Hash(key ?? "");
        string? caller = null;
        foreach (var known in _keyHashes)
        {
            // Named by the key itself, so that a caller stays the same when other keys come or go.
            if (CryptographicOperations.FixedTimeEquals(hash, known)) caller = $"key-{Convert.ToHexStringLower(hash, 0, NameBytes)}";
        }

        return key is null ? null : caller;
    }

    private static string? KeyOf(HttpRequest request)
    {
        const string bearer = "Bearer ";
        if (request.Headers["X-Api-Key"].FirstOrDefault() is { Length: > 0 } key) return key;
        return request.Headers.Authorization.FirstOrDefault() is { } header && header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase)
            ? header[bearer.Length..].Trim()
            : null;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static string AddressOf(HttpContext context) => $"ip-{context.Connection.RemoteIpAddress ?? IPAddress.None}";
}
