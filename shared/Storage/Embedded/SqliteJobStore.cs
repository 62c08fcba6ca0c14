using System.Globalization;
using System.Text.Json;
using AudioReprompt.Jobs;
using Microsoft.Data.Sqlite;

namespace AudioReprompt.Storage.Embedded;

/// <summary>
/// Job records as JSON in one table; the columns beside a record are only what is looked for. The ETag is the row's
/// version.
/// </summary>
public sealed class SqliteJobStore(EmbeddedDatabase database) : IJobStore
{
    /// <summary>Records that one transaction removes, so that other writes do not wait long for a large purge.</summary>
    private const int PurgeBatch = 200;

    /// <inheritdoc/>
    public async Task<(StoredJob Stored, bool Created)> CreateAsync(AudioJob job, CancellationToken cancellationToken)
    {
        var record = Serialize(job);
        var (created, holder) = await database.WriteAsync(
            session => Insert(session, job, record) ? (true, null) : (false, FindByKey(session, job.IdempotencyKey)),
            cancellationToken);
        if (created) return (new StoredJob(job, ETag(1)), true);
        if (holder is null) throw new InvalidOperationException($"Job {job.Id} exists already.");
        return (holder.ToStoredJob(), false);
    }

    /// <inheritdoc/>
    public async Task<StoredJob?> GetAsync(Guid id, CancellationToken cancellationToken)
    {
        var row = await database.ReadAsync(
            session => session.First("SELECT version, record FROM jobs WHERE id = $id", JobRow.Read, ("$id", id.ToStored())),
            cancellationToken);
        return row?.ToStoredJob();
    }

    /// <inheritdoc/>
    public async Task<StoredJob?> FindByIdempotencyKeyAsync(string key, CancellationToken cancellationToken)
    {
        var row = await database.ReadAsync(session => FindByKey(session, key), cancellationToken);
        return row?.ToStoredJob();
    }

    /// <inheritdoc/>
    public async Task<StoredJob?> TryUpdateAsync(AudioJob job, string etag, CancellationToken cancellationToken)
    {
        if (!long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return null;
        var record = Serialize(job);
        var updated = await database.WriteAsync(
            session => session.Execute(
                """
                UPDATE jobs SET version = $version + 1, state = $state, updated_at = $updated_at, ended_at = $ended_at,
                  deleted = $deleted, idempotency_key = $idempotency_key, record = $record
                WHERE id = $id AND version = $version
                """,
                ("$version", version),
                ("$state", job.State.ToString()),
                ("$updated_at", job.UpdatedAt.ToStored()),
                ("$ended_at", job.EndedAt?.ToStored()),
                ("$deleted", job.Deleted),
                ("$idempotency_key", job.IdempotencyKey),
                ("$record", record),
                ("$id", job.Id.ToStored())) == 1,
            cancellationToken);
        return updated ? new StoredJob(job, ETag(version + 1)) : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AudioJob>> ListAsync(int limit, Guid? before, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 200);
        var rows = await database.ReadAsync(
            session => session.All(
                "SELECT version, record FROM jobs WHERE deleted = 0 AND id < $before ORDER BY id DESC LIMIT $limit",
                JobRow.Read,
                ("$before", (before ?? Guid.AllBitsSet).ToStored()),
                ("$limit", limit)),
            cancellationToken);
        return rows.ConvertAll(row => row.ToJob());
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredJob>> ListStaleAsync(
        DateTimeOffset updatedBefore, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var rows = await database.ReadAsync(
            session => session.All(
                """
                SELECT version, record FROM jobs
                WHERE state IN ('Queued', 'Dispatched', 'Running', 'Scoring') AND updated_at < $before
                ORDER BY updated_at LIMIT $limit
                """,
                JobRow.Read,
                ("$before", updatedBefore.ToStored()),
                ("$limit", limit)),
            cancellationToken);
        return rows.ConvertAll(row => row.ToStoredJob());
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Every ended job that is not deleted counts as one with audio: a worker may have uploaded before its job failed or was
    /// cancelled, and then the record does not know of the file.
    /// </remarks>
    public async Task<IReadOnlyList<StoredJob>> ListExpiredAsync(
        DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var rows = await database.ReadAsync(
            session => session.All(
                """
                SELECT version, record FROM jobs
                WHERE deleted = 0 AND ended_at IS NOT NULL AND ended_at < $before
                ORDER BY ended_at LIMIT $limit
                """,
                JobRow.Read,
                ("$before", endedBefore.ToStored()),
                ("$limit", limit)),
            cancellationToken);
        return rows.ConvertAll(row => row.ToStoredJob());
    }

    /// <inheritdoc/>
    public async Task<int> PurgeDeletedAsync(DateTimeOffset updatedBefore, CancellationToken cancellationToken)
    {
        var removed = 0;
        while (true)
        {
            var batch = await database.WriteAsync(
                session => session.Execute(
                    """
                    DELETE FROM jobs WHERE sequence IN (
                      SELECT sequence FROM jobs WHERE deleted = 1 AND updated_at < $before ORDER BY updated_at LIMIT $limit)
                    """,
                    ("$before", updatedBefore.ToStored()),
                    ("$limit", PurgeBatch)),
                cancellationToken);
            removed += batch;
            if (batch < PurgeBatch) return removed;
        }
    }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(session => session.First("SELECT sequence FROM jobs LIMIT 1", row => row.GetInt64(0)), cancellationToken);

    /// <returns>false when the id or the idempotency key is taken.</returns>
    private static bool Insert(SqliteSession session, AudioJob job, string record) => session.Execute(
        """
        INSERT INTO jobs (id, version, state, created_at, updated_at, ended_at, deleted, idempotency_key, record)
        VALUES ($id, 1, $state, $created_at, $updated_at, $ended_at, $deleted, $idempotency_key, $record)
        ON CONFLICT DO NOTHING
        """,
        ("$id", job.Id.ToStored()),
        ("$state", job.State.ToString()),
        ("$created_at", job.CreatedAt.ToStored()),
        ("$updated_at", job.UpdatedAt.ToStored()),
        ("$ended_at", job.EndedAt?.ToStored()),
        ("$deleted", job.Deleted),
        ("$idempotency_key", job.IdempotencyKey),
        ("$record", record)) == 1;

    private static JobRow? FindByKey(SqliteSession session, string? key) => key is null
        ? null
        : session.First("SELECT version, record FROM jobs WHERE idempotency_key = $key", JobRow.Read, ("$key", key));

    private static string Serialize(AudioJob job) => JsonSerializer.Serialize(job, AudioJobJson.Default.AudioJob);

    private static string ETag(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>As it was read; made a job only when the connection is free again.</summary>
    private sealed record JobRow(long Version, string Record)
    {
        public static JobRow Read(SqliteDataReader row) => new(row.GetInt64(0), row.GetString(1));

        public AudioJob ToJob() => JsonSerializer.Deserialize(Record, AudioJobJson.Default.AudioJob)!;

        public StoredJob ToStoredJob() => new(ToJob(), ETag(Version));
    }
}
