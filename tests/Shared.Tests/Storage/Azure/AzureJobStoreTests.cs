using AudioReprompt.Storage;
using AudioReprompt.Storage.Azure;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Storage.Azure;

public sealed class AzureJobStoreTests : JobStoreContract
{
    protected override async Task<IJobStore> OpenAsync() =>
        AzureStorage.Open((await Azurite.SharedAsync()).NewStorage(), TimeProvider.System).Jobs;

    protected override Task CloseAsync() => Task.CompletedTask;
}
