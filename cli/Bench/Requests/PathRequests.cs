using System.Text;
using AudioReprompt.FrontDoor.Http;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>Requests that name what is not there, in a way that is not offered, or without the right to it.</summary>
internal sealed class PathRequests(Target target)
{
    private static readonly string[] Ids =
    [
        "not-an-id", "0", "-1", "null", "undefined", "NaN", "1e5", "00000000-0000-0000-0000-000000000000", "00000000-0000-7000-8000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "FFFFFFFF-FFFF-7FFF-BFFF-FFFFFFFFFFFF", "{00000000-0000-7000-8000-000000000000}", "%7B00000000-0000-7000-8000-000000000000%7D", "00000000000070008000000000000000", "00000000-0000-7000-8000-00000000000",
        "00000000-0000-7000-8000-0000000000000", "00000000-0000-7000-8000-000000000000.wav", "00000000-0000-7000-8000-00000000000g", "%2000000000-0000-7000-8000-000000000000", "0000000-0-0000-7000-8000-000000000000",
        "..%2f..%2fetc%2fpasswd", "..%5c..%5cwindows%5cwin.ini", "%252e%252e%252f", "....%2f%2f....", "%c0%ae%c0%ae", "%ff%fe", "%ed%a0%80", "%u0041", "%f0%9f%8c%ae", "%d9%85%d8%b1%d8%ad%d8%a8%d8%a7", "%e2%80%ae",
        "'%20OR%201=1--", "';DROP%20TABLE%20jobs;--", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "%0d%0aX-Evil:%201", "%0a", "%09", "%7f", "$%7Bjndi:ldap:%2F%2Fx%7D", "~", "*", "con", "aux.wav", "jobs.db", "signing.key",
        "a;b=c", "a,b", "a%3Fb", "a%23b", "%25", "%25%25%25", "@", "!", "(", "|", "generate", "score", "content",
    ];

    private static readonly string[] Nowhere =
    [
        "/api", "/api/", "/api/nothing", "/api/v2/audio", "/api/audio/x/y", "/api/audio/x/content/y", "/api//audio", "/api/audio//content", "//api/audio", "/api/audios", "/api/audio%2fgenerate", "/api%2faudio",
        "/generate-audio/x", "/generate_audio", "/api/prompt", "/api/prompt/refine/x", "/api/runpod", "/api/runpod/webhook", "/api/health/live", "/api/audio/../../etc/passwd", "/api/audio/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fconfig.yaml", "/%2e%2e%2fjobs.db", "/config.yaml", "/jobs.db", "/signing.key", "/.env", "/.git/config", "/wp-login.php", "/admin", "/favicon.php", "/index.php?x=1", "/cgi-bin/sh", "/openapi/v2.json",
        "/openapi/v1.yaml", "/docs/nothing.js", "/docs/../jobs.db", "/assets/../../config.yaml", "/assets/nothing.js", "/server-status", "/~root", "/%ff", "/\\windows", "/a?b?c", "/;x", "/api/audio;x/y",
    ];

    private static readonly (string Method, string Path)[] Forbidden =
    [
        ("DELETE", "/api/audio"), ("PUT", "/api/audio"), ("PATCH", "/api/audio"), ("POST", "/api/audio"), ("HEAD", "/api/audio"), ("OPTIONS", "/api/audio"), ("TRACE", "/api/audio"),
        ("POST", "/api/audio/ID"), ("PUT", "/api/audio/ID"), ("PATCH", "/api/audio/ID"), ("HEAD", "/api/audio/ID"), ("BREW", "/api/audio/ID"), ("POST", "/api/audio/ID/content"), ("DELETE", "/api/audio/ID/content"),
        ("PATCH", "/api/audio/ID/content"), ("PUT", "/api/audio/ID/events"), ("POST", "/api/audio/ID/score"), ("DELETE", "/api/audio/ID/stream"), ("GET", "/generate-audio"), ("PUT", "/generate-audio"), ("DELETE", "/generate-audio"),
        ("GET", "/api/prompt/refine"), ("HEAD", "/api/prompt/refine"), ("PUT", "/api/prompt/refine"), ("GET", "/api/runpod/webhook/ID"), ("PUT", "/api/runpod/webhook/ID"), ("POST", "/api/health"), ("DELETE", "/api/health/ready"),
        ("MKCOL", "/api/audio"), ("M-SEARCH", "/api/health"), ("A", "/api/audio/ID"),
    ];

