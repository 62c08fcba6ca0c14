using AudioReprompt.Contracts;
using AudioReprompt.Jobs;
using AudioReprompt.Reprompt;

namespace AudioReprompt.TestSupport;

/// <summary>Job records to store and to change.</summary>
public static class SampleJobs
{
    /// <summary>A time with a fraction that milliseconds would lose.</summary>
    public static DateTimeOffset Noon { get; } = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).AddTicks(1234567);

    /// <summary>A job as the front door stores it first; its id is as old as <paramref name="createdAt"/>.</summary>
    public static AudioJob Queued(DateTimeOffset createdAt, string? idempotencyKey = null) => new()
    {
        Id = Guid.CreateVersion7(createdAt),
        State = JobState.Queued,
        Request = new GenerateRequest("Pan de maíz con ají, \"tibio\"\n— 暖かい 🌽", 12.1, 4_294_967_295, 3, 1, 250, 0, true),
        Refined = new RefinedPrompt(
            "A warm, slow piece for marimba and bowed strings at 84 beats per minute",
            MusicalPlan.Neutral with { Mode = Mode.Dorian, TempoBpm = 84.1, Instruments = [Instrument.HandDrums, Instrument.PluckedStrings] },
            new TasteProfile(
                new Dictionary<string, double> { ["sweet"] = 0.1 + 0.2, ["spicy"] = 1 }, new Dictionary<string, double>(), 0.3, -1, 1.0 / 3),
            new Explanation(
                "offline", "es", "El ají pica.",
                [new WordFinding("ají", 17, new Dictionary<string, double> { ["spicy"] = -0.8 })],
                [new MusicalChoice("articulation", "staccato", "spicy goes with staccato", "ours")])),
        CreatedAt = createdAt,
        UpdatedAt = createdAt,
        WebhookToken = "0123456789abcdef",
        IdempotencyKey = idempotencyKey,
        IdempotencyBody = idempotencyKey is null ? null : "body",
    };

    /// <summary>A job that went all the way, with every member set.</summary>
    public static AudioJob Completed(DateTimeOffset endedAt, string? idempotencyKey = null)
    {
        var job = Queued(endedAt - TimeSpan.FromMinutes(1), idempotencyKey) with { TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
        return job.Dispatch(job.CreatedAt)
            .Accepted("endpoint-job-1", job.CreatedAt)
            .Run(job.CreatedAt.AddSeconds(1))
            .Score(new AudioResult(1_764_044, 10.02, 44_100, 2, "composer", "1", new Dictionary<string, double> { ["render"] = 812.25 }), endedAt)
            .BeginScoring(endedAt)
            .Complete(TestJobs.Scores, endedAt) with
        { Error = "kept for the sake of the test" };
    }
}
