using System.ComponentModel.DataAnnotations;

namespace AudioReprompt.Configuration;

/// <summary>The front door's HTTP side.</summary>
public sealed class ApiOptions
{
    /// <summary>Address to listen on. Default 127.0.0.1.</summary>
    [Required]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port to listen on; 0 takes a free one. Default 8080.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 8080;

    /// <summary>
    /// How workers and browsers reach the front door from outside, such as <c>https://music.example.org</c>; used in webhook and
    /// upload addresses. Empty (default): the address it listens on.
    /// </summary>
    [HttpUrl]
    [NeededInAzure]
    public string PublicUrl { get; init; } = "";

    /// <summary>Requests with a larger body are answered 413. Default 16384.</summary>
    [Range(1024, 1048576)]
    public int MaxBodyBytes { get; init; } = 16384;

    /// <summary>POSTs that one caller (API key, else address) may send per minute, counted by each front door by itself; 0 is no limit. Default 300.</summary>
    [Range(0, 1000000)]
    public int RateLimitPerMinute { get; init; } = 300;

    /// <summary>
    /// Songs that one caller (API key, else address) may ask for in a day (UTC), counted over all front doors that share the storage; 0 is no limit.
    /// Default 0.
    /// </summary>
    [Range(0, 50000)]
    [NeededInAzure]
    public int SongsPerDay { get; init; }

    /// <summary>Origins that browsers may call from, such as <c>https://app.example.org</c>; <c>*</c> is any. Default none.</summary>
    [NeededInAzure]
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>The longest wait that <c>Prefer: wait=N</c> is granted, seconds. Default 60.</summary>
    [Range(0, 300)]
    public int MaxWaitSeconds { get; init; } = 60;

    /// <summary>How long <c>POST /generate-audio</c> waits before it answers 504, seconds. Default 120.</summary>
    [Range(1, 600)]
    public int SyncTimeoutSeconds { get; init; } = 120;

    /// <summary>Answer at once from the composer inside the front door, without a worker. Also <c>MOCKED_RESPONSE=true</c>. Default false.</summary>
    [EnvironmentName("MOCKED_RESPONSE")]
    public bool MockedResponse { get; init; }

    /// <summary>Keys that callers may use, separated by commas; none means that everybody may call. Environment only.</summary>
    [Secret("AUDIOREPROMPT_API_KEYS")]
    [NeededInAzure]
    public string Keys { get; init; } = "";

    /// <summary>Signs upload and download addresses; at least 32 characters. Environment only; empty: made once and kept in the storage folder.</summary>
    [Secret("AUDIOREPROMPT_SIGNING_KEY")]
    [MinimumLength(32)]
    [NeededInAzure]
    public string SigningKey { get; init; } = "";
}

/// <summary>How jobs are brought to the worker.</summary>
public sealed class DispatchOptions
{
    /// <summary>How often a job is given to the endpoint before it fails. Default 3.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Jobs that one front door has under way at the endpoint. Default 64.</summary>
    [Range(1, 10000)]
    public int MaxInFlight { get; init; } = 64;

    /// <summary>
    /// Jobs that may wait in the endpoint's own queue; while it has as many, further ones wait in ours. What other front doors start within the
    /// second between two looks comes on top. 0 is no limit. Default 100.
    /// </summary>
    [Range(0, 100000)]
    public int MaxEndpointQueue { get; init; } = 100;

    /// <summary>Time between two looks at a running job, milliseconds. Default 250.</summary>
    [Range(20, 60000)]
    [NeededInAzure]
    public int PollIntervalMilliseconds { get; init; } = 250;

    /// <summary>How long a message stays hidden without a sign of life of its holder, seconds. Default 30.</summary>
    [Range(1, 3600)]
    public int VisibilityTimeoutSeconds { get; init; } = 30;

    /// <summary>The longest time that one attempt may take at the endpoint, minutes. Default 30.</summary>
    [Range(1, 1440)]
    public int AttemptTimeoutMinutes { get; init; } = 30;

    /// <summary>How long a job waits for an endpoint that cannot be reached before it fails, minutes; time in which it could be reached does not count. Default 60.</summary>
    [Range(1, 10080)]
    public int UnreachableMinutes { get; init; } = 60;

    /// <summary>Ask the endpoint to call back when a job ends. Default true.</summary>
    public bool Webhook { get; init; } = true;
}

/// <summary>The RunPod endpoint, or the worker's own local API.</summary>
public sealed class RunPodOptions
{
    /// <summary>
    /// <c>https://api.runpod.ai/v2/ENDPOINT</c>, or the local worker's address. Also <c>RUNPOD_API_URL</c>.
    /// Empty (default): the local worker of the <c>worker</c> section.
    /// </summary>
    [EnvironmentName("RUNPOD_API_URL")]
    [HttpUrl]
    [NeededInAzure]
    public string ApiUrl { get; init; } = "";

    /// <summary>Bearer token. Environment only.</summary>
    [Secret("RUNPOD_API_KEY")]
    [NeededInAzure]
    public string ApiKey { get; init; } = "";

    /// <summary>Time limit of one HTTP request, seconds. Default 10.</summary>
    [Range(1, 300)]
    public double RequestTimeoutSeconds { get; init; } = 10;

    /// <summary>Further tries of a request that may be repeated. Default 3.</summary>
    [Range(0, 10)]
    public int Retries { get; init; } = 3;

    /// <summary>Wait before the first repetition, milliseconds; doubles, with jitter. Default 200.</summary>
    [Range(1, 60000)]
    public int RetryDelayMilliseconds { get; init; } = 200;

    /// <summary>
    /// The circuit opens when this share of the requests within <see cref="BreakSamplingSeconds"/> failed, repetitions counted one by one. Every front
    /// door has a circuit of its own, by the same settings: one that cannot reach the endpoint does not stop the others. Default 0.5.
    /// </summary>
    [Range(0.01, 1)]
    public double BreakFailureRatio { get; init; } = 0.5;

    /// <summary>Of fewer requests than this within <see cref="BreakSamplingSeconds"/> nothing is concluded. Default 8: two calls with three repetitions each.</summary>
    [Range(2, 10000)]
    public int BreakMinimumRequests { get; init; } = 8;

    /// <summary>How far back requests are looked at, seconds. Default 30.</summary>
    [Range(0.5, 3600)]
    public double BreakSamplingSeconds { get; init; } = 30;

    /// <summary>How long the circuit stays open, seconds; then one request tries whether the endpoint is back. Default 5.</summary>
    [Range(0.5, 600)]
    public double BreakSeconds { get; init; } = 5;
}

/// <summary>How finished audio is scored, in the front door, beside everything else it does.</summary>
public sealed class ScoringOptions
{
    /// <summary>Score finished audio; without, a job is completed at once and its scores say that they are off. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Recordings that one front door scores at once, each on a thread of low priority. Default 1.</summary>
    [Range(1, 64)]
    public int Concurrency { get; init; } = 1;

    /// <summary>
    /// How far scoring stands back behind everything else that wants the processor: 0 not at all, 10 gets a tenth of what a request gets on the same core.
    /// Default 10.
    /// </summary>
    [Range(0, 19)]
    public int Nice { get; init; } = 10;

    /// <summary>How often scoring is begun, crashes included, before the job is completed without scores. Default 3.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; init; } = 3;

    /// <summary>
    /// Folder of an Audiobox-Aesthetics model as ONNX; a relative one is below the folder of <c>config.yaml</c>. Empty (default): none, and the four
    /// axes are null.
    /// </summary>
    public string AudioboxModel { get; init; } = "";
}
