using System.Net;
using System.Net.Sockets;

namespace AudioReprompt.Worker.Handling;

/// <summary>The job's address leads to a machine that the worker must not write to.</summary>
public sealed class ForbiddenTargetException(string message) : IOException(message);

/// <summary>
/// Decides at the moment of connecting where an upload may go. A host on the allow list may still resolve to a machine inside the worker's
/// own network, by mistake or by a name server that means harm; only a host that is listed as an address is taken at its word.
/// </summary>
/// <param name="allows">Host of the request, and an address that it resolves to.</param>
public sealed class UploadTargets(Func<string, IPAddress, bool> allows)
{
    /// <summary>No address is forbidden.</summary>
    public static UploadTargets Any { get; } = new((_, _) => true);

    /// <summary>Public addresses, and private ones that the list names: <c>127.0.0.1</c>, <c>10.0.0.5</c>, <c>localhost</c>.</summary>
    public static UploadTargets Of(IReadOnlyList<string> hosts) => new((host, address) =>
        IsPublic(address) || IPAddress.TryParse(host, out _) || (host == "localhost" && IPAddress.IsLoopback(address) && hosts.Contains(host)));

    internal bool Allows(string host, IPAddress address) => allows(host, address);

    /// <summary>Connects to the first address that answers; for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="ForbiddenTargetException">One of the addresses is not allowed: then none is used.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host.Trim('[', ']');
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        if (addresses.FirstOrDefault(address => !Allows(host, address)) is { } forbidden)
            throw new ForbiddenTargetException($"{host} leads to the private address {forbidden}; worker.upload_private_addresses is off.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether an address is public unicast (IANA's special-purpose registries, RFC 6890).</summary>
    internal static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (length == 4)
        {
            return (bytes[0], bytes[1]) switch
            {
                (0 or 10 or 127, _) => false,
                (100, >= 64 and <= 127) => false,
                (169, 254) => false,
                (172, >= 16 and <= 31) => false,
                (192, 168) => false,
                (192, 0) => bytes[2] is not (0 or 2),
                (198, 18 or 19) => false,
                (198, 51) => bytes[2] != 100,
                (203, 0) => bytes[2] != 113,
                ( >= 224, _) => false,
                _ => true,
            };
        }

        // 2000::/3 is all that is global; of it, documentation, Teredo, and 6to4, which may wrap a private address, are not.
        return (bytes[0] & 0xe0) == 0x20
            && !(bytes[0] == 0x20 && bytes[1] == 0x01 && ((bytes[2] == 0x0d && bytes[3] == 0xb8) || (bytes[2] == 0 && bytes[3] == 0)))
            && !(bytes[0] == 0x20 && bytes[1] == 0x02);
    }
}
