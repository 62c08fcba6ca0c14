namespace AudioReprompt.Storage.Embedded;

/// <summary>A row for each caller and day.</summary>
public sealed class SqliteUsageStore(EmbeddedDatabase database) : IUsageStore
{
    /// <inheritdoc/>
    public Task<bool> TryCountAsync(string caller, DateOnly day, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return database.WriteAsync(
            session => session.Execute(
                """
                INSERT INTO usage (day, caller, songs) VALUES ($day, $caller, 1)
                ON CONFLICT DO UPDATE SET songs = songs + 1 WHERE songs < $limit
                """,
                ("$day", day.DayNumber),
                ("$caller", HashedName.Of(caller)),
                ("$limit", limit)) == 1,
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task PurgeAsync(DateOnly day, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.Execute("DELETE FROM usage WHERE day < $day", ("$day", day.DayNumber)), cancellationToken);
}
