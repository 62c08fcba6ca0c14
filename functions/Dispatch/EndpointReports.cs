using System.Text.Json;
using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.Jobs;
using AudioReprompt.RunPod;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Dispatch;

/// <summary>
/// Brings what the endpoint says of a job into the job's record; the webhook and the poll both end here, whichever comes
/// first. Safe to run twice, and at once.
/// </summary>
public sealed class EndpointReports(DispatchOptions options, JobUpdates updates, AudioIntake intake)
{
    /// <returns>The job as it now stands, or null when it is gone.</returns>
    public async Task<StoredJob?> ApplyAsync(StoredJob stored, EndpointJob report, CancellationToken cancellationToken)
    {
        if (stored.Job.State is not (JobState.Dispatched or JobState.Running)) return stored;
        return report.Status switch
        {
            EndpointStatus.InProgress => await ShowProgressAsync(stored, report, cancellationToken),
            EndpointStatus.Completed => await FinishAsync(stored, report, cancellationToken),
            EndpointStatus.Failed => await TryAgainAsync(stored, report.Error ?? "The worker gave no reason.", IsFinal(report), cancellationToken),
            EndpointStatus.TimedOut => await TryAgainAsync(stored, "The endpoint ended the job for taking too long.", false, cancellationToken),
            EndpointStatus.Cancelled => await updates.UpdateAsync(
                stored, static (job, now) => job.State.IsTerminal() ? null : job.Cancel("Cancelled at the endpoint.", now), cancellationToken),
            _ => stored,
        };
    }

    /// <summary>The attempt came to nothing: another one, or the end after the last.</summary>
    public Task<StoredJob?> TryAgainAsync(StoredJob stored, string reason, bool final, CancellationToken cancellationToken)
    {
        // The attempt that failed is the one that was read; if another has begun since, this failure is old news.
        var attempt = stored.Job.Attempts;
        return updates.UpdateAsync(
            stored,
            (job, now) => job.State is not (JobState.Dispatched or JobState.Running) || job.Attempts != attempt ? null
                : final ? job.Fail(reason, now)
                : job.Attempts >= options.MaxAttempts ? job.Fail($"Failed {job.Attempts} times, the last time: {reason}", now)
                : job.Requeue(reason, now),
            cancellationToken);
    }

    /// <summary>Verified and stored first, then recorded: a record that says there is audio never lies.</summary>
    private async Task<StoredJob?> FinishAsync(StoredJob stored, EndpointJob report, CancellationToken cancellationToken)
    {
        AudioResult result;
        try
        {
            result = await intake.TakeAsync(stored.Job, report.Output, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            return await TryAgainAsync(stored, $"The worker's audio is not usable: {exception.Message}", false, cancellationToken);
        }

        return await updates.UpdateAsync(
            stored,
            (job, now) => job.State is JobState.Dispatched or JobState.Running ? job.Score(result, now) : null,
            cancellationToken);
    }

    private async Task<StoredJob?> ShowProgressAsync(StoredJob stored, EndpointJob report, CancellationToken cancellationToken)
    {
        var progress = ReadProgress(report.Output);
        return await updates.UpdateAsync(
            stored,
            (job, now) => job.State switch
            {
                JobState.Dispatched => job.Run(now),
                JobState.Running when progress > job.Progress => job.Advance(progress, now),
                _ => null,
            },
            cancellationToken);
    }

    private static double ReadProgress(JsonElement? output)
    {
        if (output is not { ValueKind: JsonValueKind.Object } value) return 0;
        try
        {
            return value.Deserialize(WorkerJson.Default.WorkerProgress)?.Progress ?? 0;
        }
        catch (JsonException)
        {
            // Another worker's idea of progress; it only costs the bar its movement.
            return 0;
        }
    }

    /// <summary>An input that the worker refuses will be refused again.</summary>
    private static bool IsFinal(EndpointJob report) => report.ErrorType == InvalidInputException.ErrorType;
}
