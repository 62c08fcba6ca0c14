using Microsoft.Data.Sqlite;

namespace AudioReprompt.Storage.Embedded;

/// <summary>Ids and times as <see cref="EmbeddedSchema"/> keeps them.</summary>
internal static class StoredValue
{
    /// <summary>16 bytes in network order: UUIDv7s compare by age.</summary>
    public static byte[] ToStored(this Guid id) => id.ToByteArray(bigEndian: true);

    /// <summary>UTC ticks of 100 ns: nothing is lost, and numbers compare.</summary>
    public static long ToStored(this DateTimeOffset time) => time.UtcTicks;

    public static Guid GetId(this SqliteDataReader row, int column) =>
        new(row.GetFieldValue<byte[]>(column), bigEndian: true);

    public static DateTimeOffset GetTime(this SqliteDataReader row, int column) =>
        new(row.GetInt64(column), TimeSpan.Zero);
}
