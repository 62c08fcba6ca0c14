using System.Security.Cryptography;
using System.Text;

namespace AudioReprompt.Hub;

/// <summary>
/// The hash that names a blob in a cache and proves its content: SHA-256 of the bytes for a file in Git LFS, else git's own,
/// SHA-1 of <c>"blob " length NUL bytes</c> (git-scm.com/book, Git Objects).
/// </summary>
internal sealed class HubHash : IDisposable
{
    private readonly IncrementalHash _hash;
    private readonly byte[] _prefix;

    /// <param name="name">64 hexadecimal digits for SHA-256, 40 for git.</param>
    /// <param name="size">Of the whole content, bytes: git hashes it first.</param>
    /// <exception cref="ArgumentException">The name is no hash.</exception>
    public HubHash(string name, long size)
    {
        Name = name;
        IsSha256 = IsSha256Name(name);
        if (!IsSha256 && !IsGitHash(name)) throw new ArgumentException($"{name} is no SHA-256 and no git hash.", nameof(name));
        _prefix = IsSha256 ? [] : Encoding.ASCII.GetBytes($"blob {size}\0");
        _hash = IncrementalHash.CreateHash(IsSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        _hash.AppendData(_prefix);
    }

    /// <summary>What the content should hash to.</summary>
    public string Name { get; }

    public bool IsSha256 { get; }

    /// <summary>For messages.</summary>
    public string Kind => IsSha256 ? "SHA-256" : "git hash";

    /// <summary>Whether the text is a SHA-1 as git writes it: 40 hexadecimal digits, no capitals.</summary>
    public static bool IsGitHash(string text) => IsHex(text, 40);

    /// <summary>Whether the text is a SHA-256: 64 hexadecimal digits, no capitals.</summary>
    public static bool IsSha256Name(string text) => IsHex(text, 64);

    /// <summary>Whether a file of this name in a cache can be checked against it.</summary>
    public static bool IsBlobName(string text) => IsGitHash(text) || IsSha256Name(text);

    /// <summary>Hashes a whole file.</summary>
    /// <returns>What it hashes to, in the kind of <paramref name="name"/>.</returns>
    public static async Task<string> OfFileAsync(string path, string name, Action<long> report, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
        using var hash = new HubHash(name, file.Length);
        await hash.AppendAsync(file, report, cancellationToken);
        return hash.End();
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Takes in the rest of a stream.</summary>
    /// <param name="report">Is told the bytes taken in so far.</param>
    public async Task AppendAsync(Stream stream, Action<long> report, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        var done = 0L;
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            Append(buffer.AsSpan(0, read));
            report(done += read);
        }
    }

    /// <summary>Forgets what was taken in.</summary>
    public void Restart() => End();

    /// <returns>The hash of what was taken in; the next content begins anew.</returns>
    public string End()
    {
        var hash = Convert.ToHexStringLower(_hash.GetHashAndReset());
        _hash.AppendData(_prefix);
        return hash;
    }

    public void Dispose() => _hash.Dispose();

    private static bool IsHex(string text, int length) => text.Length == length && text.All(character => character is (>= '0' and <= '9') or (>= 'a' and <= 'f'));
}
