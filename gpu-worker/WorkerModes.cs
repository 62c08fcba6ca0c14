using AudioReprompt.Worker.Platform;

namespace AudioReprompt.Worker;

/// <summary>What a worker process can be.</summary>
public enum WorkerMode
{
    /// <summary>Serves the endpoint's API on this machine.</summary>
    LocalApi,

    /// <summary>Serves it on the port that the platform names.</summary>
    Realtime,

    /// <summary>Runs one job and ends.</summary>
    Test,

    /// <summary>Takes jobs from RunPod.</summary>
    Platform,
}

public static class WorkerModes
{
    /// <summary>First match wins (section 1.3).</summary>
    public static WorkerMode Choose(WorkerArguments arguments, PlatformEnvironment platform)
    {
        if (arguments.ServeApi) return WorkerMode.LocalApi;
        if (platform.RealtimePort != 0) return WorkerMode.Realtime;
        if (arguments.TestInput is not null || platform.TakeUrl is null) return WorkerMode.Test;
        return WorkerMode.Platform;
    }
}
