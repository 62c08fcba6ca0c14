using System.Diagnostics;
using AudioReprompt.Audio;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Dispatch;
using AudioReprompt.Hosting;
using AudioReprompt.Jobs;
using AudioReprompt.Scoring;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Scoring;

/// <summary>
/// Brings one job from <c>scoring</c> to <c>completed</c>: its stored WAV is scored, once, and the record keeps what was found. Decided by the stored
/// record alone, so that it can be killed at any line and run again; the audio is there for everybody meanwhile.
/// </summary>
public sealed partial class ScoreJob(
    ScoringOptions options, IJobStore store, JobUpdates updates, IAudioStore audio, SongScorer scorer, ILogger<ScoreJob> logger)
{
    /// <summary>After a fault of ours; the next attempt may be another front door's.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    public async Task<Verdict> RunAsync(Guid jobId, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(jobId, cancellationToken) is not { } stored) return Verdict.Done;
        using var activity = FrontDoorTelemetry.Source.StartActivity("score", ActivityKind.Consumer, stored.Job.TraceParent);
        activity?.SetTag("audioreprompt.job.id", jobId.ToString());

        if (!options.Enabled) return await CompleteAsync(stored, SongScores.None("Scoring is off (scoring.enabled)."), cancellationToken);
        if (stored.Job.ScoringAttempts >= options.MaxAttempts)
            return await CompleteAsync(stored, SongScores.None($"Scoring was begun {stored.Job.ScoringAttempts} times and never came to its end."), cancellationToken);

        // Counted before it is tried: what kills the process would kill it for ever otherwise.
        var begun = await updates.UpdateAsync(
            stored, static (job, now) => job.State == JobState.Scoring ? job.BeginScoring(now) : null, cancellationToken);
        if (begun?.Job is not { State: JobState.Scoring } job) return Ended(begun);
        try
        {
            return await CompleteAsync(begun, await ScoreAsync(job, cancellationToken), cancellationToken);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or StorageUnavailableException))
        {
            // A fault of ours, or of the model's. The music is good all the same, so the job must not hang on it.
            LogFault(logger, jobId, job.ScoringAttempts, exception);
            if (job.ScoringAttempts < options.MaxAttempts) return Verdict.Later(Retry);
            return await CompleteAsync(begun, SongScores.None($"Scoring failed {job.ScoringAttempts} times, the last time: {exception.Message}"), cancellationToken);
        }
    }

    private async Task<SongScores> ScoreAsync(AudioJob job, CancellationToken cancellationToken)
    {
        // Deleted meanwhile, or lost: the record of a deleted job does not change any more.
        if (await audio.OpenReadAsync(job.Id, cancellationToken) is not { } stream) return SongScores.None("The audio is gone.");
        await using (stream)
        {
            var scores = await LowPriorityThread.RunAsync(
                () => scorer.Score(FromTheStart, job.Request.Prompt, job.Refined.Text, cancellationToken), "scoring", options.Nice);
            LogScored(logger, job.Id, scores.Scoring.Engine, scores.Scoring.Milliseconds);
            return scores;
        }

        IAudioReader FromTheStart()
        {
            stream.Position = 0;
            return AudioFile.OpenRead(stream);
        }
    }

    private async Task<Verdict> CompleteAsync(StoredJob stored, SongScores scores, CancellationToken cancellationToken) => Ended(await updates.UpdateAsync(
        stored, (job, now) => job.State == JobState.Scoring ? job.Complete(scores, now) : null, cancellationToken));

    /// <summary>Completed by us or by somebody else, or deleted: either way the record says all there is to say.</summary>
    private static Verdict Ended(StoredJob? stored)
    {
        if (stored is not null) FrontDoorTelemetry.Ended(stored.Job);
        return Verdict.Done;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} is scored by {Engine} in {Milliseconds} ms.")]
    private static partial void LogScored(ILogger logger, Guid jobId, string engine, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId} could not be scored, attempt {Attempt}.")]
    private static partial void LogFault(ILogger logger, Guid jobId, int attempt, Exception exception);
}
