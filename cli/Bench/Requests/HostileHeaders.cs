namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>Header lines that a server may ignore or must bear; beside them a request stays as bad as it was.</summary>
internal static class HostileHeaders
{
    private static readonly string[] Lines =
    [
        "Range: bytes=0-0", "Range: bytes=9-1", "Range: bytes=,,,,", "Range: lines=1-2", "Range: bytes=-99999999999999999999", "Range: bytes=99999999999999999999-", "Range:",
        "If-Range: \"\"", "If-None-Match: *", "If-None-Match: \"\"\"\"", "If-Modified-Since: yesterday", "If-Match: W/\"", "Last-Event-ID: -1", "Last-Event-ID: 99999999999999999999",
        "Prefer: wait=99999999999999999999", "Prefer: wait=-1", "Prefer: wait=", "Prefer: wait=1;wait=2, wait=3", "Prefer: respond-async, wait=60", "Prefer: ,;,;",
        "X-Request-Id:", "X-Request-Id: two words", "X-Request-Id: <script>alert(1)</script>", "X-Request-Id: ../../etc/passwd", "X-Request-Id: ${jndi:ldap://x/a}", "X-Request-Id: %0d%0aX-Evil: 1",
        "Accept: text/html;q=0.0001,*/*;q=-1", "Accept:", "Accept-Encoding: gzip;q=1, br, zstd", "Accept-Language: xx-XX;q=9", "Accept-Charset: utf-7",
        "Origin: null", "Origin: http://evil.example", "Referer: ///", "User-Agent:", "Cookie: =;=;=", "Cookie: a=b; a=c; $Version=1", "Via: 1.1 x, 1.0 y", "Pragma: no-cache",
        "X-Forwarded-For: 127.0.0.1, ::1, unknown", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: javascript", "Forwarded: for=\"_x\";proto=http", "X-Original-URL: /admin", "X-Rewrite-URL: /admin",
        "X-HTTP-Method-Override: DELETE", "traceparent: 00-00000000000000000000000000000000-0000000000000000-00", "traceparent: ff-x", "tracestate: ====", "baggage: a=1,a=2,,", "Expect: 100-continue",
        "Authorization: Basic ====", "Authorization: Bearer", "Authorization: Digest username=\"\"", "Proxy-Authorization: Basic eA==", "TE: trailers, gzip", "Trailer: Content-Length", "Keep-Alive: timeout=-1",
        "Content-Language: ??", "Content-Location: ../x", "Content-MD5: x", "Content-Range: bytes 5-1/0", "Max-Forwards: -1", "Early-Data: 1", "DNT: 1", "From: @", "X-Escape: \u001b[31m", "X-Delete: \u007f\u0001", "X-\"quoted\": x", "X(Y): x",
    ];

    /// <returns>None for most requests, else a few.</returns>
    public static IEnumerable<string> Roll(Dice dice)
    {
        if (!dice.OneIn(3)) yield break;
        for (var more = 1 + dice.Roll(3); more > 0; more--)
        {
            yield return dice.Roll(12) switch
            {
                0 => $"X-Request-Id: {new string('r', 64 + dice.Roll(3000))}",
                1 => $"X-{new string('n', 1 + dice.Roll(200))}: {new string('v', dice.Roll(6000))}",
                // Latin-1 of UTF-8: a value beyond ASCII as it stands on the wire.
                2 => "X-Name: \u00c3\u00a9\u00f0\u009f\u008c\u00ae",
                _ => dice.Pick(Lines),
            };
        }
    }
}
