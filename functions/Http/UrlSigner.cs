using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AudioReprompt.Configuration;

namespace AudioReprompt.FrontDoor.Http;

/// <summary>What a signed address may be used for.</summary>
public enum UrlPurpose
{
    /// <summary>PUT the job's WAV.</summary>
    Upload,

    /// <summary>GET the job's WAV.</summary>
    Download,
}

/// <summary>
/// Signs addresses that give one right on one job until a time: the embedded counterpart of a shared access signature.
/// HMAC-SHA-256 over purpose, id and expiry.
/// </summary>
public sealed class UrlSigner(byte[] key, TimeProvider time)
{
    private const string KeyFile = "signing.key";

    /// <summary>Takes the configured key, else the one kept with the storage.</summary>
    public static UrlSigner Create(ApiOptions options, Func<byte[]> keptKey, TimeProvider time) =>
        new(options.SigningKey.Length > 0 ? Encoding.UTF8.GetBytes(options.SigningKey) : keptKey(), time);

    /// <returns>The query part: <c>expires=…&amp;signature=…</c>.</returns>
    public string Sign(UrlPurpose purpose, Guid jobId, TimeSpan validFor)
    {
        var expires = (time.GetUtcNow() + validFor).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"expires={expires}&signature={Signature(purpose, jobId, expires)}";
    }

    public bool IsValid(UrlPurpose purpose, Guid jobId, string? expires, string? signature) =>
        expires is not null && signature is not null
        && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var until)
        && time.GetUtcNow().ToUnixTimeSeconds() <= until
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Signature(purpose, jobId, expires)));

    private string Signature(UrlPurpose purpose, Guid jobId, string expires) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}\n{jobId:D}\n{expires}")));

    /// <summary>The key in a storage folder, made at the first start.</summary>
    public static byte[] KeptIn(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, KeyFile);
        if (!File.Exists(path))
        {
            // Written aside and moved without overwriting: of two processes that start at once, the first wins for both.
            var aside = $"{path}.{Environment.ProcessId}";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(aside, options))
            {
                file.Write(RandomNumberGenerator.GetBytes(32));
                file.Flush(flushToDisk: true);
            }

            try
            {
                File.Move(aside, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(aside);
            }
        }

        return File.ReadAllBytes(path);
    }
}
