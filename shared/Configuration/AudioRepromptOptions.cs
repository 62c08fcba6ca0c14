using System.ComponentModel.DataAnnotations;

namespace AudioReprompt.Configuration;

/// <summary>
/// Every setting of the product, as <c>config.yaml</c> holds it. The property names in snake_case are the keys;
/// <c>AUDIOREPROMPT__SECTION__KEY</c> in the environment overrides one. <see cref="ConfigurationLoader"/> reads and validates.
/// </summary>
public sealed class AudioRepromptOptions
{
    public ApiOptions Api { get; init; } = new();
    public DispatchOptions Dispatch { get; init; } = new();
    [ConfigurationKey("runpod")]
    public RunPodOptions RunPod { get; init; } = new();
    public WorkerOptions Worker { get; init; } = new();
    public StorageOptions Storage { get; init; } = new();
    public ScoringOptions Scoring { get; init; } = new();
    public RepromptOptions Reprompt { get; init; } = new();
    public ModelsOptions Models { get; init; } = new();

    [ConfigurationKey("musicgen")]
    public MusicGenOptions MusicGen { get; init; } = new();
    public ClapOptions Clap { get; init; } = new();
    public LoggingOptions Logging { get; init; } = new();
    public TelemetryOptions Telemetry { get; init; } = new();
}

/// <summary>What is written to the console.</summary>
public sealed class LoggingOptions
{
    /// <summary>Default information.</summary>
    [AllowedValues("trace", "debug", "information", "warning", "error", "critical", "none")]
    [NeededInAzure]
    public string Level { get; init; } = "information";

    /// <summary>One line of text, or one JSON object, per event. Default text.</summary>
    [AllowedValues("text", "json")]
    [NeededInAzure]
    public string Format { get; init; } = "text";
}

/// <summary>OpenTelemetry.</summary>
public sealed class TelemetryOptions
{
    /// <summary>OTLP over HTTP, such as <c>http://127.0.0.1:4318</c>. Also <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>. Empty (default): nothing is exported.</summary>
    [EnvironmentName("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [HttpUrl]
    public string OtlpEndpoint { get; init; } = "";

    /// <summary>Serve <c>/metrics</c> in Prometheus text. Default true.</summary>
    public bool Metrics { get; init; } = true;
}