    private static readonly string[] BadQueries =
    [
        "limit=0", "limit=101", "limit=-1", "limit=x", "limit=", "limit=1e1", "limit=%205", "limit=5%20", "limit=+5", "limit=99999999999999999999", "limit=%00", "limit=%d9%a3", "limit=5&limit=6", "limit=0x5", "limit=5.0", "LIMIT=0",
        "before=x", "before=", "before=00000000000070008000000000000000", "before={00000000-0000-7000-8000-000000000000}", "before=..%2f..", "before=%ff", "limit=0&before=x", "before=1&before=2", "before=%27%20OR%201=1--",
    ];

    private static readonly string[] BadFormats = ["mp3", "", "URL", "base64%20", "url,base64", "url&format=base64", "%00", "%ff", "../x"];

    /// <summary>A job that is not there.</summary>
    public BadRequest UnknownId(Dice dice)
    {
        var id = Id(dice);
        var query = dice.OneIn(5) ? "?expires=9999999999&signature=x&format=url&x[]=%00" : "";
        return dice.Roll(8) switch
        {
            0 => Ask("unknown id", "DELETE", $"/api/audio/{id}{query}", dice, 404),
            1 => Ask("unknown id", "GET", $"/api/audio/{id}/content{query}", dice, 404),
            2 => Ask("unknown id", "HEAD", $"/api/audio/{id}/content{query}", dice, 404) with { IsHead = true },
            3 => Ask("unknown id", "GET", $"/api/audio/{id}/events{query}", dice, 404),
            4 => Ask("unknown id", "GET", $"/api/audio/{id}/score{query}", dice, 404),
            5 => Ask("unknown id", "GET", $"/api/audio/{id}/stream{query}", dice, 404),
            _ => Ask("unknown id", "GET", $"/api/audio/{id}{query}", dice, 404),
        };
    }

    public BadRequest UnknownRoute(Dice dice)
    {
        var path = dice.OneIn(5) ? $"/{Convert.ToHexStringLower(dice.Bytes(1 + dice.Roll(30)))}" : dice.Pick(Nowhere);
        var method = dice.Pick(["GET", "GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"]);
        return Ask("unknown route", method, path, dice, 404) with { IsHead = method == "HEAD" };
    }

    public BadRequest OtherMethod(Dice dice)
    {
        var (method, path) = dice.Pick(Forbidden);
        return Ask("method", method, path.Replace("ID", dice.OneIn(2) ? target.FinishedId.ToString() : "x", StringComparison.Ordinal), dice, 405) with { IsHead = method == "HEAD" };
    }

    public BadRequest Query(Dice dice) => dice.OneIn(4)
        ? Ask("query", "GET", $"/api/audio/{target.FinishedId}?format={dice.Pick(BadFormats)}", dice, 400) with { NamesField = true }
        : Ask("query", "GET", $"/api/audio?{dice.Pick(BadQueries)}", dice, 400) with { NamesField = true };

    /// <summary>Of audio that is there, a part that is not, or a version that is not.</summary>
    public BadRequest Part(Dice dice)
    {
        var (line, status) = dice.Pick<(string, int)>([("Range: bytes=999999999-", 416), ("Range: bytes=-0", 416), ("Range: bytes=888888888-999999999", 416), ("If-Match: \"other\"", 412), ("If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", 412)]);
        var method = dice.OneIn(3) ? "HEAD" : "GET";
        // Nothing beside it: a Range before this one would be taken together with it.
        var bytes = RequestText.Write(method, $"/api/audio/{target.FinishedId}/content", [$"Host: {target.Host}", $"X-Api-Key: {target.Key}", line]);
        return new BadRequest("part of audio", bytes, Delivery.Kept, status) { IsHead = method == "HEAD" };
    }

