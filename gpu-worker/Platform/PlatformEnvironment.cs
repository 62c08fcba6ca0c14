using System.Globalization;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Jobs;

namespace AudioReprompt.Worker.Platform;

/// <summary>What RunPod tells a worker through environment variables (section 2 of its worker protocol).</summary>
public sealed record PlatformEnvironment
{
    private const string TakePath = "/job-take/";
    private const int DefaultPingMilliseconds = 10_000;

    public required WorkerIdentity Worker { get; init; }

    /// <summary>Where jobs are taken; null: there is no platform.</summary>
    public required string? TakeUrl { get; init; }

    /// <summary>Template with the job's id; results and progress go there.</summary>
    public required string OutputUrl { get; init; }

    /// <summary>Template with the job's id; chunks go there.</summary>
    public required string StreamUrl { get; init; }

    /// <summary>null: no heartbeat.</summary>
    public required string? PingUrl { get; init; }

    /// <summary>Goes into <c>Authorization</c> as it is, without <c>Bearer</c>.</summary>
    public required string ApiKey { get; init; }

    /// <summary>The key of heartbeats: the environment's own, whatever the configuration file of the home folder says.</summary>
    public required string PingKey { get; init; }

    /// <summary>The pod has an id of the platform's; without one there is no heartbeat.</summary>
    public required bool HasPodId { get; init; }

    /// <summary>Whole seconds, from 1.</summary>
    public required TimeSpan PingInterval { get; init; }

    /// <summary>null outside an endpoint.</summary>
    public required string? EndpointId { get; init; }

    /// <summary>0: no realtime server.</summary>
    public required int RealtimePort { get; init; }

    public required int RealtimeConcurrency { get; init; }

    /// <summary>Our own, in the form <c>major.minor.patch</c>.</summary>
    public static string Version { get; } = new ErrorReport("", "").RunpodVersion;

    /// <summary>Where several jobs are taken at once.</summary>
    public string? BatchUrl => TakeUrl?.Replace(TakePath, "/job-take-batch/", StringComparison.Ordinal);

    /// <summary>Where the platform says which jobs to stop; null: it cannot be derived.</summary>
    public string? StopUrl =>
        TakeUrl?.Contains(TakePath, StringComparison.Ordinal) == true ? TakeUrl.Replace(TakePath, "/job-stop/", StringComparison.Ordinal) : null;

    /// <param name="variable">Looks a variable up.</param>
    /// <param name="storedKey">The key of <c>~/.runpod/config.toml</c>; goes before the variable, except for heartbeats.</param>
    /// <exception cref="FormatException">A port or a number of jobs that is none; the message names the variable.</exception>
    public static PlatformEnvironment Read(Func<string, string?> variable, string? storedKey = null)
    {
        var worker = WorkerIdentity.From(variable);
        var key = variable("RUNPOD_AI_API_KEY") ?? "";
        return new PlatformEnvironment
        {
            Worker = worker,
            TakeUrl = variable("RUNPOD_WEBHOOK_GET_JOB")?.Replace("$ID", worker.Id, StringComparison.Ordinal),
            OutputUrl = Template("RUNPOD_WEBHOOK_POST_OUTPUT", "JOB_DONE_URL"),
            StreamUrl = Template("RUNPOD_WEBHOOK_POST_STREAM", "JOB_STREAM_URL"),
            PingUrl = variable("RUNPOD_WEBHOOK_PING") is { Length: > 0 } ping ? WithWorker(ping) : null,
            ApiKey = storedKey ?? key,
            PingKey = key,
            HasPodId = variable("RUNPOD_POD_ID") is { Length: > 0 },
            PingInterval = ReadInterval(variable("RUNPOD_PING_INTERVAL")),
            EndpointId = variable("RUNPOD_ENDPOINT_ID") is { Length: > 0 } endpoint ? endpoint : null,
            RealtimePort = Number("RUNPOD_REALTIME_PORT", 0, 65535),
            RealtimeConcurrency = Math.Max(1, Number("RUNPOD_REALTIME_CONCURRENCY", 1, 256)),
        };

        string WithWorker(string template) => template.Replace("$RUNPOD_POD_ID", worker.Id, StringComparison.Ordinal);

        string Template(string name, string absent) => WithWorker(variable(name) ?? absent);

        int Number(string name, int absent, int most)
        {
            if (variable(name) is not { Length: > 0 } text) return absent;
            return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= most
                ? number
                : throw new FormatException($"{name} must be a whole number from 0 to {most}; found {text}");
        }
    }

    /// <summary>Milliseconds, rounded down to whole seconds. RunPod's own worker dies of an interval below 1 s or of one that is no number.</summary>
    private static TimeSpan ReadInterval(string? text)
    {
        if (!long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var milliseconds)) milliseconds = DefaultPingMilliseconds;
        return TimeSpan.FromSeconds(Math.Clamp(milliseconds / 1000, 1, 24 * 3600));
    }
}
