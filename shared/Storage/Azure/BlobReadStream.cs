using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace AudioReprompt.Storage.Azure;

/// <summary>
/// Reads a blob in ranges, each on the condition that it is still the blob that was opened: a reader never sees parts of two. Opening reads
/// the first range, so that a header or a short WAV costs one request.
/// </summary>
internal sealed class BlobReadStream : Stream
{
    private const int FirstBytes = 256 * 1024;
    private const int RangeBytes = 4 * 1024 * 1024;

    private readonly BlobClient _blob;
    private readonly ETag _etag;
    private readonly long _length;
    private ReadOnlyMemory<byte> _range;
    private long _rangeStart;
    private long _position;

    private BlobReadStream(BlobClient blob, ETag etag, long length, ReadOnlyMemory<byte> first) =>
        (_blob, _etag, _length, _range) = (blob, etag, length, first);

    /// <returns>null where there is no blob.</returns>
    public static async Task<Stream?> OpenAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var options = new BlobDownloadOptions { Range = new HttpRange(0, FirstBytes) };
            var first = (await blob.DownloadContentAsync(options, cancellationToken)).Value;
            // "bytes 0-262143/1764044"; without a range the answer is the whole.
            var length = first.Details.ContentRange is { Length: > 0 } range
                ? long.Parse(range.AsSpan(range.LastIndexOf('/') + 1), System.Globalization.CultureInfo.InvariantCulture)
                : first.Details.ContentLength;
            return new BlobReadStream(blob, first.Details.ETag, length, first.Content.ToMemory());
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return null;
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.InvalidRange)
        {
            // Of an empty blob there is no range at all.
            return new MemoryStream([], writable: false);
        }
    }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (NeedsRange(buffer.Length))
        {
            var answer = await Guarded(async () => (await _blob.DownloadContentAsync(NextRange(), cancellationToken)).Value, cancellationToken);
            (_range, _rangeStart) = (answer.Content.ToMemory(), _position);
        }

        return Copy(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        if (NeedsRange(buffer.Length))
        {
            var answer = Guarded(() => Task.FromResult(_blob.DownloadContent(NextRange()).Value), CancellationToken.None).GetAwaiter().GetResult();
            (_range, _rangeStart) = (answer.Content.ToMemory(), _position);
        }

        return Copy(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => _length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool NeedsRange(int wanted) =>
        wanted > 0 && _position < _length && (_position < _rangeStart || _position >= _rangeStart + _range.Length);

    private BlobDownloadOptions NextRange() => new()
    {
        Range = new HttpRange(_position, Math.Min(RangeBytes, _length - _position)),
        Conditions = new BlobRequestConditions { IfMatch = _etag },
    };

    private int Copy(Span<byte> buffer)
    {
        if (_position >= _length || buffer.Length == 0) return 0;
        var rest = _range.Span[(int)(_position - _rangeStart)..];
        var count = Math.Min(buffer.Length, rest.Length);
        rest[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    private static async Task<BlobDownloadResult> Guarded(Func<Task<BlobDownloadResult>> download, CancellationToken cancellationToken)
    {
        const string what = "The audio store";
        try
        {
            return await download();
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.ConditionNotMet || fault.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            throw new StorageUnavailableException("The audio was replaced or deleted while it was read.", fault);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && AzureCall.Translate(fault, what) is { } translated)
        {
            throw translated;
        }
    }
}
