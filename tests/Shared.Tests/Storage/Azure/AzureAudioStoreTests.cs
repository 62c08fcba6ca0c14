using System.Net;
using System.Net.Http.Headers;
using AudioReprompt.Storage;
using AudioReprompt.Storage.Azure;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Storage.Azure;

public sealed class AzureAudioStoreTests : AudioStoreContract
{
    private static readonly HttpClient Http = new();
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    protected override async Task<IAudioStore> OpenAsync() =>
        AzureStorage.Open((await Azurite.SharedAsync()).NewStorage(), TimeProvider.System).Audio;

    protected override Task CloseAsync() => Task.CompletedTask;

    [Fact]
    public async Task OpenReadAsync_LongAudio_IsReadInRangesAlsoSynchronously()
    {
        var (id, bytes) = (Guid.CreateVersion7(), RandomBytes(5_000_000));
        await Store.WriteAsync(id, new MemoryStream(bytes), long.MaxValue, default);

        await using var stream = (await Store.OpenReadAsync(id, default))!;

        Assert.Equal(bytes.Length, stream.Length);
        var part = new byte[300_000];
        stream.Position = 4_600_000;
        stream.ReadExactly(part);
        Assert.Equal(bytes[4_600_000..4_900_000], part);
        stream.Seek(0, SeekOrigin.Begin);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        Assert.Equal(bytes, copy.ToArray());
    }

    [Fact]
    public async Task OpenReadAsync_AudioReplacedMeanwhile_NeverGivesPartsOfBoth()
    {
        var id = Guid.CreateVersion7();
        await Store.WriteAsync(id, new MemoryStream(RandomBytes(1_000_000)), long.MaxValue, default);
        await using var stream = (await Store.OpenReadAsync(id, default))!;
        await Store.WriteAsync(id, new MemoryStream(RandomBytes(1_000_001)), long.MaxValue, default);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => stream.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task UploadAddressAsync_PutByAWorker_IsTheJobsAudio()
    {
        var (id, bytes) = (Guid.CreateVersion7(), RandomBytes(300_000));

        Assert.Equal(HttpStatusCode.Created, await PutAsync(await UploadAddressAsync(id), bytes));

        Assert.Equal(bytes, await ReadAsync(id));
    }

    [Fact]
    public async Task UploadAddressAsync_SecondPut_IsRefusedAndChangesNothing()
    {
        var (id, bytes) = (Guid.CreateVersion7(), RandomBytes(1000));
        var address = await UploadAddressAsync(id);
        await PutAsync(address, bytes);

        Assert.Contains(await PutAsync(address, RandomBytes(500)), new[] { HttpStatusCode.Forbidden, HttpStatusCode.Conflict });

        Assert.Equal(bytes, await ReadAsync(id));
    }

    [Fact]
    public async Task UploadAddressAsync_Used_GivesNoOtherRight()
    {
        var id = Guid.CreateVersion7();
        var address = await UploadAddressAsync(id);
        await PutAsync(address, RandomBytes(100));

        using var read = await Http.GetAsync(address);
        using var delete = await Http.DeleteAsync(address);
        var other = new Uri(address.AbsoluteUri.Replace(id.ToString("D"), Guid.CreateVersion7().ToString("D"), StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, delete.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(other, RandomBytes(100)));
    }

    [Fact]
    public async Task UploadAddressAsync_Expired_IsRefused()
    {
        var id = Guid.CreateVersion7();
        var address = await Store.UploadAddressAsync(id, -TimeSpan.FromMinutes(1), default);

        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(address!, RandomBytes(100)));
        Assert.Null(await Store.OpenReadAsync(id, default));
    }

    [Theory]
    [InlineData("sp=c", "sp=rcwd")]
    [InlineData("se=2", "se=3")]
    [InlineData("sig=", "sig=A")]
    public async Task UploadAddressAsync_Tampered_IsRefused(string part, string replacement)
    {
        var id = Guid.CreateVersion7();
        var address = (await UploadAddressAsync(id)).AbsoluteUri;
        Assert.Contains(part, address, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(new Uri(address.Replace(part, replacement, StringComparison.Ordinal)), RandomBytes(100)));
        Assert.Null(await Store.OpenReadAsync(id, default));
    }

    [Fact]
    public async Task DownloadAddressAsync_StoredAudio_IsServedInPartsWithItsName()
    {
        var (id, bytes) = (Guid.CreateVersion7(), RandomBytes(100_000));
        await Store.WriteAsync(id, new MemoryStream(bytes), long.MaxValue, default);
        using var request = new HttpRequestMessage(HttpMethod.Get, await DownloadAddressAsync(id));
        request.Headers.Range = new RangeHeaderValue(1000, 1999);

        using var answer = await Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal("audio/wav", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("inline; filename=\"song.wav\"", answer.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal("bytes 1000-1999/100000", answer.Content.Headers.GetValues("Content-Range").Single());
        Assert.Equal(bytes[1000..2000], await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task DownloadAddressAsync_Used_CannotWriteOrDelete()
    {
        var (id, bytes) = (Guid.CreateVersion7(), RandomBytes(1000));
        await Store.WriteAsync(id, new MemoryStream(bytes), long.MaxValue, default);
        var address = await DownloadAddressAsync(id);

        using var delete = await Http.DeleteAsync(address);

        Assert.Equal(HttpStatusCode.Forbidden, delete.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(address, RandomBytes(10)));
        Assert.Equal(bytes, await ReadAsync(id));
    }

    private static async Task<HttpStatusCode> PutAsync(Uri address, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<Uri> UploadAddressAsync(Guid id) => (await Store.UploadAddressAsync(id, Hour, default))!;

    private async Task<Uri> DownloadAddressAsync(Guid id) => (await Store.DownloadAddressAsync(id, "song.wav", Hour, default))!;
}
