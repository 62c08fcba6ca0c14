using Microsoft.Data.Sqlite;
using Microsoft.Extensions.ObjectPool;

namespace AudioReprompt.Storage.Embedded;

/// <summary>
/// The SQLite file that holds jobs and queue: one writer that commits in groups, and readers that never wait for it
/// (write-ahead log). Several processes may have the same file open; it must lie on a local disk.
/// </summary>
public sealed class EmbeddedDatabase : IAsyncDisposable
{
    /// <summary>Idle read connections that are kept: as many as threads can read at once without waiting.</summary>
    private static readonly int KeptReaders = 2 * Environment.ProcessorCount;

    private readonly GroupCommitWriter _writer;
    private readonly ObjectPool<SqliteSession> _readers;

    /// <summary>Opens the file, and makes it where it is missing.</summary>
    /// <exception cref="StorageUnavailableException">The file cannot be used, or a newer program made it.</exception>
    public EmbeddedDatabase(EmbeddedDatabaseOptions options)
    {
        TimeProvider = options.TimeProvider;
        _writer = new GroupCommitWriter(
            Open(options), () => SqliteSession.OpenWriter(options), static fault => SqliteFault.Translate(fault, "The job database"));
        _readers = new DefaultObjectPoolProvider { MaximumRetained = KeptReaders }.Create(new ReaderPolicy(options));
    }

    internal TimeProvider TimeProvider { get; }

    /// <summary>
    /// Reads what was committed last, on the caller's thread: some microseconds, so that handing over to another thread
    /// would cost more.
    /// </summary>
    internal Task<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<T>(cancellationToken);
        SqliteSession? session = null;
        try
        {
            session = _readers.Get();
            var result = read(session);
            _readers.Return(session);
            return Task.FromResult(result);
        }
        catch (Exception fault)
        {
            // The caller gets it with the task. The connection may be broken: another one is opened for the next reader.
            session?.Dispose();
            return Task.FromException<T>(SqliteFault.Translate(fault, "The job database"));
        }
    }

    /// <summary>Completes when the write is durable. <paramref name="write"/> may run more than once; only its last run counts.</summary>
    internal Task<T> WriteAsync<T>(Func<SqliteSession, T> write, CancellationToken cancellationToken) =>
        _writer.WriteAsync(write, cancellationToken);

    /// <summary>Finishes the writes that were begun, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        (_readers as IDisposable)?.Dispose();
    }

    private static SqliteSession Open(EmbeddedDatabaseOptions options)
    {
        SqliteSession? session = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
            session = SqliteSession.OpenWriter(options);
            EmbeddedSchema.Prepare(session, options.Path);
            return session;
        }
        catch (Exception fault)
        {
            session?.Dispose();
            throw fault switch
            {
                SqliteException => SqliteFault.Translate(fault, $"The job database {options.Path}"),
                IOException or UnauthorizedAccessException =>
                    new StorageUnavailableException($"The folder of the job database {options.Path} cannot be made: {fault.Message}", fault),
                _ => fault,
            };
        }
    }

    private sealed class ReaderPolicy(EmbeddedDatabaseOptions options) : PooledObjectPolicy<SqliteSession>
    {
        public override SqliteSession Create() => SqliteSession.OpenReader(options);

        public override bool Return(SqliteSession obj) => true;
    }
}
