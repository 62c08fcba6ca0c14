using System.Diagnostics;
using System.Diagnostics.Metrics;
using AudioReprompt.Jobs;

namespace AudioReprompt.FrontDoor;

/// <summary>The front door's spans and instruments; free of cost while nobody listens.</summary>
public static class FrontDoorTelemetry
{
    public const string Name = "AudioReprompt.FrontDoor";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> Accepted =
        Meter.CreateCounter<long>("audioreprompt.jobs.accepted", "{job}", "Requests for music that were stored.");

    private static readonly Counter<long> EndedJobs =
        Meter.CreateCounter<long>("audioreprompt.jobs.ended", "{job}", "Jobs that ended, by their last state.");

    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("audioreprompt.job.duration", "s", "From acceptance to the end.");

    public static void Ended(AudioJob job)
    {
        var state = new KeyValuePair<string, object?>("state", job.State.ToString().ToLowerInvariant());
        EndedJobs.Add(1, state);
        if (job.EndedAt is { } ended) Duration.Record((ended - job.CreatedAt).TotalSeconds, state);
    }
}
