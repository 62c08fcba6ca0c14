using AudioReprompt.Jobs;
using AudioReprompt.Storage;
using AudioReprompt.Storage.Embedded;
using AudioReprompt.TestSupport;
using Microsoft.Data.Sqlite;

namespace AudioReprompt.Tests.Storage.Embedded;

public sealed class EmbeddedDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string DatabasePath => _folder.Combine("below", "jobs.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Constructor_FileOfBefore_HasWhatWasWritten()
    {
        var job = SampleJobs.Queued(SampleJobs.Noon);
        await using (var database = Open())
        {
            await new SqliteJobStore(database).CreateAsync(job, default);
            await new SqliteJobQueue(database).EnqueueAsync(job.Id, TimeSpan.Zero, default);
        }

        await using var again = Open();
        Assert.Equivalent(job, (await new SqliteJobStore(again).GetAsync(job.Id, default))!.Job, strict: true);
        Assert.Equal(job.Id, (await new SqliteJobQueue(again).ReceiveAsync(TimeSpan.FromMinutes(1), default))!.JobId);
    }

    [Fact]
    public async Task Constructor_NewerSchema_IsRefusedAndLeftAsItIs()
    {
        await Open().DisposeAsync();
        Sql("PRAGMA user_version = 99");

        var fault = Assert.Throws<StorageUnavailableException>(Open);

        Assert.Contains("schema version 99", fault.Message, StringComparison.Ordinal);
        Assert.Contains(DatabasePath, fault.Message, StringComparison.Ordinal);
        Assert.Equal(99L, Sql("PRAGMA user_version"));
    }

    [Fact]
    public void Constructor_NoSqliteFile_IsRefusedAndLeftAsItIs()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(DatabasePath)!);
        var text = string.Concat(Enumerable.Repeat("Not a database. ", 1000));
        File.WriteAllText(DatabasePath, text);

        var fault = Assert.Throws<StorageUnavailableException>(Open);

        Assert.Contains("not a SQLite file", fault.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(DatabasePath));
    }

    [Fact]
    public void Constructor_PathIsAFolder_SaysThatItCannotBeOpened()
    {
        Directory.CreateDirectory(DatabasePath);

        Assert.Contains("cannot be opened", Assert.Throws<StorageUnavailableException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_FolderCannotBeMade_SaysSo()
    {
        File.WriteAllText(_folder.Combine("below"), "a file where the folder should be");

        Assert.Contains("cannot be made", Assert.Throws<StorageUnavailableException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Constructor_EightAtOnceOnANewFile_AllOpenIt()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(Open)));

        await Task.WhenAll(databases.Select(database => new SqliteJobQueue(database).EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default)));

        Assert.Equal(8, await new SqliteJobQueue(databases[0]).CountAsync(default));
        foreach (var database in databases) await database.DisposeAsync();
    }

    [Fact]
    public async Task ReceiveAsync_TwoDatabasesOnOneFile_NoMessageIsHeldTwice()
    {
        await using var one = Open();
        await using var other = Open();
        var queues = new[] { new SqliteJobQueue(one), new SqliteJobQueue(other) };
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => queues[i % 2].EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default)));

        var received = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            var mine = new List<string>();
            while (await queues[i % 2].ReceiveAsync(TimeSpan.FromHours(1), default) is { } message) mine.Add(message.MessageId);
            return mine;
        })));

        Assert.Equal(200, received.SelectMany(ids => ids).Distinct().Count());
        Assert.Equal(200, received.Sum(ids => ids.Count));
    }

    /// <summary>A loss of power cannot be tested here; that every commit asks for the disk (FULL is 2) can.</summary>
    [Fact]
    public async Task WriteAsync_Commit_IsFlushedToTheDisk()
    {
        await using var database = Open();

        var (journal, synchronous) = await database.WriteAsync(
            session => (
                session.First("PRAGMA journal_mode", row => row.GetString(0)),
                session.First("PRAGMA synchronous", row => row.GetInt32(0))),
            default);

        Assert.Equal(("wal", 2), (journal, synchronous));
    }

    [Fact]
    public async Task WriteAsync_OneOfABatchThrows_OnlyThatOneFails()
    {
        await using var database = Open();
        var queue = new SqliteJobQueue(database);
        using var gate = new WriterGate(database);

        var before = Enumerable.Range(0, 5).Select(_ => queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default)).ToArray();
        var faulty = database.WriteAsync<int>(
            session =>
            {
                session.Execute("DELETE FROM messages");
                throw new FormatException("mine");
            },
            default);
        var after = Enumerable.Range(0, 5).Select(_ => queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default)).ToArray();
        gate.Open();

        await Task.WhenAll([.. before, .. after]);
        Assert.Equal("mine", (await Assert.ThrowsAsync<FormatException>(() => faulty)).Message);
        Assert.Equal(10, await queue.CountAsync(default));
    }

    [Fact]
    public async Task WriteAsync_CallerGivesUpWhileItWaits_IsDropped()
    {
        await using var database = Open();
        var queue = new SqliteJobQueue(database);
        using var cancellation = new CancellationTokenSource();
        using var gate = new WriterGate(database);

        var dropped = queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, cancellation.Token);
        var kept = queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default);
        await cancellation.CancelAsync();

        // At once, although the writer is still busy.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dropped);
        gate.Open();
        await kept;
        Assert.Equal(1, await queue.CountAsync(default));
    }

    [Fact]
    public async Task WriteAsync_CallerGivesUpAfterItBegan_IsWrittenAndSaysSo()
    {
        await using var database = Open();
        using var cancellation = new CancellationTokenSource();
        using var gate = new WriterGate(database, cancellation.Token);

        await cancellation.CancelAsync();
        gate.Open();

        Assert.Equal(1, await gate.Finished);
    }

    [Fact]
    public async Task ReadAsync_WhileAWriteIsUnderWay_DoesNotWaitAndSeesWhatWasCommitted()
    {
        await using var database = Open();
        var queue = new SqliteJobQueue(database);
        await queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default);
        using var gate = new WriterGate(database);
        var waiting = queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default);

        Assert.Equal(1, await queue.CountAsync(default));

        gate.Open();
        await waiting;
        Assert.Equal(2, await queue.CountAsync(default));
    }

    [Fact]
    public async Task WriteAsync_AnotherProcessKeepsTheLock_FailsInTimeAndWorksLater()
    {
        await using var database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(DatabasePath) { BusyTimeout = TimeSpan.FromMilliseconds(20) });
        var queue = new SqliteJobQueue(database);
        await using (var other = new SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            await other.OpenAsync();
            await using var transaction = other.BeginTransaction();

            var fault = await Assert.ThrowsAsync<StorageUnavailableException>(
                () => queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default));

            Assert.Contains("locked by another process", fault.Message, StringComparison.Ordinal);
            Assert.Equal(0, await queue.CountAsync(default));
        }

        await queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default);
        Assert.Equal(1, await queue.CountAsync(default));
    }

    [Fact]
    public async Task DisposeAsync_WritesWait_AreFinishedAndLaterOnesRefused()
    {
        var database = Open();
        var queue = new SqliteJobQueue(database);
        using var gate = new WriterGate(database);
        var waiting = Enumerable.Range(0, 5).Select(_ => queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default)).ToArray();

        var closing = database.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => queue.EnqueueAsync(Guid.CreateVersion7(), TimeSpan.Zero, default));
        gate.Open();
        await closing;
        await database.DisposeAsync();

        await Task.WhenAll(waiting);
        await using var again = Open();
        Assert.Equal(5, await new SqliteJobQueue(again).CountAsync(default));
    }

    [Fact]
    public async Task CreateAsync_DatabaseLimitReached_SaysFullAndServesOn()
    {
        await using var database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(DatabasePath) { MaxPages = 100 });
        var jobs = new SqliteJobStore(database);
        var stored = new List<StoredJob>();

        var fault = await Assert.ThrowsAsync<StorageUnavailableException>(async () =>
        {
            while (true) stored.Add((await jobs.CreateAsync(SampleJobs.Completed(SampleJobs.Noon), default)).Stored);
        });

        Assert.Contains("is full", fault.Message, StringComparison.Ordinal);
        Assert.NotEmpty(stored);
        await jobs.CheckAsync(default);
        foreach (var kept in stored) Assert.NotNull(await jobs.GetAsync(kept.Job.Id, default));
        Assert.Equal(stored.Count, (await jobs.ListAsync(200, null, default)).Count);

        foreach (var kept in stored) Assert.NotNull(await jobs.TryUpdateAsync(kept.Job.Delete(SampleJobs.Noon), kept.ETag, default));
        Assert.Equal(stored.Count, await jobs.PurgeDeletedAsync(SampleJobs.Noon.AddSeconds(1), default));
        for (var i = 0; i < stored.Count / 2; i++) Assert.True((await jobs.CreateAsync(SampleJobs.Completed(SampleJobs.Noon), default)).Created);
    }

    /// <summary>The whole disk, log and all.</summary>
    [TmpfsFact]
    public async Task CreateAsync_DiskIsFull_SaysFullLosesNothingAndServesOn()
    {
        using var disk = new Tmpfs("1m");
        var path = Path.Combine(disk.Path, "jobs.db");
        var stored = new List<StoredJob>();
        await using (var database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(path)))
        {
            var jobs = new SqliteJobStore(database);
            for (var i = 0; i < 20; i++) stored.Add((await jobs.CreateAsync(SampleJobs.Completed(SampleJobs.Noon), default)).Stored);
            disk.Fill();

            var fault = await Assert.ThrowsAsync<StorageUnavailableException>(async () =>
            {
                while (true) stored.Add((await jobs.CreateAsync(SampleJobs.Completed(SampleJobs.Noon), default)).Stored);
            });

            Assert.Contains("is full", fault.Message, StringComparison.Ordinal);
            Assert.Equal(stored.Count, (await jobs.ListAsync(200, null, default)).Count);
            disk.Empty();
            stored.Add((await jobs.CreateAsync(SampleJobs.Completed(SampleJobs.Noon), default)).Stored);
        }

        await using var again = new EmbeddedDatabase(new EmbeddedDatabaseOptions(path));
        foreach (var kept in stored) Assert.NotNull(await new SqliteJobStore(again).GetAsync(kept.Job.Id, default));
    }

    private EmbeddedDatabase Open() => new(new EmbeddedDatabaseOptions(DatabasePath));

    private object? Sql(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteScalar();
    }

    /// <summary>Keeps the writer inside a write until it is opened, so that what comes after it waits and goes into one batch.</summary>
    private sealed class WriterGate : IDisposable
    {
        private readonly ManualResetEventSlim _entered = new();
        private readonly ManualResetEventSlim _open = new();

        public WriterGate(EmbeddedDatabase database, CancellationToken cancellationToken = default)
        {
            Finished = database.WriteAsync(
                _ =>
                {
                    _entered.Set();
                    _open.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
                    return 1;
                },
                cancellationToken);
            _entered.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
        }

        public Task<int> Finished { get; }

        public void Open() => _open.Set();

        public void Dispose()
        {
            _open.Set();
            Finished.Wait(TimeSpan.FromSeconds(30));
            _entered.Dispose();
            _open.Dispose();
        }
    }
}
