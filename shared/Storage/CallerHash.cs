using System.Security.Cryptography;
using System.Text;

namespace AudioReprompt.Storage;

/// <summary>How the stores name a caller: an address is nobody's business there.</summary>
internal static class CallerHash
{
    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(string caller) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(caller)));
}
