using System.Net;
using AudioReprompt.Worker.Handling;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Handling;

public class UploadTargetsTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2600:1901::1", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:db8::1", false)]
    public void IsPublic_EachRange_IsToldApart(string address, bool isPublic) => Assert.Equal(isPublic, UploadTargets.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("store.example.org", "52.1.1.1", true)]
    [InlineData("store.example.org", "10.0.0.5", false)]
    [InlineData("store.example.org", "127.0.0.1", false)]
    [InlineData("10.0.0.5", "10.0.0.5", true)]
    [InlineData("localhost", "127.0.0.1", true)]
    [InlineData("localhost", "10.0.0.5", false)]
    public void Allows_ListedHost_PrivateAddressOnlyWhereTheListNamesIt(string host, string address, bool allowed) =>
        Assert.Equal(allowed, UploadTargets.Of(["store.example.org", "10.0.0.5", "localhost"]).Allows(host, IPAddress.Parse(address)));

    [Fact]
    public async Task PutAsync_ForbiddenTarget_FailsAtOnceAndSendsNothing()
    {
        await using var store = await ScriptedServer.StartAsync(201);
        var clock = new WatchedClock();
        using var upload = new WavUpload(clock, TimeSpan.FromMilliseconds(500), new UploadTargets((_, _) => false));
        var exception = await Assert.ThrowsAsync<UploadFailedException>(() => upload.PutAsync(store.Url, [1, 2, 3], CancellationToken.None).InTime());
        Assert.Contains("upload_private_addresses", exception.Message);
        Assert.Equal(0, store.Requests);
    }
}
