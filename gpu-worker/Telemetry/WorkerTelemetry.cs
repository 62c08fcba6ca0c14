using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AudioReprompt.Worker.Telemetry;

/// <summary>The names under which the worker's traces and metrics are found.</summary>
public static class WorkerTelemetry
{
    /// <summary>Of the activity source and of the meter.</summary>
    public const string Name = "AudioReprompt.Worker";

    /// <summary>One job with its handler, below the request that submitted it.</summary>
    public const string GenerateActivity = "generate";

    /// <summary>One webhook with its repetitions, below the same request.</summary>
    public const string WebhookActivity = "webhook";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>
    /// Starts an activity that is current until it is disposed. It exists even where nobody listens, so that requests made within carry
    /// the trace on.
    /// </summary>
    public static Activity Start(string name, ActivityKind kind, ActivityContext parent)
    {
        if (Source.StartActivity(name, kind, parent) is { } recorded) return recorded;
        var activity = new Activity(name);
        if (parent != default) activity.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
        return activity.Start();
    }
}

/// <summary>How a job's time with the handler ended.</summary>
public enum JobEnd
{
    Completed,
    Failed,

    /// <summary>Cancelled, or its time was up.</summary>
    Stopped,
}

/// <summary>What the worker counts and measures.</summary>
public sealed class WorkerMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _jobs;
    private readonly Histogram<double> _duration;

    public WorkerMetrics(IMeterFactory meters)
        : this(meters.Create(WorkerTelemetry.Name))
    {
    }

    public WorkerMetrics(Meter meter)
    {
        _meter = meter;
        _jobs = _meter.CreateCounter<long>("audioreprompt.worker.jobs", "{job}", "Jobs that a handler was called for, by outcome.");
        _duration = _meter.CreateHistogram<double>("audioreprompt.worker.handler.duration", "s", "Time with the handler, by outcome.");
    }

    public void JobEnded(JobEnd end, TimeSpan duration)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", end switch
        {
            JobEnd.Completed => "completed",
            JobEnd.Failed => "failed",
            _ => "stopped",
        });
        _jobs.Add(1, outcome);
        _duration.Record(duration.TotalSeconds, outcome);
    }

    /// <summary>Shows a queue's length, read whenever somebody looks.</summary>
    public void ObserveQueue(Func<int> length) =>
        _meter.CreateObservableGauge("audioreprompt.worker.queue.length", length, "{job}", "Jobs that wait for a free slot.");
}
