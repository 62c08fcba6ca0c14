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

    /// <summary>So much of <see cref="_received"/> was the last answer.</summary>
    private int _consumed;

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
    /// <param name="hasBody">false for the answer to HEAD.</param>
    /// <returns>The answer; valid until the next call.</returns>
    /// <exception cref="SocketException">The connection broke, or the server was silent for too long.</exception>
    /// <exception cref="InvalidDataException">What came is not an HTTP/1.1 answer that can be framed.</exception>
    public HttpAnswer Send(ReadOnlySpan<byte> request, bool hasBody = true)
    {
        Write(request);
        return Read(hasBody);
    }

    /// <param name="bytes">A request or a part of one.</param>
    /// <exception cref="SocketException">The connection broke, or the server took nothing for too long.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>Reads the next answer; what is only interim (1xx) is passed over.</summary>
    /// <inheritdoc cref="Send"/>
    public HttpAnswer Read(bool hasBody = true)
    {
        while (true)
        {
            // What came with the last answer and was no part of it.
            _buffer.AsSpan(_consumed.._received).CopyTo(_buffer);
            (_received, _consumed) = (_received - _consumed, 0);
            var body = ReceiveHead();
            var status = StatusOf(_buffer.AsSpan(0, body));
            _consumed = body;
            if (status is >= 100 and < 200) continue;
            var length = hasBody && status is not (204 or 304) ? ReceiveBody(body) : 0;
            return new HttpAnswer(status, _buffer.AsSpan(0, body), _buffer.AsSpan(body, length));
        }
    }

    /// <summary>Says that no more comes from here; answers can still be read.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends as a client that crashed does: the server sees a reset (RST).</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    /// <returns>The body's length.</returns>
    private int ReceiveBody(int body)
    {
        var head = new HttpHead(_buffer.AsSpan(0, body));
        if (head["transfer-encoding"u8] is { Length: > 0 } encoding)
        {
            return Ascii.EqualsIgnoreCase(encoding, "chunked"u8)
                ? ReceiveChunks(body)
                : throw new InvalidDataException("The server answered in an encoding other than chunked.");
        }

        if (Utf8Parser.TryParse(head["content-length"u8], out int length, out _) && length >= 0)
        {
            Receive(body + length);
            _consumed = body + length;
            return length;
        }

        if (!head.Closes) throw new InvalidDataException("The server's answer has neither a length nor chunks.");
        while (TryReceive())
        {
        }

        _consumed = _received;
        return _received - body;
    }

    /// <returns>Where the body begins.</returns>
    private int ReceiveHead()
    {
        var searched = 0;
        while (true)
        {
            // Sometimes it came with the answer before it.
            var end = _buffer.AsSpan(searched.._received).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return searched + end + 4;
            searched = Math.Max(0, _received - 3);
            Receive(_received + 1);
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
            if (size == 0)
            {
                _consumed = next + 2;
                return length;
            }

            _buffer.AsSpan(next, size).CopyTo(_buffer.AsSpan(body + length));
            length += size;
            next += size + 2;
        }
    }

    /// <summary>Waits until at least <paramref name="count"/> bytes of the answer are there.</summary>
    private void Receive(int count)
    {
        while (_received < count)
        {
            if (!TryReceive()) throw new SocketException((int)SocketError.ConnectionReset);
        }
    }

    /// <returns>false when the server has closed the connection.</returns>
    private bool TryReceive()
    {
        if (_received == LargestAnswer) throw new InvalidDataException("The server's answer is too large.");
        if (_received == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
        var read = _socket.Receive(_buffer.AsSpan(_received));
        _received += read;
        return read > 0;
    }

    private static int StatusOf(ReadOnlySpan<byte> head)
    {
        var prefix = "HTTP/1.1 "u8;
        return head.StartsWith(prefix) && Utf8Parser.TryParse(head.Slice(prefix.Length, 3), out int status, out _)
            ? status
            : throw new InvalidDataException("The server does not speak HTTP/1.1.");
    }
}

/// <summary>What a server answered.</summary>
internal readonly ref struct HttpAnswer(int status, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
{
    public int Status { get; } = status;

    public HttpHead Head { get; } = new(head);

    public ReadOnlySpan<byte> Body { get; } = body;
}

/// <summary>The lines before an answer's body.</summary>
internal readonly ref struct HttpHead(ReadOnlySpan<byte> lines)
{
    private readonly ReadOnlySpan<byte> _lines = lines;

    /// <summary>Whether the server closes the connection after this answer.</summary>
    public bool Closes => Ascii.EqualsIgnoreCase(this["connection"u8], "close"u8);

    /// <summary>The field's value without blanks around it; empty when the head lacks the field.</summary>
    public ReadOnlySpan<byte> this[ReadOnlySpan<byte> name]
    {
        get
        {
            foreach (var range in _lines.Split("\r\n"u8))
            {
                var line = _lines[range];
                if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                    return line[(name.Length + 1)..].Trim(" \t"u8);
            }

            return default;
        }
    }
}
