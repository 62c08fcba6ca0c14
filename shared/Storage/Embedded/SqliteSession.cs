using System.Globalization;
using Microsoft.Data.Sqlite;

namespace AudioReprompt.Storage.Embedded;

/// <summary>
/// One connection and the statements it has prepared. Not for two threads at once.
/// Parameters are named in the statement (<c>$id</c>) and must come in the same order every time.
/// </summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    private SqliteSession(SqliteConnection connection) => _connection = connection;

    /// <summary>The writer's connection: a commit returns when the log is on the disk.</summary>
    public static SqliteSession OpenWriter(EmbeddedDatabaseOptions options) => Open(
        options,
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        // A reader that holds the log back lets it grow; afterwards it is cut to 64 MiB again.
        "PRAGMA journal_size_limit = 67108864",
        string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {options.MaxPages}"));

    /// <summary>
    /// A connection that only reads. It is opened for writing all the same: in WAL mode a reader too must be able to make
    /// the shared index beside the file.
    /// </summary>
    public static SqliteSession OpenReader(EmbeddedDatabaseOptions options) => Open(options, "PRAGMA query_only = ON");

    private static SqliteSession Open(EmbeddedDatabaseOptions options, params ReadOnlySpan<string> settings)
    {
        var session = new SqliteSession(new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Pooling = false,
            // The provider's own waiting is coarse (150 ms) and comes on top of busy_timeout, which waits finely: keep it short.
            DefaultTimeout = 1,
        }.ConnectionString));
        try
        {
            session._connection.Open();
            session.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(long)options.BusyTimeout.TotalMilliseconds}"));
            foreach (var setting in settings) session.Run(setting);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Whether a transaction is open. SQLite ends one itself on some faults, a full disk among them.</summary>
    public bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Runs statements that are needed once, unprepared.</summary>
    public void Run(string statements)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = statements;
        command.ExecuteNonQuery();
    }

    /// <returns>Rows changed.</returns>
    public int Execute(string statement, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Bind(statement, parameters).ExecuteNonQuery();

    /// <returns>The first row, or the default of <typeparamref name="T"/> where there is none.</returns>
    public T? First<T>(
        string statement, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Bind(statement, parameters).ExecuteReader();
        return reader.Read() ? row(reader) : default;
    }

    /// <returns>Every row.</returns>
    public List<T> All<T>(
        string statement, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Bind(statement, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(row(reader));
        return rows;
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values) command.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Bind(string statement, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_commands.TryGetValue(statement, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = statement;
            foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
            _commands.Add(statement, command);
            return command;
        }

        for (var i = 0; i < parameters.Length; i++) command.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
        return command;
    }
}
