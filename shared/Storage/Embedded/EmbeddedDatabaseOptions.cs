namespace AudioReprompt.Storage.Embedded;

/// <summary>Where the embedded database lies and how long it is patient.</summary>
/// <param name="Path">The SQLite file; it and its folder are made where they are missing.</param>
public sealed record EmbeddedDatabaseOptions(string Path)
{
    /// <summary>The clock of the queue's visibility timeouts. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How long a write waits for another process that writes. Default 5 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest size of the file, in pages of 4,096 bytes. Default: SQLite's own limit, 16 TiB.</summary>
    public long MaxPages { get; init; } = 4_294_967_294;
}
