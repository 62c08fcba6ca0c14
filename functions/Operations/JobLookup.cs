using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary>Finds the job that a path names.</summary>
public sealed class JobLookup(IJobStore store)
{
    /// <returns>The job, or the answer 404 (unknown; an id that is no UUID is unknown too) or 410 (deleted, expired).</returns>
    public async Task<(StoredJob? Job, IResult? Refusal)> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var jobId) || await store.GetAsync(jobId, cancellationToken) is not { } stored)
            return (null, Problems.NotFound(id));
        return stored.Job.Deleted ? (null, Problems.Gone(jobId)) : (stored, null);
    }
}
