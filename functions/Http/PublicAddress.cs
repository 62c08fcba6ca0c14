using AudioReprompt.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AudioReprompt.FrontDoor.Http;

/// <summary>How the front door is reached from outside.</summary>
public sealed class PublicAddress(ApiOptions options, IServer server)
{
    /// <summary>
    /// For workers, who get it in webhook and upload addresses: the configured address, else the one listened on. Without a
    /// trailing slash. Known once the server listens.
    /// </summary>
    public string ForWorkers => options.PublicUrl.Length > 0 ? options.PublicUrl.TrimEnd('/') : Listening;

    /// <summary>For the caller of <paramref name="request"/>: the configured address, else the one that was called.</summary>
    public string ForCaller(HttpRequest request) => options.PublicUrl.Length > 0
        ? options.PublicUrl.TrimEnd('/')
        : $"{request.Scheme}://{request.Host}{request.PathBase}";

    /// <summary>The address listened on; one that stands for all interfaces is told as loopback.</summary>
    public string Listening =>
        (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? $"http://{options.Host}:{options.Port}")
            .Replace("//0.0.0.0:", "//127.0.0.1:", StringComparison.Ordinal)
            .Replace("//[::]:", "//127.0.0.1:", StringComparison.Ordinal)
            .TrimEnd('/');
}
