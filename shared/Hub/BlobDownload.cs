using System.Net.Http.Headers;

namespace AudioReprompt.Hub;

/// <summary>
/// Downloads one file into a part file, going on from what is there, until it is whole and has the hash that the hub promised. Whoever calls
/// holds the blob's lock.
/// </summary>
/// <param name="part">Open for reading and writing; may hold the beginning already.</param>
/// <param name="report">Is told how many bytes there are; fewer than before where the server made it start anew.</param>
internal sealed class BlobDownload(HubClient client, HubRevision revision, HubFile file, FileStream part, Action<long> report) : IDisposable
{
    /// <summary>An attempt that brought as much further counts as a success, so that a long download may break often.</summary>
    private const long Progress = 4 * 1024 * 1024;

    private readonly HubHash _hash = new(file.BlobName, file.Size);
    private readonly byte[] _buffer = new byte[128 * 1024];
    private long _length;
    private long _farthest;
    private EntityTagHeaderValue? _validator;

    /// <exception cref="HubException">The hub cannot be reached at any try, or the content is not the promised one; the part is empty then.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var isOfEarlierRun = await TakeOverAsync(cancellationToken);
        var found = await FetchAsync(cancellationToken);
        if (found != file.BlobName && isOfEarlierRun)
        {
            // What lay there may be to blame, so the hub gets a chance of its own.
            Restart();
            found = await FetchAsync(cancellationToken);
        }

        if (found != file.BlobName)
        {
            Restart();
            throw new HubException(
                HubFault.WrongContent,
                $"{file.Name} of {revision.Reference} arrived broken and was deleted: its {_hash.Kind} is {found}, and the hub promised {file.BlobName}. Try again.");
        }

        part.Flush(flushToDisk: true);
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>Hashes what an earlier run left.</summary>
    private async Task<bool> TakeOverAsync(CancellationToken cancellationToken)
    {
        if (part.Length > file.Size) part.SetLength(0);
        part.Position = 0;
        await _hash.AppendAsync(part, _ => { }, cancellationToken);
        _farthest = _length = part.Length;
        report(_length);
        return _length > 0;
    }

    /// <returns>The hash of the whole.</returns>
    private async Task<string> FetchAsync(CancellationToken cancellationToken)
    {
        while (_length < file.Size) await client.Retry.RunAsync(AttemptAsync, cancellationToken);
        return _hash.End();
    }

    private async ValueTask AttemptAsync(CancellationToken cancellationToken)
    {
        using var content = await client.OpenAsync(revision, file, _length, _validator, cancellationToken);
        // The server does not know ranges, or the bytes have changed.
        if (content.Offset != _length) Restart();
        _validator = content.Validator;
        var before = _farthest;
        try
        {
            int read;
            while ((read = await content.ReadAsync(_buffer, cancellationToken)) > 0) await AppendAsync(_buffer.AsMemory(0, read), cancellationToken);
            if (_length < file.Size) throw new HubException(HubFault.Unreachable, $"{file.Name} ended after {_length} of {file.Size} bytes.");
        }
        catch (HubException exception) when (exception.Fault == HubFault.Unreachable && _farthest - before >= Progress)
        {
            // Goes on from here, with fresh tries.
        }
    }

    private async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_length + bytes.Length > file.Size)
        {
            Restart();
            throw new HubException(HubFault.WrongContent, $"{file.Name} of {revision.Reference} is longer than the {file.Size} bytes that the hub promised; what came was deleted.");
        }

        await part.WriteAsync(bytes, cancellationToken);
        _hash.Append(bytes.Span);
        _length += bytes.Length;
        _farthest = Math.Max(_farthest, _length);
        report(_length);
    }

    private void Restart()
    {
        part.SetLength(0);
        _hash.Restart();
        _length = 0;
        _validator = null;
    }
}
