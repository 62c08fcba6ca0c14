using AudioReprompt.Storage;
using AudioReprompt.Storage.Embedded;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Storage.Embedded;

public sealed class EmbeddedJobStoreTests : JobStoreContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private EmbeddedDatabase? _database;

    protected override Task<IJobStore> OpenAsync()
    {
        _database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(_folder.Combine("jobs.db")));
        return Task.FromResult<IJobStore>(new SqliteJobStore(_database));
    }

    protected override async Task CloseAsync() => await _database!.DisposeAsync();

    public void Dispose() => _folder.Dispose();
}
