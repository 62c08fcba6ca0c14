using AudioReprompt.Contracts;
using AudioReprompt.Jobs;
using AudioReprompt.Reprompt;

namespace AudioReprompt.TestSupport;

/// <summary>Jobs for tests that do not care what they are about.</summary>
public static class TestJobs
{
    public static DateTimeOffset Start { get; } = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static AudioResult Result { get; } =
        new(1_280_044, 10, 32_000, 2, "composer", "composer-1", new Dictionary<string, double> { ["generate"] = 120 });

    public static AudioJob New(DateTimeOffset? createdAt = null, string? idempotencyKey = null)
    {
        var created = createdAt ?? Start;
        return new AudioJob
        {
            Id = Guid.CreateVersion7(created),
            State = JobState.Queued,
            Request = new GenerateRequest("A spicy taco at a street stand", 10, 42, 3, 1, 250, 0, true),
            Refined = new RefinedPrompt(
                "Fast marimba at 140 BPM",
                MusicalPlan.Neutral,
                new TasteProfile(new Dictionary<string, double> { ["spicy"] = 0.8 }, new Dictionary<string, double>(), 0.2, 0.1, 0.6),
                new Explanation("offline", "en", "Spicy, so fast.", [new WordFinding("spicy", 2, new Dictionary<string, double> { ["spicy"] = 1 })], [new MusicalChoice("tempo_bpm", "fast", "spicy goes with fast", "Wang 2017")])),
            CreatedAt = created,
            UpdatedAt = created,
            WebhookToken = "0123456789abcdef0123456789abcdef",
            IdempotencyKey = idempotencyKey,
        };
    }

    public static AudioJob Completed(DateTimeOffset? createdAt = null)
    {
        var job = New(createdAt);
        var at = job.CreatedAt.AddSeconds(1);
        return job.Dispatch(at).Accepted("run-1", at).Run(at).Score(Result, at).Complete(at);
    }
}
