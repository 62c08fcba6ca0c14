using AudioReprompt.Storage;
using AudioReprompt.Storage.Azure;
using Azure;

namespace AudioReprompt.Tests.Storage.Azure;

public sealed class AzureCallTests
{
    private static readonly AzureCall Call = new("The job store", TimeSpan.FromSeconds(30));

    /// <summary>What passes is answered 503 and tried again; what is a fault of ours stays one.</summary>
    [Theory]
    [InlineData(500, "InternalError", true)]
    [InlineData(503, "ServerBusy", true)]
    [InlineData(429, "TooManyRequests", true)]
    [InlineData(409, "AccountBeingCreated", true)]
    [InlineData(404, "ContainerNotFound", true)]
    [InlineData(409, "BlobAlreadyExists", false)]
    [InlineData(400, "InvalidHeaderValue", false)]
    public void Translate_AnswersOfAzure_AreUnavailabilityWhereTheyPass(int status, string code, bool unavailable)
    {
        var translated = AzureCall.Translate(new RequestFailedException(status, "no", code, innerException: null), "The job store");
        Assert.Equal(unavailable, translated is StorageUnavailableException);
        if (unavailable) Assert.Contains($"{status} {code}", translated!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FaultWhileTheCallerGivesUp_IsStillAzures()
    {
        using var gaveUp = new CancellationTokenSource();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Call.RunAsync(
            async _ =>
            {
                await gaveUp.CancelAsync();
                throw new RequestFailedException(503, "no", "ServerBusy", innerException: null);
            },
            gaveUp.Token));
    }

    [Fact]
    public async Task RunAsync_CallerGivesUp_IsACancellation()
    {
        using var gaveUp = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Call.RunAsync(
            async token =>
            {
                await gaveUp.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            gaveUp.Token));
    }
}
