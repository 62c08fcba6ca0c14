using AudioReprompt.Storage;
using AudioReprompt.Storage.Azure;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Storage.Azure;

public sealed class AzureUsageStoreTests : UsageStoreContract
{
    protected override async Task<IUsageStore> OpenAsync() =>
        AzureStorage.Open((await Azurite.SharedAsync()).NewStorage(), TimeProvider.System).Usage;

    protected override Task CloseAsync() => Task.CompletedTask;
}
