using AudioReprompt.RunPod;

namespace AudioReprompt.Worker.Jobs;

/// <summary>Who this worker is in job records and error reports.</summary>
/// <param name="Id">The pod's id on the platform, else made up at the start.</param>
/// <param name="Hostname">The pod's host name on the platform, else <c>unknown</c>.</param>
public sealed record WorkerIdentity(string Id, string Hostname)
{
    private const string Unknown = "unknown";

    /// <summary>The pod's id in error reports: an id that was made up would lead nobody anywhere.</summary>
    public string ReportedId { get; init; } = Id;

    public static WorkerIdentity FromEnvironment() => From(Environment.GetEnvironmentVariable);

    public static WorkerIdentity From(Func<string, string?> variable)
    {
        var pod = variable("RUNPOD_POD_ID") is { Length: > 0 } id ? id : null;
        return new WorkerIdentity(
            pod ?? $"local-{Guid.NewGuid():N}"[..14],
            variable("RUNPOD_POD_HOSTNAME") is { Length: > 0 } host ? host : Unknown)
        {
            ReportedId = pod ?? Unknown,
        };
    }

    /// <summary>What the job's caller is told about an exception.</summary>
    public ErrorReport Report(Exception exception) => new(exception.GetType().FullName!, exception.Message)
    {
        ErrorTraceback = exception.ToString(),
        Hostname = Hostname,
        WorkerId = ReportedId,
    };
}

/// <summary>The worker stopped before the job was done; another worker, or this one after its restart, can do it.</summary>
public sealed class WorkerStoppedException() : Exception("The worker stopped before the job was done.");
