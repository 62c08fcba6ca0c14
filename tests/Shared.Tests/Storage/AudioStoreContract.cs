using AudioReprompt.Storage;

namespace AudioReprompt.Tests.Storage;

/// <summary>What every <see cref="IAudioStore"/> must do. A test class of an implementation derives from this one.</summary>
public abstract class AudioStoreContract : IAsyncLifetime
{
    private const long Plenty = 64 * 1024 * 1024;

    protected IAudioStore Store { get; private set; } = null!;

    /// <summary>An empty store.</summary>
    protected abstract Task<IAudioStore> OpenAsync();

    protected abstract Task CloseAsync();

    public async Task InitializeAsync() => Store = await OpenAsync();

    public Task DisposeAsync() => CloseAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(44)]
    [InlineData(1_000_003)]
    public async Task WriteAsync_Content_IsReadBack(int length)
    {
        var (id, bytes) = (Guid.CreateVersion7(), RandomBytes(length));

        Assert.Equal(length, await Store.WriteAsync(id, new MemoryStream(bytes), Plenty, default));

        Assert.Equal(bytes, await ReadAsync(id));
    }

    [Fact]
    public async Task WriteAsync_Stream_IsReadInPiecesFromWhereItStandsAndNotDisposed()
    {
        var (id, bytes) = (Guid.CreateVersion7(), RandomBytes(300_000));
        using var content = new TroubledStream(bytes) { Position = 1000 };

        Assert.Equal(299_000, await Store.WriteAsync(id, content, Plenty, default));

        Assert.Equal(bytes[1000..], await ReadAsync(id));
        Assert.True(content.CanRead);
    }

    [Fact]
    public async Task OpenReadAsync_StoredAudio_IsSeekable()
    {
        var (id, bytes) = (Guid.CreateVersion7(), RandomBytes(200_000));
        await Store.WriteAsync(id, new MemoryStream(bytes), Plenty, default);

        await using var stream = await Store.OpenReadAsync(id, default);

        Assert.True(stream!.CanSeek);
        Assert.Equal(bytes.Length, stream.Length);
        stream.Position = 150_000;
        var part = new byte[1000];
        await stream.ReadExactlyAsync(part);
        Assert.Equal(bytes[150_000..151_000], part);
    }

    [Fact]
    public async Task OpenReadAsync_NoAudio_IsNull() => Assert.Null(await Store.OpenReadAsync(Guid.CreateVersion7(), default));

    [Fact]
    public async Task WriteAsync_Twice_LastWins()
    {
        var (id, second) = (Guid.CreateVersion7(), RandomBytes(100));
        await Store.WriteAsync(id, new MemoryStream(RandomBytes(200_000)), Plenty, default);

        await Store.WriteAsync(id, new MemoryStream(second), Plenty, default);

        Assert.Equal(second, await ReadAsync(id));
    }

    [Fact]
    public async Task WriteAsync_AsLargeAsAllowed_IsStored()
    {
        var id = Guid.CreateVersion7();

        Assert.Equal(1000, await Store.WriteAsync(id, new MemoryStream(RandomBytes(1000)), 1000, default));
    }

    [Theory]
    [InlineData(1001, 1000)]
    [InlineData(500_000, 499_999)]
    public async Task WriteAsync_LargerThanAllowed_ThrowsAndKeepsWhatWasThere(int length, long maxBytes)
    {
        var (fresh, taken, old) = (Guid.CreateVersion7(), Guid.CreateVersion7(), RandomBytes(10));
        await Store.WriteAsync(taken, new MemoryStream(old), Plenty, default);

        await Assert.ThrowsAsync<AudioTooLargeException>(() => Store.WriteAsync(fresh, new MemoryStream(RandomBytes(length)), maxBytes, default));
        await Assert.ThrowsAsync<AudioTooLargeException>(() => Store.WriteAsync(taken, new MemoryStream(RandomBytes(length)), maxBytes, default));

        Assert.Null(await Store.OpenReadAsync(fresh, default));
        Assert.Equal(old, await ReadAsync(taken));
    }

    [Fact]
    public async Task WriteAsync_SourceFailsHalfway_ItsFaultIsSeenAndNothingIsStored()
    {
        var id = Guid.CreateVersion7();
        using var content = new TroubledStream(RandomBytes(400_000)) { At = (200_000, () => throw new IOException("connection reset")) };

        var fault = await Assert.ThrowsAsync<IOException>(() => Store.WriteAsync(id, content, Plenty, default));

        Assert.Equal("connection reset", fault.Message);
        Assert.Null(await Store.OpenReadAsync(id, default));
    }

    [Fact]
    public async Task WriteAsync_CancelledHalfway_NothingIsStored()
    {
        var id = Guid.CreateVersion7();
        using var cancellation = new CancellationTokenSource();
        using var content = new TroubledStream(RandomBytes(400_000)) { At = (200_000, cancellation.Cancel) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteAsync(id, content, Plenty, cancellation.Token));

        Assert.Null(await Store.OpenReadAsync(id, default));
    }

    [Fact]
    public async Task WriteAsync_ManyAtOnceToOneId_EveryReaderSeesOneWholeVersion()
    {
        var id = Guid.CreateVersion7();
        await Store.WriteAsync(id, new MemoryStream(Version(0)), Plenty, default);
        var writing = Task.WhenAll(Enumerable.Range(1, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 8; i++) await Store.WriteAsync(id, new MemoryStream(Version(writer + i)), Plenty, default);
        })));

        do
        {
            var seen = await ReadAsync(id);
            Assert.Equal(Version(seen[0]), seen);
        }
        while (!writing.IsCompleted);
        await writing;

        static byte[] Version(int number)
        {
            var bytes = new byte[100_000 + number];
            Array.Fill(bytes, (byte)number);
            return bytes;
        }
    }

    [Fact]
    public async Task DeleteAsync_StoredAudio_IsGone()
    {
        var id = Guid.CreateVersion7();
        await Store.WriteAsync(id, new MemoryStream(RandomBytes(100)), Plenty, default);

        Assert.True(await Store.DeleteAsync(id, default));

        Assert.False(await Store.DeleteAsync(id, default));
        Assert.Null(await Store.OpenReadAsync(id, default));
    }

    [Fact]
    public async Task DeleteAsync_NoAudio_IsFalse() => Assert.False(await Store.DeleteAsync(Guid.CreateVersion7(), default));

    [Fact]
    public async Task CheckAsync_StoreThatCanBeWrittenTo_Returns() => await Store.CheckAsync(default);

    protected static byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    protected async Task<byte[]> ReadAsync(Guid id)
    {
        await using var stream = await Store.OpenReadAsync(id, default) ?? throw new InvalidOperationException("There is no audio.");
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    /// <summary>Gives at most 10,000 bytes at once, as a network does, and does something when it comes to a position.</summary>
    private sealed class TroubledStream(byte[] bytes) : MemoryStream(bytes)
    {
        public (long Position, Action Trouble)? At { get; init; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (At is { } at && Position >= at.Position) at.Trouble();
            return base.ReadAsync(buffer[..Math.Min(buffer.Length, 10_000)], cancellationToken);
        }
    }
}
