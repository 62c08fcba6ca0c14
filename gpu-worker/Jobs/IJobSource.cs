using System.Diagnostics;
using System.Text.Json;

namespace AudioReprompt.Worker.Jobs;

/// <summary>Where the loop gets jobs and takes their results: the local API's board, or the platform.</summary>
public interface IJobSource
{
    /// <summary>Waits for jobs. They are the loop's from then on, until <see cref="ReportAsync"/>.</summary>
    /// <param name="wanted">How many the loop can start at once, from 1; never more come.</param>
    /// <param name="draining">Tripped when the worker has to stop: jobs already on their way still come.</param>
    /// <returns>At least one job; none only when <paramref name="draining"/> is tripped and nothing will come any more.</returns>
    Task<IReadOnlyList<TakenJob>> TakeAsync(int wanted, CancellationToken draining);

    /// <summary>Shows how far a job is. Never blocks; what comes after the job's end is dropped.</summary>
    void ReportProgress(TakenJob job, JsonElement progress);

    /// <summary>Brings one value of a streaming handler, in order: each call is awaited before the next.</summary>
    Task ReportChunkAsync(TakenJob job, JsonElement chunk, CancellationToken cancellationToken);

    /// <summary>Brings a job's end. Ignored where the source has ended the job itself.</summary>
    Task ReportAsync(TakenJob job, JobOutcome outcome);

    /// <summary>The worker stops: nothing will be taken any more, while running jobs still report.</summary>
    void Close();
}

/// <summary>A job that the loop has to run.</summary>
/// <param name="Trace">The request that brought the job; default where it has no trace.</param>
/// <param name="Stopped">Tripped when the source has ended the job: it was cancelled, or its time is up.</param>
public sealed record TakenJob(string Id, JsonElement Input, ActivityContext Trace, CancellationToken Stopped)
{
    /// <summary>The whole job as it was received; undefined where only its input is known.</summary>
    public JsonElement Record { get; init; }

    /// <summary>Stands before the job's log lines; null: it belongs to no batch.</summary>
    public string? BatchId { get; init; }
}
