using AudioReprompt.Contracts;
using AudioReprompt.Reprompt;
using AudioReprompt.Scoring;

namespace AudioReprompt.Jobs;

/// <summary>
/// Everything known about one request for music. Immutable: a change is a new record made by
/// <see cref="JobTransitions"/> and written on the condition that nobody else has written since.
/// </summary>
public sealed record AudioJob
{
    /// <summary>UUIDv7, so that ids sort by age.</summary>
    public required Guid Id { get; init; }

    public required JobState State { get; init; }

    /// <summary>Counts the writes, from 1. The id of a server-sent event.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>What the caller asked for, every default filled in.</summary>
    public required GenerateRequest Request { get; init; }

    /// <summary>What <see cref="GenerateRequest.Prompt"/> became.</summary>
    public required RefinedPrompt Refined { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When the worker was first seen generating.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the job reached a terminal state.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Share of the audio that is made, 0…1.</summary>
    public double Progress { get; init; }

    /// <summary>How often the job was given to the endpoint.</summary>
    public int Attempts { get; init; }

    /// <summary>The endpoint's id of the current attempt.</summary>
    public string? EndpointJobId { get; init; }

    /// <summary>Since when the endpoint could not be reached to take the job; null when it could, or was not tried.</summary>
    public DateTimeOffset? UnreachableSince { get; init; }

    /// <summary>Secret that the endpoint's webhook must show for this job.</summary>
    public required string WebhookToken { get; init; }

    /// <summary>Why the job failed, was cancelled, or has to wait; a sentence for the caller.</summary>
    public string? Error { get; init; }

    /// <summary>The audio, once it is stored and verified.</summary>
    public AudioResult? Result { get; init; }

    /// <summary>How often scoring was begun; counted before each attempt, so that one which takes the process with it counts too.</summary>
    public int ScoringAttempts { get; init; }

    /// <summary>What the audio was found to be; null before the end, and of jobs that ended before scores were kept.</summary>
    public SongScores? Scores { get; init; }

    /// <summary>Scope and value of the caller's <c>Idempotency-Key</c>, hashed; unique among jobs.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Hash of the body that came with <see cref="IdempotencyKey"/>.</summary>
    public string? IdempotencyBody { get; init; }

    /// <summary>W3C traceparent of the request, so that the whole way of a job is one trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The user deleted the job, or it expired: audio and texts are gone, the id answers 410.</summary>
    public bool Deleted { get; init; }
}

/// <summary>What came back from the worker and was verified.</summary>
/// <param name="Bytes">Size of the WAV.</param>
/// <param name="DurationSeconds">Of the WAV, from its header.</param>
/// <param name="SampleRate">Hz.</param>
/// <param name="Channels">1 or 2.</param>
/// <param name="Engine"><c>composer</c>, <c>musicgen</c>, …</param>
/// <param name="Model">The engine's version or checkpoint.</param>
/// <param name="Timings">Milliseconds by stage.</param>
public sealed record AudioResult(
    long Bytes,
    double DurationSeconds,
    int SampleRate,
    int Channels,
    string Engine,
    string Model,
    IReadOnlyDictionary<string, double> Timings);
