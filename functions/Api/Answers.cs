using System.ComponentModel;
using System.Text.Json.Serialization;
using AudioReprompt.Jobs;
using AudioReprompt.Reprompt;
using AudioReprompt.Scoring;
using AudioReprompt.Scoring.Aesthetics;

namespace AudioReprompt.FrontDoor.Api;

/// <summary><c>POST /api/audio/generate</c> accepted the request.</summary>
/// <param name="AudioId">Poll with it.</param>
/// <param name="Status">Where the job stands.</param>
/// <param name="ImprovedPrompt">What the prompt became.</param>
/// <param name="Explanation">Why.</param>
/// <param name="StatusUrl">Absolute address to poll.</param>
public sealed record GenerateAnswer(Guid AudioId, JobState Status, string ImprovedPrompt, Explanation Explanation, string StatusUrl);

/// <summary>A job, as <c>GET /api/audio/{id}</c> shows it.</summary>
public sealed record AudioAnswer
{
    public required Guid AudioId { get; init; }
    public required JobState Status { get; init; }

    /// <summary>Share of the audio that is made, 0…1.</summary>
    public required double Progress { get; init; }

    public required string Prompt { get; init; }
    public required string ImprovedPrompt { get; init; }
    public required Explanation Explanation { get; init; }

    /// <summary>What was tasted in the sentence.</summary>
    public required TasteProfile Profile { get; init; }

    /// <summary>Where the WAV is, once there is one and unless base64 was asked for.</summary>
    public string? AudioUrl { get; init; }

    /// <summary>The WAV itself, with <c>format=base64</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AudioBase64 { get; init; }

    [Description("Cosine of improved_prompt and the audio by CLAP, -1 to 1; null until it is scored, and where clap_reason says why.")]
    public double? ClapScore { get; init; }

    [Description("Cosine of prompt, the user's own words, and the audio by CLAP, -1 to 1; null as clap_score is.")]
    public double? ClapScoreRaw { get; init; }

    [Description("Why clap_score and clap_score_raw are null in a completed job.")]
    public string? ClapReason { get; init; }

    [Description("What the music tastes of: sweet, sour, salty, bitter, umami and spicy, each with its probability and its logit; null until it is scored, and where scoring.reason says why.")]
    public IReadOnlyDictionary<string, TasteScore>? TasteScores { get; init; }

    [Description("What gave the scores, and how; null until the job is completed.")]
    public ScoringFacts? Scoring { get; init; }

    [Description("What can be said of the recording's make from its signal; null until it is scored, and where scoring.reason says why.")]
    public AestheticScores? Aesthetics { get; init; }

    /// <summary>Of the finished audio; before that, as asked for.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>Hz; null until the audio is there.</summary>
    public int? SampleRate { get; init; }

    public required long Seed { get; init; }

    /// <summary>What made the music; null until the audio is there.</summary>
    public string? Engine { get; init; }

    public string? Model { get; init; }

    /// <summary>Milliseconds by stage: <c>queue</c> (until a worker began), <c>total</c>, and the worker's own stages.</summary>
    public required IReadOnlyDictionary<string, double> Timings { get; init; }

    /// <summary>Why the job failed, was cancelled, or waits.</summary>
    public string? Error { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A page of the newest jobs.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">Give it as <c>before</c> for the next page; null at the end.</param>
public sealed record AudioListAnswer(IReadOnlyList<AudioAnswer> Items, Guid? Next);

/// <summary><c>POST /api/prompt/refine</c>.</summary>
/// <param name="Text">The musical prompt.</param>
/// <param name="Timings">Milliseconds by step.</param>
public sealed record RefineAnswer(
    string Text, TasteProfile Profile, MusicalPlan Plan, Explanation Explanation, IReadOnlyDictionary<string, double> Timings);

/// <summary><c>POST /generate-audio</c>, the shape of earlier clients.</summary>
public sealed record SynchronousAnswer(Guid AudioId, string ImprovedPrompt, string AudioBase64);

/// <summary>A server-sent event's data.</summary>
public sealed record JobEvent(Guid AudioId, JobState Status, double Progress, string? Error);

/// <summary>Whether the process and what it depends on answer.</summary>
/// <param name="Status"><c>ok</c>, <c>degraded</c> (requests are accepted, but the worker does not answer) or <c>unavailable</c>.</param>
/// <param name="Dependencies">By name: <c>jobs, queue, audio, worker</c>.</param>
public sealed record HealthAnswer(string Status, string Service, string Version, IReadOnlyDictionary<string, DependencyHealth>? Dependencies = null);

/// <param name="Status"><c>ok</c> or <c>unavailable</c>.</param>
/// <param name="Detail">What is wrong.</param>
public sealed record DependencyHealth(string Status, string? Detail = null);

/// <summary>RFC 9457.</summary>
public sealed record ProblemAnswer(
    string Type,
    string Title,
    int Status,
    string Detail,
    string RequestId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string[]>? Errors = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GenerateAnswer))]
[JsonSerializable(typeof(AudioAnswer))]
[JsonSerializable(typeof(AudioListAnswer))]
[JsonSerializable(typeof(RefineAnswer))]
[JsonSerializable(typeof(SynchronousAnswer))]
[JsonSerializable(typeof(JobEvent))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
[JsonSerializable(typeof(GenerateBody))]
[JsonSerializable(typeof(PromptBody))]
public sealed partial class ApiJson : JsonSerializerContext;
