using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace AudioReprompt.Worker.Platform;

/// <summary>One answer of the control plane, read to its end; or why there is none.</summary>
/// <param name="Status">0: there was no answer.</param>
/// <param name="Fault">Null when there was an answer.</param>
internal sealed record PlatformReply(int Status, string? MediaType, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter, PlatformFault? Fault)
{
    public bool IsSuccess => Status is >= 200 and < 400;

    public static PlatformReply Failed(FaultKind kind, string type, string message) => new(0, null, default, null, new PlatformFault(kind, type, message));
}

/// <summary>Why there was no answer.</summary>
internal sealed record PlatformFault(FaultKind Kind, string Type, string Message);

internal enum FaultKind
{
    /// <summary>No connection, or one that broke.</summary>
    Connection,

    /// <summary>No complete answer in time.</summary>
    Timeout,

    /// <summary>The configured text is no address: no try can succeed.</summary>
    Address,
}

/// <summary>
/// Speaks HTTP with RunPod's control plane, and nothing else: headers, time limits and redirects of section 4. Never throws for what the
/// other side does.
/// </summary>
internal sealed class PlatformClient(HttpMessageInvoker http, string apiKey, TimeProvider time)
{
    private const int MaxRedirects = 10;
    private const int MaxBodyBytes = 128 * 1024 * 1024;
    private const int LongestMessage = 300;

    /// <summary>How long a take or stop poll may last.</summary>
    public static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(90);

    /// <summary>How long one try of anything else may last.</summary>
    public static readonly TimeSpan PostLimit = TimeSpan.FromSeconds(600);

    private static readonly string UserAgent = $"RunPod-DotNet-Worker/{PlatformEnvironment.Version} (AudioReprompt)";

    public static HttpMessageInvoker CreateHttp() => new(new SocketsHttpHandler
    {
        // Followed by hand: the framework would drop Authorization.
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        // No trace headers: the platform has no use for them.
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    });

    /// <summary>A take or a stop poll.</summary>
    /// <exception cref="OperationCanceledException">The token was tripped.</exception>
    public Task<PlatformReply> PollAsync(string url, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, url, null, default, PollLimit, cancellationToken);

    /// <summary>A result, a chunk or progress of a job.</summary>
    /// <exception cref="OperationCanceledException">The token was tripped.</exception>
    public Task<PlatformReply> PostAsync(string url, string jobId, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, url, jobId, body, PostLimit, cancellationToken);

    private async Task<PlatformReply> SendAsync(
        HttpMethod method, string url, string? jobId, ReadOnlyMemory<byte> body, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (PlatformUrl.Parse(url) is not { } address)
            return PlatformReply.Failed(FaultKind.Address, "InvalidURL", $"'{Cut(url)}' is no http or https address");
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            return await FollowAsync(method, address, jobId, body, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PlatformReply.Failed(FaultKind.Timeout, "Timeout", over.IsCancellationRequested ? $"no answer within {limit.TotalSeconds:0} s" : "no connection in time");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            // InvalidDataException: a body that is not what its Content-Encoding says.
            return PlatformReply.Failed(FaultKind.Connection, exception.GetType().Name, exception.Message);
        }
    }

    private async Task<PlatformReply> FollowAsync(
        HttpMethod method, Uri address, string? jobId, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var origin = address;
        for (var hop = 0; ; hop++)
        {
            using var request = Request(method, address, jobId, body, withKey: IsSameOrigin(origin, address));
            using var response = await http.SendAsync(request, cancellationToken);
            var status = (int)response.StatusCode;
            if (status is 301 or 302 or 303 or 307 or 308 && hop < MaxRedirects && response.Headers.Location is { } location)
            {
                var next = new Uri(address, location);
                if (next.Scheme is "http" or "https")
                {
                    // 303, and 301 and 302 of a POST, ask for a GET (RFC 9110, 15.4).
                    if (status == 303 || (status is 301 or 302 && method == HttpMethod.Post)) method = HttpMethod.Get;
                    address = next;
                    continue;
                }
            }

            await response.Content.LoadIntoBufferAsync(MaxBodyBytes, cancellationToken);
            var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new PlatformReply(status, response.Content.Headers.ContentType?.MediaType, content, RetryAfter(response.Headers.RetryAfter), null);
        }
    }

    private HttpRequestMessage Request(HttpMethod method, Uri address, string? jobId, ReadOnlyMemory<byte> body, bool withKey)
    {
        var request = new HttpRequestMessage(method, address);
        var isPost = method == HttpMethod.Post;
        // The platform's own worker has Content-Type on GETs too; without a content, no header of that name can be sent.
        request.Content = new ReadOnlyMemoryContent(isPost ? body : default);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", isPost ? "application/x-www-form-urlencoded" : "application/json");
        // A bare key has no scheme, which only an unchecked header may lack.
        if (withKey) request.Headers.TryAddWithoutValidation("Authorization", apiKey);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (isPost) request.Headers.TryAddWithoutValidation("charset", "utf-8");
        if (jobId is not null) request.Headers.TryAddWithoutValidation("X-Request-ID", Header(jobId));
        return request;
    }

    /// <summary>Whether the key may go there as well: the same host, and not in the clear where it was encrypted before.</summary>
    private static bool IsSameOrigin(Uri origin, Uri address) =>
        origin.Host == address.Host && (origin.Scheme == address.Scheme ? origin.Port == address.Port : address.Scheme == "https");

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>A header cannot hold line ends, nor anything beyond ASCII.</summary>
    private static string Header(string text) => text.All(character => character is >= ' ' and <= '~') ? text : Uri.EscapeDataString(text);

    private static string Cut(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage];

    /// <summary>The beginning of a body, on one line, for the log.</summary>
    public static string Quote(PlatformReply reply)
    {
        if (reply.Fault is { } fault) return $"{fault.Type}: {fault.Message}";
        var text = Encoding.UTF8.GetString(reply.Body.Span[..Math.Min(reply.Body.Length, LongestMessage)]).ReplaceLineEndings(" ");
        return text.Length == 0 ? $"{reply.Status}" : $"{reply.Status}, {text}";
    }
}
