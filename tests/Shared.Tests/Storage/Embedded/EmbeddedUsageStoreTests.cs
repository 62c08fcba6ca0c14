using AudioReprompt.Storage;
using AudioReprompt.Storage.Embedded;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Storage.Embedded;

public sealed class EmbeddedUsageStoreTests : UsageStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private EmbeddedDatabase? _database;

    protected override Task<IUsageStore> OpenAsync()
    {
        _database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(_folder.Combine("jobs.db")));
        return Task.FromResult<IUsageStore>(new SqliteUsageStore(_database));
    }

    protected override async Task CloseAsync() => await _database!.DisposeAsync();

    public void Dispose() => _folder.Dispose();
}
