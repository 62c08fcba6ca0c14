using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AudioReprompt.Worker.Jobs;

/// <summary>Does the work of one job; it is called for several jobs at once where the concurrency allows.</summary>
/// <param name="cancellationToken">Tripped when nobody wants the result any more.</param>
/// <returns>
/// The job's <c>output</c>. In an object, <c>error</c> fails the job and <c>refresh_worker</c> asks the platform for a fresh worker. A handler
/// that throws fails the job; the exception becomes the error report.
/// </returns>
public delegate Task<JsonElement> JobHandler(JobContext job, CancellationToken cancellationToken);

/// <summary>Does the work of one job and brings its output piece by piece, each as soon as it is there.</summary>
/// <param name="cancellationToken">Tripped when nobody wants the result any more.</param>
/// <returns>The chunks. An object with an <c>error</c> ends the job as failed; it is not sent itself.</returns>
public delegate IAsyncEnumerable<JsonElement> StreamingJobHandler(JobContext job, CancellationToken cancellationToken);

/// <summary>One job, as its handler sees it.</summary>
/// <param name="Input">Whatever the caller sent; not validated.</param>
/// <param name="ReportProgress">Shows callers how far the job is, in the form of an <c>output</c>. Never blocks; may be called from any thread.</param>
public sealed record JobContext(string Id, JsonElement Input, Action<JsonElement> ReportProgress)
{
    /// <summary>The whole job as it was received, with fields such as <c>s3Config</c>; undefined where only the input is known.</summary>
    public JsonElement Record { get; init; }

    /// <summary>
    /// Gives callers a part of what will be the output, for those who read the job's stream; the output itself is whole all the same.
    /// For handlers made with <c>emits</c>. Ends when the part is delivered, or given up after some tries.
    /// </summary>
    public Func<JsonElement, CancellationToken, Task> EmitAsync { get; init; } = static (_, _) => Task.CompletedTask;
}

/// <summary>What a worker does with its jobs: one handler, of one of the kinds that the factories name.</summary>
public sealed class Handler
{
    private Handler(JobHandler? unary, StreamingJobHandler? streaming, bool aggregates, bool emits = false) =>
        (Unary, Streaming, ReturnAggregateStream, Emits) = (unary, streaming, aggregates, emits);

    /// <summary>Returns one value; null for a streaming handler.</summary>
    public JobHandler? Unary { get; }

    /// <summary>Yields values; null for a unary handler.</summary>
    public StreamingJobHandler? Streaming { get; }

    /// <summary>The final result of a streaming handler holds all that it yielded.</summary>
    public bool ReturnAggregateStream { get; }

    /// <summary>It returns one value, and may give parts of it before.</summary>
    public bool Emits { get; }

    /// <param name="emits">It calls <see cref="JobContext.EmitAsync"/>.</param>
    public static Handler Of(JobHandler handler, bool emits = false) => new(handler, null, false, emits);

    /// <summary>A handler that answers at once; it runs on a thread of the pool.</summary>
    public static Handler Of(Func<JobContext, JsonElement> handler) => Of((job, _) => Task.FromResult(handler(job)));

    /// <summary>A handler with a type of its own. What cannot be written as JSON (NaN, a cycle) fails the job.</summary>
    public static Handler Of<T>(Func<JobContext, CancellationToken, Task<T>> handler, JsonTypeInfo<T> type) =>
        Of(async (job, cancellationToken) => JsonSerializer.SerializeToElement(await handler(job, cancellationToken), type));

    public static Handler Of(StreamingJobHandler handler, bool returnAggregateStream = false) => new(null, handler, returnAggregateStream);
}
