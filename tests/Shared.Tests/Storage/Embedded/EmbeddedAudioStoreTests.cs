using AudioReprompt.Storage;
using AudioReprompt.Storage.Embedded;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Storage.Embedded;

public sealed class EmbeddedAudioStoreTests : AudioStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override Task<IAudioStore> OpenAsync() => Task.FromResult<IAudioStore>(new FileAudioStore(_folder.Path));

    protected override Task CloseAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_Job_IsInTheFolderOfItsLastByte()
    {
        await Store.WriteAsync(Guid.Parse("0193579b-dead-7eef-8123-456789abcdef"), new MemoryStream(RandomBytes(10)), 10, default);

        Assert.Equal([_folder.Combine("audio", "ef", "0193579b-dead-7eef-8123-456789abcdef.wav")], Files());
    }

    [Fact]
    public async Task WriteAsync_RefusedOrFailed_LeavesNoFile()
    {
        var id = Guid.CreateVersion7();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAsync<AudioTooLargeException>(() => Store.WriteAsync(id, new MemoryStream(RandomBytes(300_000)), 200_000, default));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.WriteAsync(id, new MemoryStream(RandomBytes(10)), 10, cancelled.Token));
        await Store.CheckAsync(default);

        Assert.Empty(Files());
    }

    [Fact]
    public async Task OpenReadAsync_AudioReplacedOrDeletedMeanwhile_GoesOnWithWhatItOpened()
    {
        var (id, old) = (Guid.CreateVersion7(), RandomBytes(300_000));
        await Store.WriteAsync(id, new MemoryStream(old), old.Length, default);
        await using var open = await Store.OpenReadAsync(id, default);

        await Store.WriteAsync(id, new MemoryStream(RandomBytes(5)), 5, default);
        await Store.DeleteAsync(id, default);

        using var seen = new MemoryStream();
        await open!.CopyToAsync(seen);
        Assert.Equal(old, seen.ToArray());
    }

    [Fact]
    public async Task Constructor_LeftoversOfAKilledProcess_AreRemovedAndAudioIsKept()
    {
        var id = Guid.CreateVersion7();
        await Store.WriteAsync(id, new MemoryStream(RandomBytes(10)), 10, default);
        var audio = Assert.Single(Files());
        await File.WriteAllBytesAsync(Path.Combine(Path.GetDirectoryName(audio)!, "0123456789abcdef0123456789abcdef.part"), RandomBytes(100));
        await File.WriteAllBytesAsync(_folder.Combine("audio", "fedcba9876543210fedcba9876543210.part"), RandomBytes(100));

        _ = new FileAudioStore(_folder.Path);

        Assert.Equal([audio], Files());
    }

    [Fact]
    public async Task Constructor_WhileAnotherProcessWrites_LeavesItsFileAlone()
    {
        var (id, bytes) = (Guid.CreateVersion7(), RandomBytes(300_000));
        using var content = new MemoryStream(bytes);

        await Store.WriteAsync(id, new StoreOpener(content, () => _ = new FileAudioStore(_folder.Path)), bytes.Length, default);

        Assert.Equal(bytes, await ReadAsync(id));
    }

    [Fact]
    public async Task Constructor_FolderIsAFile_SaysThatTheStoreCannotBeUsed()
    {
        var path = _folder.Combine("file");
        await File.WriteAllTextAsync(path, "");

        Assert.Throws<StorageUnavailableException>(() => new FileAudioStore(path));
    }

    [TmpfsFact]
    public async Task WriteAsync_DiskIsFull_SaysSoAndLeavesNothing()
    {
        using var disk = new Tmpfs("256k");
        var store = new FileAudioStore(disk.Path);
        var (kept, refused) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await store.WriteAsync(kept, new MemoryStream(RandomBytes(150_000)), 1_000_000, default);

        var fault = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => store.WriteAsync(refused, new MemoryStream(RandomBytes(200_000)), 1_000_000, default));

        Assert.Contains("is full", fault.Message, StringComparison.Ordinal);
        Assert.Null(await store.OpenReadAsync(refused, default));
        Assert.Single(Directory.GetFiles(disk.Path, "*", SearchOption.AllDirectories));
        await using (var stream = await store.OpenReadAsync(kept, default)) Assert.Equal(150_000, stream!.Length);

        await store.DeleteAsync(kept, default);
        Assert.Equal(200_000, await store.WriteAsync(refused, new MemoryStream(RandomBytes(200_000)), 1_000_000, default));
    }

    [TmpfsFact]
    public async Task CheckAsync_DiskIsFull_SaysSo()
    {
        using var disk = new Tmpfs("256k");
        var store = new FileAudioStore(disk.Path);
        await store.CheckAsync(default);
        disk.Fill();

        var fault = await Assert.ThrowsAsync<StorageUnavailableException>(() => store.CheckAsync(default));

        Assert.Contains("is full", fault.Message, StringComparison.Ordinal);
    }

    private string[] Files() => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);

    /// <summary>Opens a second store when half of the stream is read.</summary>
    private sealed class StoreOpener(MemoryStream content, Action open) : MemoryStream(content.ToArray())
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position > Length / 2) open();
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, 50_000)], cancellationToken);
        }
    }
}
