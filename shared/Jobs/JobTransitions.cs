using AudioReprompt.Scoring;

namespace AudioReprompt.Jobs;

/// <summary>
/// The only place that decides how a job may change. Pure: no clock, no store; every method returns a new record or
/// throws <see cref="ForbiddenTransitionException"/>.
/// </summary>
public static class JobTransitions
{
    /// <summary>
    /// Forward along <c>Queued → Dispatched → Running → Scoring → Completed</c>; a poll may miss <c>Running</c>;
    /// an attempt that was lost goes back to <c>Queued</c>; <c>Failed</c> and <c>Cancelled</c> from anywhere before the end.
    /// </summary>
    public static bool IsAllowed(JobState from, JobState to) => (from, to) switch
    {
        (JobState.Queued, JobState.Dispatched) => true,
        (JobState.Dispatched, JobState.Running or JobState.Scoring or JobState.Queued) => true,
        (JobState.Running, JobState.Scoring or JobState.Queued) => true,
        (JobState.Scoring, JobState.Completed) => true,
        (_, JobState.Failed or JobState.Cancelled) => !from.IsTerminal(),
        _ => false,
    };

    /// <summary>An attempt begins; the endpoint has not answered yet.</summary>
    public static AudioJob Dispatch(this AudioJob job, DateTimeOffset now) => job.To(JobState.Dispatched, now) with
    {
        Attempts = job.Attempts + 1,
        EndpointJobId = null,
        Progress = 0,
        Error = null,
    };

    /// <summary>The request for it came again before anybody had taken it up. Not a change of state.</summary>
    public static AudioJob Repeated(this AudioJob job, DateTimeOffset now) => job.Written(now);

    /// <summary>The endpoint took the job under this id. Not a change of state.</summary>
    public static AudioJob Accepted(this AudioJob job, string endpointJobId, DateTimeOffset now) =>
        job.Stay(JobState.Dispatched, now) with { EndpointJobId = endpointJobId, UnreachableSince = null };

    /// <summary>The endpoint says that a worker has it.</summary>
    public static AudioJob Run(this AudioJob job, DateTimeOffset now) =>
        job.To(JobState.Running, now) with { StartedAt = job.StartedAt ?? now };

    /// <summary>Progress of the attempt that runs; never falls.</summary>
    public static AudioJob Advance(this AudioJob job, double progress, DateTimeOffset now) =>
        job.Stay(JobState.Running, now) with { Progress = Math.Clamp(progress, job.Progress, 1) };

    /// <summary>The attempt is lost, or could not begin; the job waits for another one.</summary>
    public static AudioJob Requeue(this AudioJob job, string reason, DateTimeOffset now) =>
        job.To(JobState.Queued, now) with { EndpointJobId = null, Progress = 0, StartedAt = null, UnreachableSince = null, Error = reason };

    /// <summary>As <see cref="Requeue"/>, but the endpoint was never reached, so that the attempt does not count.</summary>
    public static AudioJob RequeueUncounted(this AudioJob job, string reason, DateTimeOffset now) =>
        job.Requeue(reason, now) with { Attempts = Math.Max(0, job.Attempts - 1), UnreachableSince = job.UnreachableSince ?? now };

    /// <summary>The endpoint answers again, though it does not take the job yet. Not a change of state.</summary>
    public static AudioJob Reached(this AudioJob job, DateTimeOffset now) =>
        job.Stay(JobState.Queued, now) with { UnreachableSince = null, Error = null };

    /// <summary>The audio is stored and verified.</summary>
    public static AudioJob Score(this AudioJob job, AudioResult result, DateTimeOffset now) =>
        job.To(JobState.Scoring, now) with { Result = result, Progress = 1, Error = null };

    /// <summary>An attempt to score begins. Not a change of state.</summary>
    public static AudioJob BeginScoring(this AudioJob job, DateTimeOffset now) =>
        job.Stay(JobState.Scoring, now) with { ScoringAttempts = job.ScoringAttempts + 1 };

    /// <param name="scores">Or why there are none.</param>
    public static AudioJob Complete(this AudioJob job, SongScores scores, DateTimeOffset now) =>
        job.To(JobState.Completed, now) with { EndedAt = now, Scores = scores };

    public static AudioJob Fail(this AudioJob job, string reason, DateTimeOffset now) =>
        job.To(JobState.Failed, now) with { EndedAt = now, Error = reason };

    public static AudioJob Cancel(this AudioJob job, string reason, DateTimeOffset now) =>
        job.To(JobState.Cancelled, now) with { EndedAt = now, Error = reason };

    /// <summary>
    /// The caller's texts and the audio's description go; what stays is the id, the state and the times, so that the id
    /// answers 410. Only for a job that ended. Deleting twice is allowed.
    /// </summary>
    public static AudioJob Delete(this AudioJob job, DateTimeOffset now)
    {
        if (!job.State.IsTerminal())
            throw new ForbiddenTransitionException($"Job {job.Id} is {job.State}; only an ended job can be deleted.");
        return job.Written(now) with
        {
            Deleted = true,
            Request = job.Request with { Prompt = "" },
            Refined = new("", Reprompt.MusicalPlan.Neutral, Reprompt.TasteProfile.Neutral, Reprompt.Explanation.Empty),
            IdempotencyKey = null,
            IdempotencyBody = null,
            Scores = null,
            Error = null,
        };
    }

    private static AudioJob To(this AudioJob job, JobState state, DateTimeOffset now) => IsAllowed(job.State, state)
        ? job.Written(now) with { State = state }
        : throw new ForbiddenTransitionException($"Job {job.Id} cannot go from {job.State} to {state}.");

    private static AudioJob Stay(this AudioJob job, JobState state, DateTimeOffset now) => job.State == state
        ? job.Written(now)
        : throw new ForbiddenTransitionException($"Job {job.Id} is {job.State}, not {state}.");

    private static AudioJob Written(this AudioJob job, DateTimeOffset now) =>
        job with { Revision = job.Revision + 1, UpdatedAt = now };
}

/// <summary>A change that a job's state does not allow; whoever asked for it has read an old record.</summary>
public sealed class ForbiddenTransitionException(string message) : InvalidOperationException(message);
