using System.Globalization;
using System.Text;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>Messages that are wrong as HTTP, those among them with which requests are smuggled past a proxy.</summary>
/// <param name="host">The server's <c>host:port</c>.</param>
internal sealed class BrokenHttp(string host)
{
    /// <summary>What a server may say to a message that it cannot read; and 505, which is what RFC 9110 asks for where the version is unknown.</summary>
    private static readonly int[] Unreadable = [400, 405, 408, 411, 413, 414, 431];
    private static readonly int[] UnknownVersion = [400, 505];

    private const string Body = """{"prompt":"A spicy taco at a noisy street stand"}""";

    public BadRequest Next(Random random) => random.Next(14) switch
    {
        0 => Of("request line", $"{Choose(random, "GET", "GET /", "GET  / HTTP/1.1", " / HTTP/1.1", "G\0T / HTTP/1.1", "GET /\0 HTTP/1.1", "\u0016\u0003\u0001\u0002\0", "GET http:// HTTP/1.1", "(GET) / HTTP/1.1")}\r\nHost: {host}\r\n\r\n"),
        1 => Of("HTTP version", $"GET /api/health HTTP/{Choose(random, "9.9", "3.0", "0.9", "1.2")}\r\nHost: {host}\r\n\r\n", UnknownVersion),
        2 => Of("header line", $"GET /api/audio/x HTTP/1.1\r\nHost: {host}\r\n{Choose(random, "no colon", "Name : value", ": empty", " folded: x", "Name: a\0b")}\r\n\r\n"),
        3 => Of("no host", "GET /api/audio/x HTTP/1.1\r\n\r\n"),
        4 => Of("host", $"GET /api/audio/x HTTP/1.1\r\nHost: {Choose(random, "a b", "[::1", "http://x/", "x,y", "x\0y")}\r\n\r\n"),
        5 => Of("two hosts", $"GET /api/audio/x HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n"),
        6 => Of("too large headers", $"GET /api/audio/x HTTP/1.1\r\nHost: {host}\r\nX-Long: {new string('x', random.Next(33_000, 60_000))}\r\n\r\n"),
        7 => Of("too many headers", $"GET /api/audio/x HTTP/1.1\r\nHost: {host}\r\n{string.Concat(Enumerable.Range(0, random.Next(101, 400)).Select(index => string.Create(CultureInfo.InvariantCulture, $"X-{index}: 1\r\n")))}\r\n"),
        8 => Of("two lengths", Post($"Content-Length: {Body.Length}\r\nContent-Length: {random.Next(1000)}") + Body),
        9 => Of("length", Post($"Content-Length: {Choose(random, "-1", "abc", "1e3", "0x10", "99999999999999999999999", "", "12 34", "+5")}") + Body),
        // Answered as chunked and then closed, or refused: what follows the last chunk must never be taken for a request.
        10 => Of("length and chunks", Post("Content-Length: 4\r\nTransfer-Encoding: chunked") + "1\r\n{\r\n0\r\n\r\n"),
        11 => Of("transfer coding", Post($"Transfer-Encoding: {Choose(random, "gzip", "chunked, gzip", "identity", "xchunked", "chunked;q=1", "\u000bchunked")}") + $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n"),
        12 => Of("chunk size", Post("Transfer-Encoding: chunked") + $"{Choose(random, "zz", "-5", "fffffffffffffffff", "5 5", "0x5", "\n")}\r\n{Body}\r\n0\r\n\r\n"),
        _ => Abandoned(random),
    };

    /// <summary>The caller goes away in the middle.</summary>
    private BadRequest Abandoned(Random random)
    {
        var whole = random.Next(2) == 0
            ? Post($"Content-Length: {Body.Length + random.Next(1, 5000)}") + Body
            : Post("Transfer-Encoding: chunked") + $"{Body.Length + 100:x}\r\n{Body}";
        return new BadRequest("abandoned", Latin(whole[..random.Next(1, whole.Length + 1)]), Sending.Abandoned, []);
    }

    private string Post(string framing) => $"POST /api/audio/generate HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{framing}\r\n\r\n";

    private static BadRequest Of(string kind, string text, int[]? allowed = null) => new($"http: {kind}", Latin(text), Sending.Alone, allowed ?? Unreadable);

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);

    private static string Choose(Random random, params ReadOnlySpan<string> of) => of[random.Next(of.Length)];
}
