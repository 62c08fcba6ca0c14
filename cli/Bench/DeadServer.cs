using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AudioReprompt.Cli.Bench;

/// <summary>A server that takes connections and breaks them without a word, and counts what it was asked for.</summary>
internal sealed class DeadServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _takes;

    public DeadServer()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    public int Takes => Volatile.Read(ref _takes);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        var buffer = new byte[1024];
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var count = await client.GetStream().ReadAsync(buffer);
                if (Encoding.ASCII.GetString(buffer, 0, count).StartsWith("GET /job-take", StringComparison.Ordinal)) Interlocked.Increment(ref _takes);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException)
        {
            // The bench is over, or the client gave up first, which a dead server does not mind.
        }
    }
}
