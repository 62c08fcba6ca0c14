using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AudioReprompt.Configuration;
using AudioReprompt.Storage;
using AudioReprompt.Storage.Azure;
using AudioReprompt.TestSupport;
using Azure.Core;

namespace AudioReprompt.Tests.Storage.Azure;

/// <summary>What an operator sees when the account is not named, refuses us, is gone or does not answer.</summary>
public sealed class AzureStorageTests
{
    [Fact]
    public void Open_NoAccountNamed_NamesTheSettings()
    {
        var fault = Assert.Throws<ConfigurationException>(() => AzureStorage.Open(new StorageOptions { Kind = "azure" }, TimeProvider.System));

        Assert.Contains("AZURE_STORAGE_CONNECTION_STRING", fault.Message, StringComparison.Ordinal);
        Assert.Contains("storage.azure_account_url", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense-with-s3cret")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=s3cret!")]
    [InlineData("BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=sv=2022&sig=s3cret")]
    public void Open_ConnectionStringOfNoUse_NamesTheVariableAndNotItsValue(string connectionString)
    {
        var options = new StorageOptions { Kind = "azure", AzureConnectionString = connectionString };

        var fault = Assert.Throws<ConfigurationException>(() => AzureStorage.Open(options, TimeProvider.System));

        Assert.Contains("AZURE_STORAGE_CONNECTION_STRING", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://account.blob.core.windows.net")]
    [InlineData("https://account.queue.core.windows.net")]
    public void Open_AccountUrlOfNoUse_NamesTheSetting(string url)
    {
        var fault = Assert.Throws<ConfigurationException>(() => AzureStorage.Open(new StorageOptions { Kind = "azure", AzureAccountUrl = url }, TimeProvider.System));

        Assert.Contains("storage.azure_account_url", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WrongKey_SaysThatItIsRefusedWithoutShowingIt()
    {
        var azurite = await Azurite.SharedAsync();
        var wrong = Convert.ToBase64String(new byte[64]);
        var options = new StorageOptions { Kind = "azure", AzureConnectionString = azurite.ConnectionString.Replace(Azurite.AccountKey, wrong, StringComparison.Ordinal) };

        var fault = Assert.Throws<StorageUnavailableException>(() => AzureStorage.Open(options, TimeProvider.System));

        Assert.Contains("refuses us (403 AuthorizationFailure)", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrong, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryCall_AccountIsGone_IsUnavailableWithinSeconds()
    {
        var azurite = await Azurite.StartAsync();
        var storage = AzureStorage.Open(azurite.NewStorage(), TimeProvider.System);
        var (stored, _) = await storage.Jobs.CreateAsync(SampleJobs.Queued(SampleJobs.Noon), default);
        await storage.Queue.EnqueueAsync(stored.Job.Id, TimeSpan.Zero, default);
        var message = (await storage.Queue.ReceiveAsync(TimeSpan.FromMinutes(1), default))!;
        await azurite.DisposeAsync();

        var begun = Stopwatch.GetTimestamp();
        Task[] calls =
        [
            storage.Jobs.CreateAsync(SampleJobs.Queued(SampleJobs.Noon, "key"), default),
            storage.Jobs.GetAsync(stored.Job.Id, default),
            storage.Jobs.FindByIdempotencyKeyAsync("key", default),
            storage.Jobs.TryUpdateAsync(stored.Job, stored.ETag, default),
            storage.Jobs.ListAsync(10, null, default),
            storage.Jobs.ListStaleAsync(SampleJobs.Noon, 10, default),
            storage.Jobs.ListExpiredAsync(SampleJobs.Noon, 10, default),
            storage.Jobs.PurgeDeletedAsync(SampleJobs.Noon, default),
            storage.Jobs.CheckAsync(default),
            storage.Queue.EnqueueAsync(stored.Job.Id, TimeSpan.Zero, default),
            storage.Queue.ReceiveAsync(TimeSpan.FromMinutes(1), default),
            storage.Queue.WaitAsync(TimeSpan.FromMinutes(1), default),
            storage.Queue.ExtendAsync(message, TimeSpan.FromMinutes(1), default),
            storage.Queue.DeleteAsync(message, default),
            storage.Queue.PoisonAsync(message, "why", default),
            storage.Queue.ListPoisonAsync(10, default),
            storage.Queue.CountAsync(default),
            storage.Audio.WriteAsync(stored.Job.Id, new MemoryStream(new byte[100]), 100, default),
            storage.Audio.OpenReadAsync(stored.Job.Id, default),
            storage.Audio.DeleteAsync(stored.Job.Id, default),
            storage.Audio.CheckAsync(default),
        ];
        foreach (var call in calls)
        {
            var fault = await Assert.ThrowsAsync<StorageUnavailableException>(() => call);
            Assert.Contains("cannot be reached", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Azurite.AccountKey, fault.ToString(), StringComparison.Ordinal);
        }

        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task GetAsync_AccountDoesNotAnswer_IsUnavailableAfterItsTimeLimit()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var azurite = await Azurite.SharedAsync();
        var options = azurite.NewStorage();
        AzureStorage.Open(options, TimeProvider.System);
        var redirect = new Redirect();
        var account = AzureAccount.Of(options, client =>
        {
            client.Retry.NetworkTimeout = TimeSpan.FromMilliseconds(200);
            client.AddPolicy(redirect, HttpPipelinePosition.PerRetry);
        });
        var storage = AzureStorage.Open(account, options.AzureNamePrefix, TimeProvider.System, AzureJobStoreLimits.Default);
        redirect.Port = ((IPEndPoint)silent.LocalEndpoint).Port;

        var fault = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Jobs.GetAsync(Guid.CreateVersion7(), default));

        Assert.Contains("did not answer in time", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeptSigningKey_TwoFrontDoors_HaveTheSame()
    {
        var options = (await Azurite.SharedAsync()).NewStorage();
        var (one, other) = (AzureStorage.Open(options, TimeProvider.System), AzureStorage.Open(options, TimeProvider.System));

        Assert.Equal(one.KeptSigningKey(), other.KeptSigningKey());
        Assert.Equal(32, one.KeptSigningKey().Length);
    }

    /// <summary>From some time on, requests go to another port.</summary>
    private sealed class Redirect : global::Azure.Core.Pipeline.HttpPipelineSynchronousPolicy
    {
        public int? Port { get; set; }

        public override void OnSendingRequest(HttpMessage message)
        {
            if (Port is { } port) message.Request.Uri.Port = port;
        }
    }
}
