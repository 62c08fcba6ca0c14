namespace System.IO.Hashing;

/// <summary>
/// A hash without cryptographic strength that is fed in pieces. What derives from it keeps the state; here is only how pieces come in and
/// how the hash goes out.
/// </summary>
public abstract class NonCryptographicHashAlgorithm
{
    private const int CopyBufferBytes = 4096;

    /// <param name="hashLengthInBytes">At least 1.</param>
    protected NonCryptographicHashAlgorithm(int hashLengthInBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashLengthInBytes, 1);
        HashLengthInBytes = hashLengthInBytes;
    }

    public int HashLengthInBytes { get; }

    public abstract void Append(ReadOnlySpan<byte> source);

    /// <summary>Forgets what was appended.</summary>
    public abstract void Reset();

    /// <param name="destination">Exactly <see cref="HashLengthInBytes"/> bytes.</param>
    protected abstract void GetCurrentHashCore(Span<byte> destination);

    public void Append(byte[] source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Append(new ReadOnlySpan<byte>(source));
    }

    /// <summary>Appends what is left of <paramref name="stream"/>.</summary>
    public void Append(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var buffer = new byte[CopyBufferBytes];
        int read;
        while ((read = stream.Read(buffer)) > 0) Append(buffer.AsSpan(0, read));
    }

    /// <summary>Appends what is left of <paramref name="stream"/>.</summary>
    public async Task AppendAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var buffer = new byte[CopyBufferBytes];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0) Append(buffer.AsSpan(0, read));
    }

    public byte[] GetCurrentHash()
    {
        var hash = new byte[HashLengthInBytes];
        GetCurrentHashCore(hash);
        return hash;
    }

    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public int GetCurrentHash(Span<byte> destination)
    {
        if (TryGetCurrentHash(destination, out var written)) return written;
        throw new ArgumentException($"The destination has {destination.Length} bytes; the hash has {HashLengthInBytes}.", nameof(destination));
    }

    public bool TryGetCurrentHash(Span<byte> destination, out int bytesWritten)
    {
        var fits = destination.Length >= HashLengthInBytes;
        bytesWritten = fits ? HashLengthInBytes : 0;
        if (fits) GetCurrentHashCore(destination[..HashLengthInBytes]);
        return fits;
    }

    public byte[] GetHashAndReset()
    {
        var hash = new byte[HashLengthInBytes];
        GetHashAndResetCore(hash);
        return hash;
    }

    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public int GetHashAndReset(Span<byte> destination)
    {
        if (TryGetHashAndReset(destination, out var written)) return written;
        throw new ArgumentException($"The destination has {destination.Length} bytes; the hash has {HashLengthInBytes}.", nameof(destination));
    }

    public bool TryGetHashAndReset(Span<byte> destination, out int bytesWritten)
    {
        var fits = destination.Length >= HashLengthInBytes;
        bytesWritten = fits ? HashLengthInBytes : 0;
        if (fits) GetHashAndResetCore(destination[..HashLengthInBytes]);
        return fits;
    }

    /// <param name="destination">Exactly <see cref="HashLengthInBytes"/> bytes.</param>
    protected virtual void GetHashAndResetCore(Span<byte> destination)
    {
        GetCurrentHashCore(destination);
        Reset();
    }
}
