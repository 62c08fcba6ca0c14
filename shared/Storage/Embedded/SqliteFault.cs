using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace AudioReprompt.Storage.Embedded;

/// <summary>Tells faults of the disk, the file or its other users from faults of ours.</summary>
internal static class SqliteFault
{
    /// <summary>
    /// A <see cref="StorageUnavailableException"/> for what an operator can mend; any other exception as it is, because a
    /// wrong statement or a broken constraint is a defect and no outage.
    /// </summary>
    /// <param name="fault">As SQLite reported it.</param>
    /// <param name="database">Begins the sentence: "The job database".</param>
    public static Exception Translate(Exception fault, string database) =>
        fault is SqliteException sqlite && Describe(sqlite) is { } reason
            ? new StorageUnavailableException($"{database} {reason}", sqlite)
            : fault;

    private static string? Describe(SqliteException fault) => fault.SqliteErrorCode switch
    {
        SQLITE_FULL => "cannot grow: The disk (or database limit) is full. Free space, then try again.",
        SQLITE_BUSY or SQLITE_LOCKED or SQLITE_PROTOCOL => "is locked by another process beyond the time limit.",
        SQLITE_IOERR => $"cannot be read or written: I/O error {fault.SqliteExtendedErrorCode} of the disk below it.",
        SQLITE_CANTOPEN => "cannot be opened: the file or its folder is missing, or may not be used.",
        SQLITE_PERM or SQLITE_READONLY => "cannot be written: the file or its folder is read-only.",
        SQLITE_CORRUPT or SQLITE_NOTADB => "is damaged, or is not a SQLite file. Restore it from a backup.",
        SQLITE_NOMEM => "cannot be used: the machine is out of memory.",
        _ => null,
    };
}
