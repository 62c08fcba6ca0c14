using System.Security.Cryptography;
using System.Text;

namespace AudioReprompt.Storage;

/// <summary>How the stores name what they must not spell out: callers, and the keys that callers choose.</summary>
internal static class HashedName
{
    /// <returns>64 hexadecimal digits (SHA-256).</returns>
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
