namespace AudioReprompt.Storage;

/// <summary>
/// What callers have had of what they may have in a day, counted durably and for all processes that share the storage. No more than a limit is ever
/// granted; a fault in the middle of a call may have counted one that nobody got.
/// </summary>
public interface IUsageStore
{
    /// <summary>Counts one more for this caller and day, unless <paramref name="limit"/> are counted already.</summary>
    /// <param name="caller">Any text; kept as a hash only.</param>
    /// <param name="day">UTC.</param>
    /// <param name="limit">1…50,000.</param>
    /// <returns>false when nothing was counted.</returns>
    /// <exception cref="StorageUnavailableException">The store cannot be reached, or is full.</exception>
    Task<bool> TryCountAsync(string caller, DateOnly day, int limit, CancellationToken cancellationToken);

    /// <summary>Forgets the days before <paramref name="day"/>.</summary>
    /// <exception cref="StorageUnavailableException">The store cannot be reached.</exception>
    Task PurgeAsync(DateOnly day, CancellationToken cancellationToken);
}
