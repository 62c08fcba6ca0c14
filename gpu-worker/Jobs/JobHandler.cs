using System.Text.Json;

namespace AudioReprompt.Worker.Jobs;

/// <summary>Does the work of one job; it is called for several jobs at once where the concurrency allows.</summary>
/// <param name="cancellationToken">Tripped when nobody wants the result any more.</param>
/// <returns>The job's <c>output</c>. A handler that throws fails the job; the exception becomes the error report.</returns>
public delegate Task<JsonElement> JobHandler(JobContext job, CancellationToken cancellationToken);

/// <summary>One job, as its handler sees it.</summary>
/// <param name="Input">Whatever the caller sent; not validated.</param>
/// <param name="ReportProgress">Shows callers how far the job is, in the form of an <c>output</c>. Never blocks; may be called from any thread.</param>
public sealed record JobContext(string Id, JsonElement Input, Action<JsonElement> ReportProgress);