    /// <summary>An upload without the right to it, or to a job that takes none; a download without key or signature.</summary>
    public BadRequest Signature(Dice dice)
    {
        var (id, other) = (target.FinishedId, new Guid(dice.Bytes(16)));
        var right = target.Signatures.Sign(UrlPurpose.Upload, id, TimeSpan.FromDays(365));
        var download = target.Signatures.Sign(UrlPurpose.Download, id, TimeSpan.FromDays(365));
        if (dice.OneIn(4)) return Ask("signature", "GET", $"/api/audio/{id}/{dice.Pick(["content", "stream"])}?{dice.Pick([right, "", $"{download}x", "expires=1&signature="])}", dice, 401, withKey: false);
        string[] wrong =
        [
            "", "?", "?expires=1", "?signature=x", $"?{download}", $"?{target.Signatures.Sign(UrlPurpose.Upload, other, TimeSpan.FromDays(1))}", $"?{target.Signatures.Sign(UrlPurpose.Upload, id, TimeSpan.FromDays(-1))}",
            $"?{right}=", $"?{right}x", $"?{right[..^1]}", $"?{right}&expires=1", $"?{right}&signature=x", $"?{right.Replace("expires=", "expires=1", StringComparison.Ordinal)}", $"?{right.Replace("expires=", "expires=%2b", StringComparison.Ordinal)}",
            $"?{right.Replace("expires=", "expires=-", StringComparison.Ordinal)}", "?expires=99999999999999999999&signature=x", $"?expires=9999999999&signature={new string('s', 5000)}", "?expires=9999999999&signature=%ff%00", "?expires=%d9%a3&signature=x",
        ];
        var (path, status) = dice.Roll(6) switch
        {
            0 => ($"/api/audio/{id}/content?{right}", 409),
            1 => ($"/api/audio/{other}/content?{target.Signatures.Sign(UrlPurpose.Upload, other, TimeSpan.FromDays(365))}", 410),
            2 => ($"/api/audio/{Id(dice)}/content{dice.Pick(wrong)}", 403),
            _ => ($"/api/audio/{id}/content{dice.Pick(wrong)}", 403),
        };
        return Send("signature", "PUT", path, dice.Bytes(dice.Roll(dice.OneIn(10) ? 100_000 : 300)), dice, status);
    }

    /// <summary>A report without the job's token, or with it and no report.</summary>
    public BadRequest Webhook(Dice dice)
    {
        var token = target.WebhookToken;
        string[] wrong = ["", "?token=", "?token=x", $"?token={token}x", $"?token={token[..^1]}", $"?token={token.ToUpperInvariant()}X", $"?token={token}&token={token}", $"?tok={token}", $"?token={new string('t', 5000)}", "?token=%ff", "?token=%00", $"?token=%20{token}"];
        string[] reports = ["{}", """{"id":7,"status":"COMPLETED"}""", """{"id":"x"}""", """{"status":"COMPLETED"}""", """{"id":"","status":"COMPLETED"}""", """{"id":"x","status":1}""", """{"id":"\ud800","status":"COMPLETED"}""", """{"id":null,"status":null}"""];
        var body = dice.OneIn(2) ? BadBodies.Broken(dice) : Encoding.UTF8.GetBytes(dice.Pick(reports));
        return dice.Roll(3) switch
        {
            0 => Send("webhook", "POST", $"/api/runpod/webhook/{target.FinishedId}?token={token}", body, dice, 400),
            1 => Send("webhook", "POST", $"/api/runpod/webhook/{Id(dice)}?token={token}", body, dice, 403),
            _ => Send("webhook", "POST", $"/api/runpod/webhook/{target.FinishedId}{dice.Pick(wrong)}", body, dice, 403),
        };
    }

    private static string Id(Dice dice) => dice.Roll(6) switch
    {
        0 => new Guid(dice.Bytes(16)).ToString(),
        // With the longest query still within Kestrel's 8 KiB for a request line.
        1 => new string('a', 1 + dice.Roll(2500)),
        2 => string.Concat(dice.Bytes(1 + dice.Roll(40)).Select(value => $"%{value | 0x80:x2}")),
        _ => dice.Pick(Ids),
    };

    private BadRequest Send(string category, string method, string path, byte[] body, Dice dice, int status)
    {
        var type = dice.Pick(["Content-Type: audio/wav", RequestText.Json, "X-No-Type: 1"]);
        // An upload is audio before it is anything else.
        if (method == "PUT" && type == RequestText.Json) status = 415;
        string[] lines = [$"Host: {target.Host}", type, .. HostileHeaders.Roll(dice)];
        var bytes = dice.OneIn(4)
            ? RequestText.Write(method, path, [.. lines, "Transfer-Encoding: chunked"], RequestText.Chunks(body, dice))
            : RequestText.Write(method, path, [.. lines, RequestText.Length(body.Length)], body);
        return new BadRequest(category, bytes, Delivery.Kept, status);
    }

    private BadRequest Ask(string category, string method, string path, Dice dice, int status, bool withKey = true)
    {
        List<string> lines = [$"Host: {target.Host}", .. HostileHeaders.Roll(dice)];
        if (withKey) lines.Add($"X-Api-Key: {target.Key}");
        if (method is not ("GET" or "HEAD")) lines.Add(RequestText.Length(0));
        return new BadRequest(category, RequestText.Write(method, path, lines), Delivery.Kept, status);
    }
}
