using System.Globalization;
using System.Net;
using System.Text;
using System.Web;
using AudioReprompt.Configuration;
using AudioReprompt.Storage.Azure;
using AudioReprompt.TestSupport;
using Azure.Core;
using Azure.Core.Pipeline;

namespace AudioReprompt.Tests.Storage.Azure;

/// <summary>With a managed identity: addresses are signed with a user delegation key. The account is played, for Azurite has no identities.</summary>
public sealed class DelegatedAddressesTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task UploadAddressAsync_ManagedIdentity_IsSignedWithAKeyThatIsAskedForOnce()
    {
        using var account = new PlayedAccount(_clock);
        var audio = Open(account);
        var id = Guid.CreateVersion7();

        var upload = (await audio.UploadAddressAsync(id, Hour, default))!;
        await audio.DownloadAddressAsync(id, "song.wav", Hour, default);

        Assert.StartsWith($"https://account.blob.core.windows.net/music-audio/{id:D}.wav?", upload.AbsoluteUri, StringComparison.Ordinal);
        var query = HttpUtility.ParseQueryString(upload.Query);
        Assert.Equal(("c", "b", "https"), (query["sp"], query["sr"], query["spr"]));
        Assert.Equal(PlayedAccount.ObjectId, query["skoid"]);
        Assert.Equal(_clock.GetUtcNow() + Hour, DateTimeOffset.Parse(query["se"]!, CultureInfo.InvariantCulture));
        Assert.Equal(1, account.KeysGiven);
        Assert.All(account.Seen, uri => Assert.Equal(Uri.UriSchemeHttps, uri.Scheme));
        Assert.Contains(account.Seen, uri => uri.Host == "account.queue.core.windows.net");
    }

    [Fact]
    public async Task UploadAddressAsync_KeyIsTooOldForTheAddress_AsksForAnother()
    {
        using var account = new PlayedAccount(_clock);
        var audio = Open(account);
        await audio.UploadAddressAsync(Guid.CreateVersion7(), Hour, default);

        _clock.Advance(TimeSpan.FromDays(2) - Hour + TimeSpan.FromMinutes(1));
        await audio.UploadAddressAsync(Guid.CreateVersion7(), Hour, default);

        Assert.Equal(2, account.KeysGiven);
    }

    private AzureAudioStore Open(PlayedAccount account)
    {
        var options = new StorageOptions { Kind = "azure", AzureAccountUrl = "https://account.blob.core.windows.net", AzureNamePrefix = "music-" };
        return AzureStorage.Open(
            AzureAccount.Of(options, client => client.Transport = account.Transport, new PlayedIdentity()), options.AzureNamePrefix, _clock, AzureJobStoreLimits.Default).Audio;
    }

    private sealed class PlayedIdentity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }

    /// <summary>Makes every container and queue, and gives delegation keys as they are asked for.</summary>
    private sealed class PlayedAccount : HttpMessageHandler
    {
        public const string ObjectId = "11111111-2222-3333-4444-555555555555";

        private readonly TimeProvider _time;

        public PlayedAccount(TimeProvider time) => (_time, Transport) = (time, new HttpClientTransport(this));

        public HttpPipelineTransport Transport { get; }

        public List<Uri> Seen { get; } = [];

        public int KeysGiven { get; private set; }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => Answer(request);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Answer(request));

        private HttpResponseMessage Answer(HttpRequestMessage request)
        {
            Seen.Add(request.RequestUri!);
            var answer = new HttpResponseMessage(HttpStatusCode.Created) { RequestMessage = request, Content = new ByteArrayContent([]) };
            answer.Headers.Date = _time.GetUtcNow();
            answer.Headers.TryAddWithoutValidation("ETag", "\"0x1\"");
            answer.Content.Headers.LastModified = _time.GetUtcNow();
            if (request.RequestUri!.Query.Contains("comp=userdelegationkey", StringComparison.Ordinal))
            {
                KeysGiven++;
                answer.StatusCode = HttpStatusCode.OK;
                answer.Content = new StringContent(
                    $"""
                    <?xml version="1.0" encoding="utf-8"?>
                    <UserDelegationKey><SignedOid>{ObjectId}</SignedOid><SignedTid>99999999-2222-3333-4444-555555555555</SignedTid>
                    <SignedStart>{_time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}</SignedStart><SignedExpiry>{_time.GetUtcNow().AddDays(2):yyyy-MM-ddTHH:mm:ssZ}</SignedExpiry>
                    <SignedService>b</SignedService><SignedVersion>2022-11-02</SignedVersion><Value>{Convert.ToBase64String(new byte[32])}</Value></UserDelegationKey>
                    """,
                    Encoding.UTF8,
                    "application/xml");
            }

            return answer;
        }
    }
}
