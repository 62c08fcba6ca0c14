using AudioReprompt.Contracts;
using AudioReprompt.Jobs;
using AudioReprompt.Reprompt;
using AudioReprompt.Scoring;
using AudioReprompt.Scoring.Aesthetics;

namespace AudioReprompt.TestSupport;

/// <summary>Jobs for tests that do not care what they are about.</summary>
public static class TestJobs
{
    public static DateTimeOffset Start { get; } = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static AudioResult Result { get; } =
        new(1_280_044, 10, 32_000, 2, "composer", "composer-1", new Dictionary<string, double> { ["generate"] = 120 });

    /// <summary>With every member set, and numbers that a float would round.</summary>
    public static SongScores Scores { get; } = new(
        0.2224,
        0.1047,
        null,
        new Dictionary<string, TasteScore> { ["sweet"] = new(0.1 + 0.2, -1.5), ["sour"] = new(0.7, 1.0 / 3) },
        new ScoringFacts { Engine = ScoringFacts.ClapEngine, Model = "clap-test", Windows = 2, LongAudio = "windows", LogitScale = 14.3, Milliseconds = 12.5 },
        new AestheticScores
        {
            LoudnessLufs = -18.2,
            TruePeakDbtp = -1.05,
            ClippedShare = 0,
            SilenceShare = 0.1,
            KeyClarity = 0.8,
            BandwidthHz = 15_992.2,
            Audiobox = new AudioboxScores
            {
                ProductionQuality = 7.5,
                ProductionComplexity = 3.1,
                ContentEnjoyment = 6.2,
                ContentUsefulness = 7.1,
                Model = "audiobox",
                Windows = 1,
            },
            Reasons = new Dictionary<string, string> { ["beat_clarity"] = "Fewer than 4 notes begin." },
        });

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
        return job.Dispatch(at).Accepted("run-1", at).Run(at).Score(Result, at).BeginScoring(at).Complete(Scores, at);
    }
}
