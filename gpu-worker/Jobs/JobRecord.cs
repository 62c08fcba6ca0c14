using System.Diagnostics;
using System.Text.Json;
using AudioReprompt.RunPod;

namespace AudioReprompt.Worker.Jobs;

/// <summary>A job as it is put on the board.</summary>
public sealed record JobSubmission(JsonElement Input)
{
    /// <summary>Called with the record at the job's end.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>How long it may run. Default 10 minutes, as on the platform.</summary>
    public TimeSpan ExecutionTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long it may live from submission, even while it runs; then it is gone. Default 24 hours, as on the platform.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long its record can be read after its end. Default 30 minutes, as the platform keeps it after <c>run</c>.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A larger output fails the job, as the platform takes no larger one.</summary>
    public int MaxOutputBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>The whole job as its handler sees it; undefined: its input alone.</summary>
    public JsonElement Record { get; init; }

    /// <summary>The id that its caller has given it; null, or one that is taken: the board makes one.</summary>
    public string? Id { get; init; }

    /// <summary>Stands before an id that the board makes.</summary>
    public string IdPrefix { get; init; } = "";

    /// <summary>The request that brings the job.</summary>
    public ActivityContext Trace { get; init; }
}

/// <summary>A job as callers see it; the property names in camelCase are the wire's.</summary>
public sealed record JobRecord(string Id, EndpointStatus Status)
{
    /// <summary>The result; while the job is in progress, the newest progress.</summary>
    public JsonElement? Output { get; init; }

    public string? Error { get; init; }

    /// <summary>Milliseconds in the queue.</summary>
    public long? DelayTime { get; init; }

    /// <summary>Milliseconds with the handler, once the job has ended.</summary>
    public long? ExecutionTime { get; init; }

    public string? WorkerId { get; init; }
}

/// <summary>A job that has just ended.</summary>
public sealed record EndedJob(JobRecord Record, Uri? Webhook, ActivityContext Trace);
