using System.IO.Compression;
using System.Text;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>Requests for generating and refining: right as HTTP, wrong in what they carry or say that they carry.</summary>
internal sealed class JsonRequests(Target target)
{
    private static readonly string[] Routes = ["/api/audio/generate", "/api/audio/generate", "/api/audio/generate", "/api/prompt/refine", "/generate-audio"];

    private static readonly string[] OtherTypes =
    [
        "Content-Type: text/plain", "Content-Type:", "Content-Type: application/jsonp", "Content-Type: json", "Content-Type: */*", "Content-Type: application/*", "Content-Type: application/json, text/plain",
        "Content-Type: multipart/form-data; boundary=x", "Content-Type: application/x-www-form-urlencoded", "Content-Type: application/problem+json", "Content-Type: ;charset=utf-8", "Content-Type: application/json;;;=;",
        "Content-Type: application/json; charset=iso-8859-1", "Content-Type: application/json; charset=utf-16", "Content-Type: application/json; charset=utf-7", "Content-Type: application/json; charset=\"utf-32\"",
        "Content-Type: application/json; charset=utf-88", "Content-Type: application/json\r\nContent-Type: text/plain", "X-Content-Type: application/json",
    ];

    private static readonly string[] Codings = ["gzip", "deflate", "br", "zstd", "compress", "GZIP", "gzip, gzip", "identity, gzip", "x-unknown", "aes128gcm", "gzip\r\nContent-Encoding: br"];

    public BadRequest Field(Dice dice) => Post("field", dice, BadBodies.Field(dice), 400) with { NamesField = true };

    public BadRequest PromptEdge(Dice dice) => Post("prompt length", dice, BadBodies.PromptEdge(dice), 400) with { NamesField = true };

    public BadRequest Broken(Dice dice) => Post("broken JSON", dice, BadBodies.Broken(dice), 400) with { NamesField = true };

    public BadRequest TooLarge(Dice dice) => Post("over the limit", dice, BadBodies.TooLarge(dice), 413);

    public BadRequest OtherType(Dice dice)
    {
        var body = Encoding.UTF8.GetBytes(BadBodies.Right);
        var type = dice.OneIn(8) ? $"Content-Type: {new string('t', 1 + dice.Roll(4000))}/{(char)('a' + dice.Roll(26))}" : dice.Pick(OtherTypes);
        return Post("content type", dice, body, 415, type);
    }

    /// <summary>A body that says it is compressed, and is, or is not. Compressed it may be far larger than it looks.</summary>
    public BadRequest Compressed(Dice dice)
    {
        var coding = dice.Pick(Codings);
        var body = dice.Roll(3) switch
        {
            0 => Encoding.UTF8.GetBytes(BadBodies.Right),
            1 => Compress(Encoding.UTF8.GetBytes(BadBodies.Right)),
            _ => Compress(new byte[1 << (10 + dice.Roll(11))]),
        };
        return Post("compressed", dice, body, 415, $"{RequestText.Json}\r\nContent-Encoding: {coding}");
    }

    /// <summary>A right body under a key that repeats nothing.</summary>
    public BadRequest IdempotencyKey(Dice dice)
    {
        var key = dice.Roll(3) switch { 0 => "", 1 => "a\tb", _ => new string('k', 201 + dice.Roll(4000)) };
        var body = Encoding.UTF8.GetBytes(BadBodies.Right);
        return Post("idempotency key", dice, body, 400, $"{RequestText.Json}\r\nIdempotency-Key: {key}", dice.OneIn(2) ? "/generate-audio" : Routes[0]) with { NamesField = true };
    }

    /// <summary>Right, but for its key or the lack of one.</summary>
    public BadRequest ApiKey(Dice dice)
    {
        string[] keys =
        [
            "X-No-Key: 1", "X-Api-Key:", "X-Api-Key: wrong", $"X-Api-Key: {target.Key}x", $"X-Api-Key: {target.Key[..^1]}", $"X-Api-Key: {target.Key.ToUpperInvariant()}", $"X-Api-Key: {target.Key}, {target.Key}",
            $"X-Api-Key: {new string('k', 7000)}", $"Authorization: {target.Key}", $"Authorization: Basic {target.Key}", "Authorization: Bearer", "Authorization: Bearer \u00c3\u00a9", $"Cookie: X-Api-Key={target.Key}",
        ];
        var (key, body) = (dice.Pick(keys), Encoding.UTF8.GetBytes(BadBodies.Right));
        string[] host = [$"Host: {target.Host}", key];
        string[] paths = ["/api/audio", $"/api/audio/{target.FinishedId}", $"/api/audio/{target.FinishedId}/content", $"/api/audio/{target.FinishedId}/score", $"/api/audio/{target.FinishedId}/events?key={target.Key}"];
        var bytes = dice.OneIn(2)
            ? RequestText.Write("POST", dice.Pick(Routes), [.. host, RequestText.Json, RequestText.Length(body.Length)], body)
            : RequestText.Write("GET", dice.Pick(paths), host);
        return new BadRequest("API key", bytes, Delivery.Kept, 401);
    }

    private BadRequest Post(string category, Dice dice, byte[] body, int status, string type = RequestText.Json, string? route = null)
    {
        string[] lines = [$"Host: {target.Host}", $"X-Api-Key: {target.Key}", type, .. HostileHeaders.Roll(dice)];
        route ??= dice.Pick(Routes);
        if (dice.OneIn(8)) route += "?prompt=A%20spicy%20taco&x=%ff&&==";
        var bytes = dice.OneIn(4)
            ? RequestText.Write("POST", route, [.. lines, "Transfer-Encoding: chunked"], RequestText.Chunks(body, dice))
            : RequestText.Write("POST", route, [.. lines, RequestText.Length(body.Length)], body);
        return new BadRequest(category, bytes, Delivery.Kept, status);
    }

    private static byte[] Compress(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(body);
        return compressed.ToArray();
    }
}
