using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>Requests that the front door has to refuse, over all of its routes; the same for the same seed and number.</summary>
/// <param name="host">The server's <c>host:port</c>.</param>
/// <param name="maxBodyBytes"><c>api.max_body_bytes</c>.</param>
internal sealed class BadRequests(string host, int maxBodyBytes, int seed)
{
    private static readonly string[] PromptRoutes = ["/api/audio/generate", "/api/prompt/refine", "/generate-audio"];

    private static readonly string[] HostileIds =
    [
        "x", "0", "00000000-0000-0000-0000-00000000000", "{00000000-0000-7000-8000-000000000000}", "00000000000070008000000000000000", "..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e",
        "..%5c..%5cweb.config", "%25%30%30", "%c0%af", "%ff%fe", "%e2%80%ae", "jobs.db", "signing.key", "%27%20OR%201=1--", "%3Cscript%3E", "a%0d%0aX-Evil:%201", "-1", "NaN", "null",
    ];

    private readonly BrokenHttp _broken = new(host);

    /// <param name="number">Any; each has its own.</param>
    public BadRequest Of(int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        return random.Next(20) switch
        {
            <= 5 => Post("body", random, AnyOf(random, PromptRoutes), BadBodies.Next(random), [400], namesField: true),
            6 => Post("number out of range", random, "/api/audio/generate", BadBodies.WithNumberOutOfRange(random), [400], namesField: true),
            7 => Post("body over the limit", random, AnyOf(random, PromptRoutes), BadBodies.OverTheLimit(random, maxBodyBytes), [413]),
            8 => Post("content type", random, AnyOf(random, PromptRoutes), BadBodies.RightOne(), [415], BadContentType(random)),
            9 => Post("compressed body", random, AnyOf(random, PromptRoutes), Compressed(random), [400, 413], "Content-Type: application/json\r\nContent-Encoding: gzip", namesField: true),
            10 => Post("idempotency key", random, "/api/audio/generate", BadBodies.RightOne(), [400], $"Content-Type: application/json\r\nIdempotency-Key: {AnyOf(random, "", new string('k', 201), "a\tb")}", namesField: true),
            11 => Get("id", random, $"/api/audio/{Id(random)}{AnyOf(random, "", "/content", "/events", "/score", "/stream")}{AnyOf(random, "", "?format=base64", "?format=xml", "?expires=1&signature=x")}", [400, 404]),
            12 => Get("list", random, $"/api/audio?{AnyOf(random, "limit=0", "limit=101", "limit=-1", "limit=1e1", "limit=x", "limit=", "limit=99999999999", "before=x", "before=", "limit=1&before=1", "limit=%00")}", [400]),
            13 => Send("delete", random, "DELETE", $"/api/audio/{Id(random)}", "", [], [400, 404, 405]),
            14 => Send("upload", random, "PUT", $"/api/audio/{Id(random)}/content{AnyOf(random, "", "?expires=9999999999&signature=x", "?expires=x&signature=", "?expires=-1&signature=%00")}", "Content-Type: audio/wav", Noise(random), [400, 403]),
            15 => Post("webhook", random, $"/api/runpod/webhook/{Id(random)}{AnyOf(random, "", "?token=", "?token=x", "?token=%00", $"?token={new string('t', 2000)}")}", BadBodies.Next(random), [400, 403]),
            16 => Get("route", random, $"/{AnyOf(random, "api", "api/", "api/audio/x/y/z", "api/audio/generate/x", "api/../../etc/passwd", "api/%2e%2e/config.yaml", "config.yaml", ".git/HEAD", "api/audio//content", "openapi/v2.json", "metricsx", "API/AUDIO/x")}", [400, 404]),
            17 => Send("verb", random, AnyOf(random, "PATCH", "DELETE", "PUT", "OPTIONS", "PROPFIND", "TRACE"), AnyOf(random, "/api/audio/generate", "/api/prompt/refine", "/api/health", "/api/audio"), "", [], [404, 405]),
            _ => _broken.Next(random),
        };
    }

    private BadRequest Get(string kind, Random random, string path, int[] allowed) => Send(kind, random, "GET", path, "", [], allowed);

    private BadRequest Post(
        string kind, Random random, string path, byte[] body, int[] allowed, string headers = "Content-Type: application/json", bool namesField = false) =>
        Send(kind, random, "POST", path, headers, body, allowed, namesField);

    private BadRequest Send(string kind, Random random, string verb, string path, string headers, byte[] body, int[] allowed, bool namesField = false)
    {
        var head = new StringBuilder($"{verb} {path} HTTP/1.1\r\nHost: {host}\r\n");
        if (headers.Length > 0) head.Append(headers).Append("\r\n");
        if (Oddity(random) is { } odd) head.Append(odd).Append("\r\n");
        var isChunked = body.Length > 0 && random.Next(5) == 0;
        if (isChunked) head.Append("Transfer-Encoding: chunked\r\n\r\n");
        else head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
        byte[] bytes = [.. Encoding.Latin1.GetBytes(head.ToString()), .. isChunked ? Chunked(body, random) : body];
        return new BadRequest(kind, bytes, Sending.Framed, allowed, namesField);
    }

    /// <summary>A header that is odd and changes nothing; null: none.</summary>
    private static string? Oddity(Random random) => random.Next(8) switch
    {
        0 => $"X-Request-Id: {AnyOf(random, new string('i', 500), "../../x", "a b", "<script>", "%0d%0a")}",
        1 => $"Prefer: {AnyOf(random, "wait=", "wait=-1", "wait=99999999999", "wait=abc", ";;;,,,=", "respond-async, wait=x")}",
        2 => $"Range: {AnyOf(random, "bytes=-", "bytes=9-1", "lines=1-2", "bytes=99999999999999999999-", "bytes=0-0,1-1,2-2")}",
        3 => $"Authorization: {AnyOf(random, "Bearer", "Bearer ", "Basic eA==", new string('a', 3000), "Negotiate x")}",
        _ => null,
    };

    private static string BadContentType(Random random) => AnyOf(
        random, "X-None: 1", "Content-Type: text/plain", "Content-Type: application/xml", "Content-Type: application/json; charset=utf-16", "Content-Type: multipart/form-data; boundary=x",
        "Content-Type: application/json, text/plain", "Content-Type: ;;;", "Content-Type: application/jsonx", $"Content-Type: {new string('x', 2000)}/y");

    private static string Id(Random random) => random.Next(3) == 0 ? $"{random.Next():x8}-0000-7000-8000-{random.NextInt64(1L << 48):x12}" : AnyOf(random, HostileIds);

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(1, 3000)];
        random.NextBytes(noise);
        return noise;
    }

    /// <summary>As it stands it is no JSON; unpacked it would be up to a thousand times as long, and none either.</summary>
    private static byte[] Compressed(Random random)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes("{\"prompt\":\""));
            gzip.Write(new byte[random.Next(1 << 10, 1 << 18)]);
        }

        return packed.ToArray();
    }

    private static byte[] Chunked(byte[] body, Random random)
    {
        using var chunks = new MemoryStream();
        for (var at = 0; at < body.Length;)
        {
            var size = Math.Min(random.Next(1, 5000), body.Length - at);
            chunks.Write(Encoding.ASCII.GetBytes($"{size:x}\r\n"));
            chunks.Write(body, at, size);
            chunks.Write("\r\n"u8);
            at += size;
        }

        chunks.Write("0\r\n\r\n"u8);
        return chunks.ToArray();
    }

    private static string AnyOf(Random random, params ReadOnlySpan<string> of) => of[random.Next(of.Length)];
}
