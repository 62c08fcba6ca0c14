namespace AudioReprompt.Storage.Embedded;

/// <summary>
/// The tables of the embedded database. Times are UTC ticks of 100 ns, ids the 16 bytes of the UUID in network order, so
/// that both compare as they are meant to.
/// </summary>
internal static class EmbeddedSchema
{
    /// <summary>Script n brings a file from version n to n + 1. A published script is never changed.</summary>
    private static readonly string[] Scripts =
    [
        """
        CREATE TABLE jobs (
          sequence INTEGER PRIMARY KEY,
          id BLOB NOT NULL UNIQUE,
          version INTEGER NOT NULL,
          state TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          updated_at INTEGER NOT NULL,
          ended_at INTEGER,
          deleted INTEGER NOT NULL,
          idempotency_key TEXT,
          record TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX jobs_by_key ON jobs (idempotency_key) WHERE idempotency_key IS NOT NULL;
        CREATE INDEX jobs_listed ON jobs (id) WHERE deleted = 0;
        CREATE INDEX jobs_under_way ON jobs (updated_at) WHERE state IN ('Queued', 'Dispatched', 'Running', 'Scoring');
        CREATE INDEX jobs_ended ON jobs (ended_at) WHERE deleted = 0 AND ended_at IS NOT NULL;
        CREATE INDEX jobs_deleted ON jobs (updated_at) WHERE deleted = 1;

        CREATE TABLE messages (
          sequence INTEGER PRIMARY KEY AUTOINCREMENT,
          job_id BLOB NOT NULL,
          enqueued_at INTEGER NOT NULL,
          visible_at INTEGER NOT NULL,
          dequeue_count INTEGER NOT NULL,
          pop_receipt TEXT
        ) STRICT;
        CREATE INDEX messages_by_visibility ON messages (visible_at);

        CREATE TABLE poison_messages (
          sequence INTEGER PRIMARY KEY,
          message_id TEXT NOT NULL,
          job_id BLOB NOT NULL,
          dequeue_count INTEGER NOT NULL,
          enqueued_at INTEGER NOT NULL,
          poisoned_at INTEGER NOT NULL,
          reason TEXT NOT NULL
        ) STRICT;
        """,
        """
        CREATE TABLE usage (
          day INTEGER NOT NULL,
          caller TEXT NOT NULL,
          songs INTEGER NOT NULL,
          PRIMARY KEY (day, caller)
        ) STRICT, WITHOUT ROWID;
        """,
    ];

    /// <summary>Makes or brings up to date the tables; two processes may do so at once.</summary>
    /// <exception cref="StorageUnavailableException">A newer program made the file.</exception>
    public static void Prepare(SqliteSession session, string path)
    {
        session.Run("BEGIN IMMEDIATE");
        var version = session.First("PRAGMA user_version", row => row.GetInt32(0));
        if (version > Scripts.Length)
        {
            throw new StorageUnavailableException(
                $"The job database {path} has schema version {version}, made by a newer program; this one knows versions up to {Scripts.Length}. " +
                "Use the newer program, or another storage folder.");
        }

        for (; version < Scripts.Length; version++)
            session.Run($"{Scripts[version]} PRAGMA user_version = {version + 1};");
        session.Run("COMMIT");
    }
}
