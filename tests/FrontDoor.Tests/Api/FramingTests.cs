using System.Net;
using System.Net.Sockets;
using System.Text;
using AudioReprompt.Tests.FrontDoor.Support;

namespace AudioReprompt.Tests.FrontDoor.Api;

/// <summary>Bodies whose coding or end is not what it seems; as bytes, for no HTTP client would send them.</summary>
public sealed class FramingTests : IAsyncLifetime
{
    private TestFrontDoor _door = null!;

    public async Task InitializeAsync() => _door = await TestFrontDoor.StartAsync();

    public async Task DisposeAsync() => await _door.DisposeAsync();

    [Theory]
    [InlineData("chunked", "80000000")]
    [InlineData("gzip, chunked", null)]
    [InlineData("identity\r\nTransfer-Encoding: chunked", null)]
    [InlineData("chunked, chunked", null)]
    [InlineData("chunked\r\nContent-Length: 4", null)]
    public async Task Post_TransferCodingThatTwoReadersMayTakeDifferently_Is400AndTheConnectionEnds(string coding, string? chunkSize)
    {
        var body = TestFrontDoor.Body();
        var answer = await SendAsync($"Transfer-Encoding: {coding}\r\n\r\n{chunkSize ?? $"{body.Length:x}"}\r\n{body}\r\n0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json", answer, StringComparison.Ordinal);
        using var list = await _door.Http.GetAsync("/api/audio");
        Assert.Empty((await TestFrontDoor.JsonOf(list)).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity, br")]
    public async Task Post_Compressed_Is415ThatSaysWhatIsTaken(string coding)
    {
        using var content = new StringContent(TestFrontDoor.Body(), Encoding.UTF8, "application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        using var response = await _door.SendAsync(HttpMethod.Post, "/api/audio/generate", content);

        await TestFrontDoor.ProblemOf(response, HttpStatusCode.UnsupportedMediaType);
        Assert.Equal("identity", response.Headers.GetValues("Accept-Encoding").Single());
    }

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"", "identity")]
    [InlineData("application/json;charset=UTF-8", null)]
    public async Task Post_OtherWaysToSayTheSame_IsAccepted(string type, string? coding)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(TestFrontDoor.Body()));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (coding is not null) content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        using var response = await _door.SendAsync(HttpMethod.Post, "/api/audio/generate", content);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    /// <returns>All that comes until the front door closes the connection.</returns>
    private async Task<string> SendAsync(string framingAndBody)
    {
        using var limit = new CancellationTokenSource(TestFrontDoor.Patience);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _door.Http.BaseAddress!.Port, limit.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/audio/generate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{framingAndBody}"), limit.Token);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, limit.Token);
        return Encoding.UTF8.GetString(answer.ToArray());
    }
}
