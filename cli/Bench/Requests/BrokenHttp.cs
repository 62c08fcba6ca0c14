using System.Text;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>What is broken as HTTP: around a body that would be accepted, so that reading it any other way than as broken shows.</summary>
internal sealed class BrokenHttp(Target target)
{
    private const string Generate = "/api/audio/generate";

    private static readonly string[] RequestLines =
    [
        "GET", "GET /api/audio", "GET  /api/audio HTTP/1.1", " GET /api/audio HTTP/1.1", "GET /api/audio HTTP/1.1 x", "GET /api/audio HTTP /1.1", "GET /api/audio http/1.1", "GET /api/audio HTTP/1", "GET /api/audio HTTP/1.1.1",
        "G@T /api/audio HTTP/1.1", "GET\t/api/audio\tHTTP/1.1", "GET api/audio HTTP/1.1", "GET /api/audio/\0 HTTP/1.1", "GET /api/audio/%00 HTTP/1.1", "GET /api/audio/\u00c3\u00a9 HTTP/1.1", "GET http://evil.example/api/audio HTTP/1.1",
        "GET http:///api/audio HTTP/1.1", "GET ftp://x:y@z/ HTTP/1.1", "CONNECT /api/audio HTTP/1.1", "CONNECT evil.example:443 HTTP/1.1", "GET * HTTP/1.1", "\0\0\0\0", "HTTP/1.1 200 OK", "{\"prompt\":\"x\"}", "GET /api/audio\rHTTP/1.1",
        "* / *", ":", "GET /api/audio HTTP/1.1\0", "EHLO localhost", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003", "SSH-2.0-x",
    ];

