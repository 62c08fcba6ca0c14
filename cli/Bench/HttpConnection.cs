using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AudioReprompt.Cli.Bench;

/// <summary>
/// One keep-alive HTTP/1.1 connection that blocks its thread. It does next to nothing on its own account, because the server that
/// it measures shares the cores with it: finished bytes go out, and of the answer only the framing is read.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int FirstSize = 16 << 10;
    private const int LargestAnswer = 64 << 20;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[FirstSize];
    private int _received;

    /// <param name="timeout">For every wait on the server.</param>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public HttpConnection(IPEndPoint server, TimeSpan timeout)
    {
        try
        {
            _socket.SendTimeout = _socket.ReceiveTimeout = (int)timeout.TotalMilliseconds;
            _socket.Connect(server);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <param name="request">A whole request.</param>
    /// <returns>The answer; valid until the next call.</returns>
    /// <exception cref="SocketException">The connection broke, or the server was silent for too long.</exception>
    /// <exception cref="InvalidDataException">What came is not an HTTP/1.1 answer that can be framed.</exception>
    public HttpAnswer Send(ReadOnlySpan<byte> request)
    {
        while (request.Length > 0) request = request[_socket.Send(request)..];
        _received = 0;
        var body = ReceiveHead();
        var head = _buffer.AsSpan(0, body);
        var status = StatusOf(head);
        int length;
        if (Field(head, "transfer-encoding"u8) is { Length: > 0 } encoding)
        {
            if (!Ascii.EqualsIgnoreCase(encoding, "chunked"u8))
                throw new InvalidDataException("The server answered in an encoding other than chunked.");
            length = ReceiveChunks(body);
        }
        else
        {
            length = Utf8Parser.TryParse(Field(head, "content-length"u8), out int given, out _) && given >= 0
                ? given
                : throw new InvalidDataException("The server's answer has neither a length nor chunks.");
            Receive(body + length);
        }

        return new HttpAnswer(status, _buffer.AsSpan(body, length));
    }

    public void Dispose() => _socket.Dispose();

    /// <returns>Where the body begins.</returns>
    private int ReceiveHead()
    {
        var searched = 0;
        while (true)
        {
            Receive(_received + 1);
            var end = _buffer.AsSpan(searched.._received).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return searched + end + 4;
            searched = Math.Max(0, _received - 3);
        }
    }

    /// <summary>Joins the chunks at the body's begin.</summary>
    /// <returns>The body's length.</returns>
    private int ReceiveChunks(int body)
    {
        var length = 0;
        var next = body;
        while (true)
        {
            int lineEnd;
            while ((lineEnd = _buffer.AsSpan(next.._received).IndexOf("\r\n"u8)) < 0) Receive(_received + 1);
            if (!Utf8Parser.TryParse(_buffer.AsSpan(next, lineEnd), out int size, out _, 'x') || size is < 0 or > LargestAnswer)
                throw new InvalidDataException("The server's answer has a chunk without a size.");
            next += lineEnd + 2;
            Receive(next + size + 2);
            if (size == 0) return length;
            _buffer.AsSpan(next, size).CopyTo(_buffer.AsSpan(body + length));
            length += size;
            next += size + 2;
        }
    }

    /// <summary>Waits until at least <paramref name="count"/> bytes of the answer are there.</summary>
    private void Receive(int count)
    {
        if (count > LargestAnswer) throw new InvalidDataException("The server's answer is too large.");
        if (count > _buffer.Length) Array.Resize(ref _buffer, Math.Max(count, 2 * _buffer.Length));
        while (_received < count)
        {
            var read = _socket.Receive(_buffer.AsSpan(_received));
            if (read == 0) throw new SocketException((int)SocketError.ConnectionReset);
            _received += read;
        }
    }

    private static int StatusOf(ReadOnlySpan<byte> head)
    {
        var prefix = "HTTP/1.1 "u8;
        return head.StartsWith(prefix) && Utf8Parser.TryParse(head.Slice(prefix.Length, 3), out int status, out _)
            ? status
            : throw new InvalidDataException("The server does not speak HTTP/1.1.");
    }

    /// <returns>The field's value without blanks around it; empty when the head lacks the field.</returns>
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return line[(name.Length + 1)..].Trim(" \t"u8);
        }

        return default;
    }
}

/// <summary>What a server answered.</summary>
internal readonly ref struct HttpAnswer(int status, ReadOnlySpan<byte> body)
{
    public int Status { get; } = status;

    public ReadOnlySpan<byte> Body { get; } = body;
}
