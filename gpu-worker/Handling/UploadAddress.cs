using AudioReprompt.Contracts;
using AudioReprompt.Worker.Outbound;

namespace AudioReprompt.Worker.Handling;

/// <summary>The address that a job wants its audio sent to.</summary>
internal static class UploadAddress
{
    private const string Field = "upload_url";

    /// <returns>null without an address, or with one that is refused, which is then reported.</returns>
    public static Uri? Read(string? text, AllowedHosts hosts, FieldErrors errors)
    {
        if (text is null) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Host.Length == 0)
            errors.Add(Field, "must be an absolute address such as https://account.blob.core.windows.net/audio/name.wav.");
        else if (hosts.FaultOf(address) is { } fault)
            errors.Add(Field, fault);
        else
            return address;
        return null;
    }

    /// <summary>The address without its query and fragment, which carry the right to write.</summary>
    public static string WithoutSecret(Uri address) => address.GetLeftPart(UriPartial.Path);
}
