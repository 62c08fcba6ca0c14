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

    /// <summary>POSTs that one caller (API key, else address) may send per minute; 0 is no limit. Default 300.</summary>
    [Range(0, 1000000)]
    public int RateLimitPerMinute { get; init; } = 300;

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

    /// <summary>How long a job waits for an endpoint that cannot be reached before it fails, minutes. Default 60.</summary>
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

    /// <summary>How long the circuit stays open after the endpoint failed repeatedly, seconds. Default 5.</summary>
    [Range(0.5, 600)]
    public double BreakSeconds { get; init; } = 5;
}

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
    /// Let an upload go to a private address that a listed host name resolves to. Default false: only hosts that are listed as an address,
    /// and localhost, may be private.
    /// </summary>
    public bool UploadPrivateAddresses { get; init; }

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

/// <summary>Where jobs, messages and audio are kept.</summary>
public sealed class StorageOptions
{
    /// <summary>
    /// <c>embedded</c> (default): SQLite and files below <see cref="Path"/>. <c>azure</c>: a storage account, which
    /// <see cref="AzureConnectionString"/> or <see cref="AzureAccountUrl"/> names.
    /// </summary>
    [AllowedValues("embedded", "azure")]
    [NeededInAzure]
    public string Kind { get; init; } = "embedded";

    /// <summary>Folder of the embedded storage; a relative one is below the folder of <c>config.yaml</c>. Default var.</summary>
    [Required]
    public string Path { get; init; } = "var";

    /// <summary>
    /// The account's address for blobs, such as <c>https://ACCOUNT.blob.core.windows.net</c>, used with the managed identity of the machine.
    /// Empty (default): <see cref="AzureConnectionString"/> names the account.
    /// </summary>
    [HttpUrl]
    [NeededInAzure]
    public string AzureAccountUrl { get; init; } = "";

    /// <summary>What the names of containers and queues begin with: <c>PREFIXjobs</c>, <c>PREFIXaudio</c>. Default audioreprompt-.</summary>
    [AzureNamePrefix]
    [NeededInAzure]
    public string AzureNamePrefix { get; init; } = "audioreprompt-";

    /// <summary>A storage account with its key. Environment only; empty: the managed identity.</summary>
    [Secret("AZURE_STORAGE_CONNECTION_STRING")]
    public string AzureConnectionString { get; init; } = "";

    /// <summary>Ended jobs lose their audio after this time, hours. Default 168.</summary>
    [Range(1, 87600)]
    [NeededInAzure]
    public int RetentionHours { get; init; } = 168;

    /// <summary>How long a deleted id still answers 410 rather than 404, hours. Default 720.</summary>
    [Range(1, 87600)]
    public int DeletedHours { get; init; } = 720;

    /// <summary>The largest WAV that is accepted, MiB. Default 128.</summary>
    [Range(1, 2048)]
    public int MaxAudioMegabytes { get; init; } = 128;
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

/// <summary>How a sentence becomes a musical prompt.</summary>
public sealed class RepromptOptions
{
    /// <summary>Folder of the knowledge base; a relative one is below the folder of <c>config.yaml</c>. Default data.</summary>
    [Required]
    public string Data { get; init; } = "data";

    /// <summary>
    /// Whether food that is described and not named is understood by its meaning: <c>required</c> (default) needs the encoder's weights,
    /// which <c>./audioreprompt build</c> installs, and nothing starts without them; <c>off</c> understands words alone.
    /// </summary>
    [AllowedValues("required", "off")]
    public string SentenceEncoder { get; init; } = "required";

    /// <summary>
    /// Who writes the prompt text: the built-in <c>offline</c> curator, a language model (<c>llm</c>), or <c>auto</c> (default): the
    /// language model when <see cref="LlmKey"/> is set. Whatever goes wrong with the model, the offline curator writes instead.
    /// </summary>
    [AllowedValues("auto", "offline", "llm")]
    public string Curator { get; init; } = "auto";

    /// <summary>
    /// What the language model is given. <c>v1</c>: the sentence and the tempo; <c>v2</c> (default): also the taste profile and the
    /// musical plan; <c>v3</c>: the sentence, the tempo and example captions; <c>v4</c>: all of it, and it is asked for its reasoning.
    /// </summary>
    [AllowedValues("v1", "v2", "v3", "v4")]
    public string Version { get; init; } = "v2";

    /// <summary>Base address of an OpenAI-compatible API. Default Moonshot's; empty is the same.</summary>
    [HttpUrl]
    public string LlmUrl { get; init; } = MoonshotUrl;

    /// <summary>The model's name there. Default kimi-k2.6.</summary>
    [Required]
    public string LlmModel { get; init; } = "kimi-k2.6";

    /// <summary>
    /// <c>disabled</c> (default) asks the model, in Moonshot's words, to answer without thinking first: a thinking Kimi takes longer than
    /// <see cref="LlmTimeoutSeconds"/>. <c>default</c> sends nothing of the kind, for APIs that do not know the field.
    /// </summary>
    [AllowedValues("disabled", "default")]
    public string LlmThinking { get; init; } = "disabled";

    /// <summary>Sampling temperature. Default 0.6; a Kimi model takes only its own value, which is this one without thinking.</summary>
    [Range(0.0, 2.0)]
    public double LlmTemperature { get; init; } = 0.6;