    /// <summary>Kestrel answers 505 to some; it is the status for that (RFC 9110, section 15.6.6).</summary>
    private static readonly string[] Versions = ["HTTP/0.9", "HTTP/1.2", "HTTP/1.9", "HTTP/2", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9", "HTTP/-1.1", "HTTP/11", "ICY/1.0"];

    /// <summary>Not among them what Kestrel lets pass, as others do: control characters in values, quotes and brackets in names; see <see cref="HostileHeaders"/>.</summary>
    private static readonly string[] HeaderLines =
    [
        "X Y: z", "X-No-Colon", ": no name", "X-Name : blank before the colon", "\u00e9: not a token", "X-Nul: a\0b", "X-Cr: a\rb", "X-Latin: \u00e9\u00ff", "X-A: b\r\n folded: line",
        " X-First: blank", "\tX-First: tab", "X-\0: x", "Host: evil.example", "Host:", "Content-Length: 5\r\nContent-Length: 6",
    ];

    private static readonly string[] Hosts = ["X-No-Host: 1", "Host: a b", "Host: a/b", "Host: a@b", "Host: [::1", "Host: :80:80", "Host: \u00e9", "Host: a,b", "Host: a\tb", "Host: a\r\nHost: a", "Host: a?b", "Host: <script>"];

    private static readonly string[] Lengths = ["-1", "LEN LEN", "0x10", "", "99999999999999999999", "LEN, LEN", "LENa", "1e2", "LEN.0", "LEN\r\nContent-Length: LEN", "LEN\r\nContent-Length: 0", "0\r\nContent-Length: LEN", "\u00b2"];

    private static readonly string[] Codings = ["identity", "gzip", "chunked, gzip", "gzip, chunked", "deflate, chunked", "chunked, chunked", "xchunked", "chunkedx", "\"chunked\"", "chunked;q=1", "chunked, identity", "chunked\r\nTransfer-Encoding: identity", "identity\r\nTransfer-Encoding: chunked", "", ",", "x, chunked"];

    private static readonly string[] ChunkSizes = ["zz", "-1", "+5", "0x5", "", " ", "fffffffffffffffffff", "80000000", "5;\n", "5 ;a\u0001b\n", "g", "5\n5", "\0", "1.0", "5;name=\"\rX"];

    public BadRequest RequestLine(Dice dice)
    {
        var line = dice.Roll(10) switch
        {
            0 => $"GET /{new string('a', 9000 + dice.Roll(60_000))} HTTP/1.1",
            1 => $"{new string('M', 9000 + dice.Roll(9000))} / HTTP/1.1",
            2 => Encoding.Latin1.GetString(dice.Bytes(1 + dice.Roll(200))),
            _ => dice.Pick(RequestLines),
        };
        return Alone("request line", $"{line}\r\n{Rights()}\r\n");
    }

    public BadRequest Version(Dice dice) => Alone("version", $"{dice.Pick(["GET", "POST"])} /api/health {dice.Pick(Versions)}\r\n{Rights()}Content-Length: 0\r\n\r\n");

    /// <summary>The beginning of HTTP/2 without TLS; the server speaks HTTP/1.1 here.</summary>
    public BadRequest OtherProtocol(Dice dice) => dice.OneIn(2)
        ? Alone("protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0")
        : Alone("protocol", $"POST {Generate} HTTP/1.1\r\n{Rights()}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {dice.Pick(["h2c", "websocket", "x"])}\r\nHTTP2-Settings: AAMAAABk\r\nSec-WebSocket-Version: 13\r\n{RequestText.Json}\r\nContent-Length: 4\r\n\r\nnull");

    public BadRequest Headers(Dice dice) => dice.Roll(5) switch
    {
        0 => Alone("headers", Whole($"{dice.Pick(Hosts)}\r\nX-Api-Key: {target.Key}\r\n")),
        1 => Alone("headers", Whole($"{Rights()}X-Huge: {new string('h', (33 + dice.Roll(100)) << 10)}\r\n")),
        2 => Alone("headers", Whole($"{Rights()}{string.Concat(Enumerable.Range(0, 101 + dice.Roll(1000)).Select(number => $"X-{number}: {number}\r\n"))}")),
        _ => Alone("headers", Whole($"{Rights()}{dice.Pick(HeaderLines)}\r\n")),
    };

    public BadRequest Length(Dice dice)
    {
        var body = BadBodies.Right;
        var length = dice.Pick(Lengths).Replace("LEN", $"{body.Length}", StringComparison.Ordinal);
        return Alone("content length", $"POST {Generate} HTTP/1.1\r\n{Rights()}{RequestText.Json}\r\nContent-Length: {length}\r\n\r\n{body}");
    }

    /// <summary>Fewer bytes announced than sent: what is left over is no request.</summary>
    public BadRequest TooShort(Dice dice)
    {
        var body = BadBodies.Right;
        return Alone("length lies", $"POST {Generate} HTTP/1.1\r\n{Rights()}{RequestText.Json}\r\nContent-Length: {1 + dice.Roll(body.Length - 1)}\r\n\r\n{body}\r\n\r\n");
    }

    /// <summary>Announces more than is ever taken, and sends nothing.</summary>
    public BadRequest FarTooLarge(Dice dice) =>
        Alone("length lies", $"POST {Generate} HTTP/1.1\r\n{Rights()}{RequestText.Json}\r\nContent-Length: {dice.Pick(["30000001", "4294967296", "9223372036854775807"])}\r\n\r\n");

    public BadRequest Coding(Dice dice) =>
        Alone("transfer coding", $"POST {Generate} HTTP/1.1\r\n{Rights()}{RequestText.Json}\r\nTransfer-Encoding: {dice.Pick(Codings)}\r\n\r\n{Chunked()}");

    public BadRequest Chunk(Dice dice)
    {
        var (size, body) = ($"{BadBodies.Right.Length:x}", BadBodies.Right);
        var chunks = dice.Roll(4) switch
        {
            0 => $"{dice.Pick(ChunkSizes)}\r\n{body}\r\n0\r\n\r\n",
            1 => $"{size}\r\n{body}x\r\n0\r\n\r\n",
            2 => $"{size}\r\n{body}0\r\n\r\n\r\n",
            _ => $"{size}\r\n{body}\r\n{dice.Pick(ChunkSizes)}\r\n\r\n",
        };
        return Alone("chunks", $"POST {Generate} HTTP/1.1\r\n{Rights()}{RequestText.Json}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
    }

    /// <summary>Two framings at once, with a second request hidden where one of them sees a body's end. Both requests must be refused, or the connection closed before the second.</summary>
    public BadRequest Smuggled(Dice dice)
    {
        var hidden = $"POST {Generate} HTTP/1.1\r\n{Rights()}{RequestText.Json}\r\n{RequestText.Length(BadBodies.Right.Length)}\r\n\r\n{BadBodies.Right}";
        var (lines, body) = dice.Roll(6) switch
        {
            0 => ($"Content-Length: {5 + hidden.Length}\r\nTransfer-Encoding: chunked", $"0\r\n\r\n{hidden}"),
            1 => ($"Transfer-Encoding: chunked\r\nContent-Length: {5 + hidden.Length}", $"0\r\n\r\n{hidden}"),
            2 => ($"Content-Length: 4\r\nTransfer-Encoding: chunked", $"{hidden.Length:x}\r\n{hidden}\r\n0\r\n\r\n"),
            3 => (RequestText.Length(BadBodies.Right.Length) + "\r\nTransfer-Encoding: chunked", Chunked()),
            4 => ("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", $"0\r\n\r\n{hidden}"),
            _ => ($"Transfer-Encoding : chunked\r\nContent-Length: {5 + hidden.Length}", $"0\r\n\r\n{hidden}"),
        };
        return Alone("smuggling", $"POST {Generate} HTTP/1.1\r\n{Rights()}{RequestText.Json}\r\n{lines}\r\n\r\n{body}");
    }

    /// <summary>A right request that stops before its end.</summary>
    public BadRequest Abandoned(Dice dice)
    {
        var body = Encoding.UTF8.GetBytes(BadBodies.Right);
        string[] lines = [$"Host: {target.Host}", $"X-Api-Key: {target.Key}", RequestText.Json, dice.OneIn(2) ? RequestText.Length(body.Length) : "Transfer-Encoding: chunked"];
        var isChunked = lines[^1].StartsWith('T');
        var whole = RequestText.Write("POST", dice.Pick([Generate, "/generate-audio"]), lines, isChunked ? RequestText.Chunks(body, dice) : body);
        // Mostly in the body; a chunked one is whole only with its last line end.
        var left = dice.OneIn(4) ? 1 + dice.Roll(whole.Length - 1) : 1 + dice.Roll(body.Length);
        return new BadRequest("abandoned", whole[..^left], dice.OneIn(2) ? Delivery.HungUp : Delivery.Reset, 0);
    }

    private string Rights() => $"Host: {target.Host}\r\nX-Api-Key: {target.Key}\r\n";

    private static string Whole(string lines) => $"POST {Generate} HTTP/1.1\r\n{lines}{RequestText.Json}\r\n{RequestText.Length(BadBodies.Right.Length)}\r\n\r\n{BadBodies.Right}";

    private static string Chunked() => $"{BadBodies.Right.Length:x}\r\n{BadBodies.Right}\r\n0\r\n\r\n";

    private static BadRequest Alone(string category, string text) => new(category, Encoding.Latin1.GetBytes(text), Delivery.Alone, 0);
}
