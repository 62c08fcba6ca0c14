using System.Net;
using System.Net.Sockets;
using AudioReprompt.Configuration;

namespace AudioReprompt.Worker.Outbound;

/// <summary>An address out of a job leads to a machine that the worker must not call.</summary>
public sealed class ForbiddenTargetException(string message) : IOException(message);

/// <summary>
/// The hosts that an address out of a job may name: whoever sends a job must not make the worker call anywhere. A host on the list may still
/// resolve to a machine inside the worker's own network, by mistake or by a name server that means harm, so it is looked at again at the moment
/// of connecting; only a host that is listed as an address is taken at its word.
/// </summary>
/// <param name="setting">The setting that lists them, as messages name it.</param>
/// <param name="names">Host names and addresses, without port.</param>
/// <param name="privateAddresses">A listed name may lead to a private address.</param>
public sealed class AllowedHosts(string setting, IReadOnlyList<string> names, bool privateAddresses)
{
    private readonly HashSet<string> _names = names.Select(name => name.Trim('[', ']')).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where a job's <c>upload_url</c> may lead.</summary>
    public static AllowedHosts ForUploads(WorkerOptions options) => new("worker.upload_hosts", options.UploadHosts, options.PrivateAddresses);

    /// <summary>Where a job's <c>webhook</c> may lead.</summary>
    public static AllowedHosts ForWebhooks(WorkerOptions options) => new("worker.webhook_hosts", options.WebhookHosts, options.PrivateAddresses);

    /// <param name="address">Absolute, with a host.</param>
    /// <returns>What is wrong with it, to be read after its field's name; null for one that may be called.</returns>
    public string? FaultOf(Uri address)
    {
        if (address.UserInfo.Length > 0) return "may not hold a user name or password.";
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            return "must be https; http is for this machine only.";
        return _names.Contains(address.IdnHost) ? null : $"names the host '{address.IdnHost}', which is not in {setting}.";
    }

    /// <summary>Connects to the first address that answers; for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="ForbiddenTargetException">One of the addresses is not allowed: then none is used.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host.Trim('[', ']');
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        if (addresses.FirstOrDefault(address => !Allows(host, address)) is { } forbidden)
            throw new ForbiddenTargetException($"{host} leads to the private address {forbidden}, which {setting} does not name; worker.private_addresses is off.");
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

    /// <param name="host">Of the request.</param>
    /// <param name="address">That it resolves to.</param>
    internal bool Allows(string host, IPAddress address) =>
        privateAddresses || IsPublic(address)
        || (_names.Contains(host) && (IPAddress.TryParse(host, out _) || (host == "localhost" && IPAddress.IsLoopback(address))));

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
