using AudioReprompt.RunPod;

namespace AudioReprompt.Worker.Jobs;

/// <summary>Who this worker is in job records and error reports.</summary>
/// <param name="Id">The pod's id on the platform, else made up at the start.</param>
/// <param name="Hostname">The pod's host name on the platform, else <c>unknown</c>.</param>
public sealed record WorkerIdentity(string Id, string Hostname)
{
    public static WorkerIdentity FromEnvironment() => new(
        Environment.GetEnvironmentVariable("RUNPOD_POD_ID") is { Length: > 0 } id ? id : $"local-{Guid.NewGuid():N}"[..14],
        Environment.GetEnvironmentVariable("RUNPOD_POD_HOSTNAME") is { Length: > 0 } host ? host : "unknown");

    /// <summary>What the job's caller is told about an exception.</summary>
    public ErrorReport Report(Exception exception) => new(exception.GetType().FullName!, exception.Message)
    {
        ErrorTraceback = exception.ToString(),
        Hostname = Hostname,
        WorkerId = Id,
    };
}

/// <summary>The worker stopped before the job was done; another worker, or this one after its restart, can do it.</summary>
public sealed class WorkerStoppedException() : Exception("The worker stopped before the job was done.");
