using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary>
/// How many songs one caller gets in a day (UTC), whichever front door he asks. A request that is counted and then comes to nothing (the storage fails,
/// the caller hangs up) stays counted.
/// </summary>
public sealed class SongQuota(ApiOptions options, IUsageStore usage, TimeProvider time)
{
    /// <returns>null when one was left and is now taken; else the answer 429 with the time until the next day.</returns>
    /// <exception cref="StorageUnavailableException">The count cannot be reached.</exception>
    public async Task<IResult?> TryTakeAsync(string caller, CancellationToken cancellationToken)
    {
        if (options.SongsPerDay == 0) return null;
        var now = time.GetUtcNow();
        if (await usage.TryCountAsync(caller, DateOnly.FromDateTime(now.UtcDateTime), options.SongsPerDay, cancellationToken)) return null;
        var tomorrow = now.UtcDateTime.Date.AddDays(1) - now.UtcDateTime;
        return Problems.Of(
            StatusCodes.Status429TooManyRequests,
            $"Your songs of today ({options.SongsPerDay}) are used up; the next ones can be asked for from 00:00 UTC, in {(int)tomorrow.TotalHours} h {tomorrow.Minutes} min.",
            (int)Math.Ceiling(tomorrow.TotalSeconds));
    }
}
