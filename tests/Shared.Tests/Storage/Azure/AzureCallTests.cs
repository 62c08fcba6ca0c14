using AudioReprompt.Storage;
using AudioReprompt.Storage.Azure;
using Azure;

namespace AudioReprompt.Tests.Storage.Azure;

public sealed class AzureCallTests
{
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

    /// <summary>Azure's client reports all its tries then; taken for anything else it would end the loop that had cancelled.</summary>
    [Fact]
    public async Task RunAsync_CancelledByTheCallerDuringAFurtherTry_IsACancellation()
    {
        using var caller = new CancellationTokenSource();
        var call = new AzureCall("The queue", TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<OperationCanceledException>(() => call.RunAsync(
            async _ =>
            {
                await caller.CancelAsync();
                throw new AggregateException(new TaskCanceledException("8 s are over."), new TaskCanceledException("cancelled"));
            },
            caller.Token));
    }
}
