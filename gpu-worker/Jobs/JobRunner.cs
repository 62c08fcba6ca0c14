using System.Text.Json;
using AudioReprompt.Contracts;

namespace AudioReprompt.Worker.Jobs;

/// <summary>Calls the handler for one job, and turns whatever it does into the job's outcome; knows nothing of loops or wires.</summary>
/// <param name="worker">Signs error reports.</param>
/// <param name="withTraceback">Error reports hold the stack trace, which callers see.</param>
public sealed partial class JobRunner(Handler handler, WorkerIdentity worker, bool withTraceback, ILogger<JobRunner> logger)
{
    public bool Streams => handler.Streaming is not null;

    /// <summary>Whether a job's stream may hold something.</summary>
    public bool HasStream => Streams || handler.Emits;

    /// <param name="chunk">Takes each value of a streaming handler; the next is asked for when it is done.</param>
    /// <param name="aborting">Tripped when the worker cannot wait any longer.</param>
    /// <returns>null when the source has stopped the job, and wants nothing more.</returns>
    public async Task<JobOutcome?> RunAsync(
        TakenJob job, Action<JsonElement> progress, Func<JsonElement, CancellationToken, Task> chunk, CancellationToken aborting)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(job.Stopped, aborting);
        var context = new JobContext(job.Id, job.Input, progress) { Record = job.Record, EmitAsync = chunk };
        try
        {
            return handler.Unary is { } unary
                ? JobOutcome.Of(await unary(context, stop.Token))
                : await StreamAsync(context, chunk, stop.Token);
        }
        catch (Exception) when (job.Stopped.IsCancellationRequested)
        {
            // A handler that is stopped may end with any exception; nobody asks for it.
            return null;
        }
        catch (OperationCanceledException) when (aborting.IsCancellationRequested)
        {
            return JobOutcome.Abandoned();
        }
        catch (Exception exception)
        {
            // Whatever a handler throws is that job's end, not the loop's.
            if (exception is InvalidInputException) LogInvalidInput(exception.Message);
            else LogCaptured(exception);
            return Failure(exception);
        }
    }

    /// <summary>What callers see of an exception: a report, or for a streaming handler the one text that RunPod's own workers make of it.</summary>
    public JobOutcome Failure(Exception exception)
    {
        if (!Streams || exception is InvalidInputException) return JobOutcome.Failed(Report(exception)) with { IsStream = Streams };
        var trace = withTraceback ? exception.ToString() : "";
        return JobOutcome.Failed($"handler: {exception.Message} \ntraceback: {trace}") with { IsStream = true };
    }

    private string Report(Exception exception)
    {
        var report = worker.Report(exception);
        return (withTraceback ? report : report with { ErrorTraceback = "" }).ToText();
    }

    private async Task<JobOutcome> StreamAsync(JobContext context, Func<JsonElement, CancellationToken, Task> chunk, CancellationToken cancellationToken)
    {
        var values = new List<JsonElement>();
        await foreach (var value in handler.Streaming!(context, cancellationToken).WithCancellation(cancellationToken))
        {
            if (JobOutcome.ErrorIn(value) is { } error)
            {
                LogYieldedError();
                return JobOutcome.Failed(error.ValueKind == JsonValueKind.String ? error.GetString()! : error.GetRawText()) with { IsStream = true };
            }

            if (handler.ReturnAggregateStream) values.Add(value);
            await chunk(value, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }

        LogStreamed();
        return JobOutcome.Streamed(values);
    }

    [LoggerMessage(1, LogLevel.Warning, "Invalid input: {Faults}")]
    private partial void LogInvalidInput(string faults);

    [LoggerMessage(2, LogLevel.Error, "Captured Handler Exception")]
    private partial void LogCaptured(Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Finished running generator.")]
    private partial void LogStreamed();

    [LoggerMessage(4, LogLevel.Warning, "The handler yielded an error; the job has failed.")]
    private partial void LogYieldedError();
}
