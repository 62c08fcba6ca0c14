using System.ComponentModel.DataAnnotations;

namespace AudioReprompt.Configuration;

/// <summary>The GPU worker.</summary>
public sealed class WorkerOptions
{
    /// <summary>Address of the local API. Default 127.0.0.1.</summary>
    [Required]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port of the local API; 0 takes a free one. Default 8000.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 8000;

    /// <summary>Jobs that run at once. Default 1.</summary>
    [Range(1, 256)]
    public int Concurrency { get; init; } = 1;

    /// <summary>
    /// GPU memory that one job takes, MiB: a worker on RunPod runs no more jobs at once than fit into what is free at its start. Default 0: no limit.
    /// </summary>
    [Range(0, 1000000)]
    public int GpuMegabytesPerJob { get; init; }

    /// <summary>What makes the music where a job does not say. auto: musicgen when <c>musicgen.model</c> is set, else composer. Default auto.</summary>
    [AllowedValues("auto", "composer", "musicgen")]
    public string Engine { get; init; } = "auto";

    /// <summary>Hosts that a job's <c>upload_url</c> may name. Default 127.0.0.1 and localhost.</summary>
    public IReadOnlyList<string> UploadHosts { get; init; } = ["127.0.0.1", "localhost"];

    /// <summary>
    /// Hosts that a <c>webhook</c> may name which the local API calls; at RunPod the platform calls it. Default 127.0.0.1 and localhost.
    /// </summary>
    public IReadOnlyList<string> WebhookHosts { get; init; } = ["127.0.0.1", "localhost"];

    /// <summary>
    /// Let uploads and webhooks go to private addresses that a listed host name resolves to. Default false: only hosts that are listed as an
    /// address, and localhost, may be private.
    /// </summary>
    public bool PrivateAddresses { get; init; }

    /// <summary>How long running jobs may go on after SIGTERM, seconds. Default 20.</summary>
    [Range(0, 600)]
    public int ShutdownGraceSeconds { get; init; } = 20;

    /// <summary>Give every job a fresh worker: the platform is asked to replace this one after its first job. Default false.</summary>
    public bool RefreshWorker { get; init; }

    /// <summary>Put the stack trace into the error that callers see. Default false.</summary>
    public bool ErrorTraceback { get; init; }

    /// <summary>Folder for results that RunPod has not taken yet, so that they outlive a crash. Empty (default): one below the system's temporary folder.</summary>
    public string Outbox { get; init; } = "";
}