    /// <summary>Requests to the model at once; one more is written offline without waiting. Default 8.</summary>
    [Range(1, 1000)]
    public int LlmMaxConcurrency { get; init; } = 8;

    /// <summary>The longest time that a prompt waits for the model, repetitions included, seconds. Default 8.</summary>
    [Range(0.1, 60.0)]
    public double LlmTimeoutSeconds { get; init; } = 8;

    /// <summary>Time limit of one request to the model, seconds. Default 4.</summary>
    [Range(0.1, 60.0)]
    public double LlmAttemptTimeoutSeconds { get; init; } = 4;

    /// <summary>Further tries after 429, 5xx, a broken connection or a time-out. Default 2.</summary>
    [Range(0, 10)]
    public int LlmRetries { get; init; } = 2;

    /// <summary>The language model's key. Environment only.</summary>
    [Secret("MOONSHOT_API_KEY")]
    [NeededInAzure]
    public string LlmKey { get; init; } = "";

    /// <summary>Moonshot's OpenAI-compatible API.</summary>
    public const string MoonshotUrl = "https://api.moonshot.ai/v1";

    /// <summary>Whether a language model is asked.</summary>
    internal bool UsesLlm() => Curator == "llm" || (Curator == "auto" && LlmKey.Trim().Length > 0);
}

/// <summary>MusicGen, where the worker plays with it.</summary>
public sealed class MusicGenOptions
{
    /// <summary>A model's folder, or one that was pulled: <c>org/name</c> or <c>org/name@revision</c>. Empty (default): none.</summary>
    public string Model { get; init; } = "";

    /// <summary>Weights and cache of the decoder. int8: a quarter of the memory, two to three times as fast; int4: less again, and further from the original (<c>bench quality</c>); fp16: for CUDA, which takes it for both. Default int8.</summary>
    [AllowedValues("fp32", "fp16", "int8", "int4")]
    public string Precision { get; init; } = "int8";

    /// <summary>Default auto: CUDA where there is one.</summary>
    [AllowedValues("auto", "cuda", "cpu")]
    public string Device { get; init; } = "auto";

    /// <summary>Threads of the CPU; 0 (default): as many as there are cores. On a machine that others use as well, one is often faster than all.</summary>
    [Range(0, 256)]
    public int Threads { get; init; }

    /// <summary>Songs that are decoded together, when as many wait. Default 4.</summary>
    [Range(1, 64)]
    public int SongsTogether { get; init; } = 4;

    /// <summary>
    /// Folder for what is built from a checkpoint; a relative one is below the folder of <c>config.yaml</c>. Empty (default):
    /// <c>audioreprompt</c> in <c>XDG_CACHE_HOME</c>, else in <c>~/.cache</c>.
    /// </summary>
    public string Cache { get; init; } = "";
}

/// <summary>CLAP, which says how well a recording goes with a text.</summary>
public sealed class ClapOptions
{
    /// <summary>A model's folder, or one that was pulled: <c>org/name</c> or <c>org/name@revision</c>. Empty (default): none.</summary>
    public string Model { get; init; } = "";

    /// <summary>
    /// How recordings over 10 s are heard. <c>windows</c> (default): all of it, in windows of 10 s whose embeddings are averaged;
    /// <c>rand_trunc</c>: 10 s out of it, as the reference does, at a place drawn from a fixed seed.
    /// </summary>
    [AllowedValues("windows", "rand_trunc")]
    public string LongAudio { get; init; } = "windows";

    /// <summary>Default auto: CUDA where there is one.</summary>
    [AllowedValues("auto", "cuda", "cpu")]
    public string Device { get; init; } = "auto";

    /// <summary>Threads of the CPU; 0 (default): as many as there are cores. On a machine that others use as well, one is often faster than all.</summary>
    [Range(0, 256)]
    public int Threads { get; init; }

    /// <summary>
    /// Folder for the graphs that are built from a checkpoint; a relative one is below the folder of <c>config.yaml</c>. Empty (default):
    /// <c>audioreprompt</c> in <c>XDG_CACHE_HOME</c>, else in <c>~/.cache</c>.
    /// </summary>
    public string Cache { get; init; } = "";
}

/// <summary>Where model weights come from and lie.</summary>
public sealed class ModelsOptions
{
    /// <summary>
    /// The cache folder, in the layout that the hub's other libraries share; a relative one is below the folder of <c>config.yaml</c>.
    /// Empty (default): <c>HF_HUB_CACHE</c>, else <c>HF_HOME/hub</c>, else <c>~/.cache/huggingface/hub</c>.
    /// </summary>
    public string Cache { get; init; } = "";

    /// <summary>Address of the hub or of a mirror. Also <c>HF_ENDPOINT</c>. Default Hugging Face's; empty is the same.</summary>
    [EnvironmentName("HF_ENDPOINT")]
    [HttpUrl]
    public string Endpoint { get; init; } = HuggingFaceUrl;

    /// <summary>Access token for private and gated repositories; sent to <see cref="Endpoint"/> and nowhere else. Environment only.</summary>
    [Secret("HF_TOKEN")]
    public string Token { get; init; } = "";

    /// <summary>The Hugging Face hub.</summary>
    public const string HuggingFaceUrl = "https://huggingface.co";
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
