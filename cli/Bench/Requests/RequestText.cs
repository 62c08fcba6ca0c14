using System.Globalization;
using System.Text;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>Writes requests as they stand on the wire. Texts are Latin-1, so that every byte can be written.</summary>
internal static class RequestText
{
    public const string Json = "Content-Type: application/json";

    /// <param name="lines">Header lines without their ends.</param>
    public static byte[] Write(string method, string target, IEnumerable<string> lines, ReadOnlySpan<byte> body = default)
    {
        var head = new StringBuilder(256).Append(method).Append(' ').Append(target).Append(" HTTP/1.1\r\n");
        foreach (var line in lines) head.Append(line).Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    public static string Length(int bytes) => string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bytes}");

    /// <summary>Cuts a body into chunks, now and then with an extension or a trailer.</summary>
    public static byte[] Chunks(ReadOnlySpan<byte> body, Dice dice)
    {
        using var chunks = new MemoryStream(body.Length + 64);
        while (!body.IsEmpty)
        {
            var size = Math.Min(body.Length, 1 + dice.Roll(Math.Max(body.Length / 2, 1)));
            var extension = dice.OneIn(8) ? ";name=value" : "";
            chunks.Write(Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{size:x}{extension}\r\n")));
            chunks.Write(body[..size]);
            chunks.Write("\r\n"u8);
            body = body[size..];
        }

        chunks.Write(dice.OneIn(8) ? "0\r\nX-Trailer: late\r\n\r\n"u8 : "0\r\n\r\n"u8);
        return chunks.ToArray();
    }
}
