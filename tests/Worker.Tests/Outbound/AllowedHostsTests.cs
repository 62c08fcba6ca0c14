using System.Net;
using AudioReprompt.Worker.Handling;
using AudioReprompt.Worker.Outbound;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Outbound;

public class AllowedHostsTests
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
    public void IsPublic_EachRange_IsToldApart(string address, bool isPublic) => Assert.Equal(isPublic, AllowedHosts.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("store.example.org", "52.1.1.1", true)]
    [InlineData("store.example.org", "10.0.0.5", false)]
    [InlineData("store.example.org", "127.0.0.1", false)]
    [InlineData("10.0.0.5", "10.0.0.5", true)]
    [InlineData("localhost", "127.0.0.1", true)]
    [InlineData("localhost", "10.0.0.5", false)]
    public void Allows_ListedHost_PrivateAddressOnlyWhereTheListNamesIt(string host, string address, bool allowed) =>
        Assert.Equal(allowed, Hosts("store.example.org", "10.0.0.5", "localhost").Allows(host, IPAddress.Parse(address)));

    [Fact]
    public void Allows_PrivateAddressesAreOn_EveryAddressOfAListedHost() =>
        Assert.True(new AllowedHosts("worker.upload_hosts", ["store.example.org"], privateAddresses: true).Allows("store.example.org", IPAddress.Parse("10.0.0.5")));

    [Theory]
    [InlineData("https://store.example.org/a?sig=s", null)]
    [InlineData("https://STORE.example.org:8443/a", null)]
    [InlineData("http://127.0.0.1:5000/a", null)]
    [InlineData("https://[::1]/a", null)]
    [InlineData("http://store.example.org/a", "must be https; http is for this machine only.")]
    [InlineData("gopher://store.example.org/a", "must be https; http is for this machine only.")]
    [InlineData("https://me:word@store.example.org/a", "may not hold a user name or password.")]
    [InlineData("https://store.example.org.evil.example/a", "names the host 'store.example.org.evil.example', which is not in worker.upload_hosts.")]
    [InlineData("https://0x7f.1.evil.example/a", "names the host '0x7f.1.evil.example', which is not in worker.upload_hosts.")]
    [InlineData("https://2130706434/a", "names the host '127.0.0.2', which is not in worker.upload_hosts.")]
    [InlineData("http://localhost/a", "names the host 'localhost', which is not in worker.upload_hosts.")]
    public void FaultOf_Address_IsToldUnlessItIsListed(string address, string? fault) =>
        Assert.Equal(fault, Hosts("store.example.org", "127.0.0.1", "[::1]").FaultOf(new Uri(address)));

    [Fact]
    public async Task PutAsync_ForbiddenTarget_FailsAtOnceAndSendsNothing()
    {
        await using var store = await ScriptedServer.StartAsync(201);
        var clock = new WatchedClock();
        using var upload = new WavUpload(clock, TimeSpan.FromMilliseconds(500), Hosts());
        var exception = await Assert.ThrowsAsync<UploadFailedException>(() => upload.PutAsync(store.Url, [1, 2, 3], CancellationToken.None).InTime());
        Assert.Contains("127.0.0.1 leads to the private address 127.0.0.1, which worker.upload_hosts does not name", exception.Message);
        Assert.Equal(0, store.Requests);
    }

    private static AllowedHosts Hosts(params string[] names) => new("worker.upload_hosts", names, privateAddresses: false);
}
