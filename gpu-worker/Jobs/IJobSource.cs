using System.Diagnostics;
using System.Text.Json;

namespace AudioReprompt.Worker.Jobs;

/// <summary>Where the loop gets jobs and takes their results: the local API's board, or the platform.</summary>
public interface IJobSource
{
    /// <summary>Waits for the next job. It is the loop's from then on, until <see cref="ReportAsync"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was tripped; no job was taken.</exception>
    Task<TakenJob> TakeAsync(CancellationToken cancellationToken);

    /// <summary>Shows how far a job is. Never blocks; what comes after the job's end is dropped.</summary>
    void ReportProgress(TakenJob job, JsonElement progress);

    /// <summary>Brings a job's end. Ignored where the source has ended the job itself.</summary>
    Task ReportAsync(TakenJob job, JobOutcome outcome, CancellationToken cancellationToken);

    /// <summary>The worker stops: nothing will be taken any more, while running jobs still report.</summary>
    void Close();
}

/// <summary>A job that the loop has to run.</summary>
/// <param name="Trace">The request that brought the job; default where it has no trace.</param>
/// <param name="Stopped">Tripped when the source has ended the job: it was cancelled, or its time is up.</param>
public sealed record TakenJob(string Id, JsonElement Input, ActivityContext Trace, CancellationToken Stopped);

/// <summary>How a job ended: with an output, or with an error text.</summary>
public sealed record JobOutcome
{
    private JobOutcome(JsonElement? output, string? error) => (Output, Error) = (output, error);

    public JsonElement? Output { get; }

    /// <summary>An <see cref="RunPod.ErrorReport"/> as text; null for a job that succeeded.</summary>
    public string? Error { get; }

    public static JobOutcome Completed(JsonElement output) => new(output, null);

    public static JobOutcome Failed(string error) => new(null, error);
}
