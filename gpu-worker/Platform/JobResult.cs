namespace AudioReprompt.Worker.Platform;

/// <summary>A job's end as it goes over the wire, whatever becomes of the process meanwhile.</summary>
/// <param name="IsStream">The final result of a streaming handler.</param>
/// <param name="Succeeded">The body holds no error.</param>
internal sealed record JobResult(string JobId, byte[] Body, bool IsStream, bool Succeeded);
