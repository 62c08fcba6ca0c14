using AudioReprompt.Contracts;

namespace AudioReprompt.Worker.Handling;

/// <summary>Decides whether a job may have its audio sent to an address. Whoever sends a job must not make the worker write anywhere.</summary>
internal static class UploadAddress
{
    private const string Field = "upload_url";

    /// <param name="hosts">Host names that are allowed, without port.</param>
    /// <returns>null without an address, or with one that is refused, which is then reported.</returns>
    public static Uri? Read(string? text, IReadOnlyList<string> hosts, FieldErrors errors)
    {
        if (text is null) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0)
            errors.Add(Field, "must be an absolute address such as https://account.blob.core.windows.net/audio/name.wav.");
        else if (address.UserInfo.Length > 0)
            errors.Add(Field, "may not hold a user name or password.");
        else if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            errors.Add(Field, "must be https; http is for this machine only.");
        else if (!hosts.Any(host => string.Equals(host.Trim('[', ']'), address.IdnHost, StringComparison.OrdinalIgnoreCase)))
            errors.Add(Field, $"names the host '{address.IdnHost}', which is not in this worker's upload_hosts.");
        else
            return address;
        return null;
    }

    /// <summary>The address without its query and fragment, which carry the right to write.</summary>
    public static string WithoutSecret(Uri address) => address.GetLeftPart(UriPartial.Path);
}
