namespace AudioReprompt.Storage;

/// <summary>
/// A store or queue cannot do what was asked at present: unreachable, busy beyond its time limit, or full.
/// The message says which and why, and holds no secret; callers answer 503.
/// </summary>
public sealed class StorageUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException);
