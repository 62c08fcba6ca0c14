using System.Globalization;
using System.Net;

namespace AudioReprompt.Hosting;

/// <summary>Where a server listens.</summary>
/// <param name="Port">0 takes a free one.</param>
public sealed record ListenAddress(IPAddress Host, int Port)
{
    /// <summary>The settings, and <c>--host</c> and <c>--port</c> over them.</summary>
    /// <exception cref="ArgumentException">An unknown flag, or a value that is none; the message is for the one who typed it.</exception>
    public static ListenAddress Read(string host, int port, ReadOnlySpan<string> args)
    {
        for (var index = 0; index < args.Length; index++)
        {
            var (flag, value) = args[index].Split('=', 2) is [var name, var attached] ? (name, attached) : (args[index], null);
            if (flag is not ("--host" or "--port")) throw new ArgumentException($"unknown argument {flag}; allowed: --host ADDRESS, --port NUMBER");
            value ??= ++index < args.Length ? args[index] : throw new ArgumentException($"{flag} needs a value");
            if (flag == "--host") host = value;
            else if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > IPEndPoint.MaxPort)
                throw new ArgumentException($"--port must be from 0 to {IPEndPoint.MaxPort}; found {value}");
        }

        return new ListenAddress(Address(host), port);
    }

    private static IPAddress Address(string host) => host switch
    {
        "localhost" => IPAddress.Loopback,
        _ when IPAddress.TryParse(host, out var address) => address,
        _ => throw new ArgumentException($"the host must be an IP address or localhost; found {host}"),
    };

    public override string ToString() => new IPEndPoint(Host, Port).ToString();
}
