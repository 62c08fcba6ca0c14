using System.ComponentModel;
using AudioReprompt.Scoring.Aesthetics;

namespace AudioReprompt.Scoring;

/// <summary>What a finished recording was found to be, once; kept in the job's record. What could not be found is null, and a reason stands beside it.</summary>
/// <param name="ClapScore">Cosine of the refined prompt and the audio by CLAP, −1…1.</param>
/// <param name="ClapScoreRaw">The same of the user's own words.</param>
/// <param name="ClapReason">Why the two are null.</param>
/// <param name="TasteScores">By taste; null where <see cref="ScoringFacts.Reason"/> says why.</param>
/// <param name="Scoring">Who found it, and how.</param>
/// <param name="Aesthetics">Null where <see cref="ScoringFacts.Reason"/> says why.</param>
public sealed record SongScores(
    double? ClapScore,
    double? ClapScoreRaw,
    string? ClapReason,
    IReadOnlyDictionary<string, TasteScore>? TasteScores,
    ScoringFacts Scoring,
    AestheticScores? Aesthetics)
{
    /// <summary>A recording that was not scored at all.</summary>
    public static SongScores None(string reason) =>
        new(null, null, reason, null, new ScoringFacts { Engine = ScoringFacts.NoEngine, Reason = reason }, null);
}

/// <summary>How much of a taste was heard.</summary>
/// <param name="Probability">Of a softmax over all tastes, 0…1; they add up to 1.</param>
/// <param name="Logit">What the softmax was taken of.</param>
public sealed record TasteScore(
    [property: Description("Share of this taste in a softmax over all of them, 0 to 1.")] double Probability,
    [property: Description("What the softmax was taken of. clap: logit scale times cosine with the taste's sentence; acoustic: the standardised evidence of the published findings.")] double Logit);

/// <summary>Which model gave the scores, and how it heard the recording.</summary>
public sealed record ScoringFacts
{
    public const string ClapEngine = "clap";
    public const string AcousticEngine = "acoustic";
    public const string NoEngine = "none";

    [Description("What gave taste_scores: clap, acoustic (published findings against measured features, without a model), or none.")]
    public required string Engine { get; init; }

    [Description("Checkpoint or version; scores of different ones do not compare.")]
    public string? Model { get; init; }

    [Description("How many windows of the recording were heard.")]
    public int? Windows { get; init; }

    [Description("How a recording longer than a window is heard by CLAP: windows (all of it, unlike published figures, which hear 10 s) or rand_trunc.")]
    public string? LongAudio { get; init; }

    [Description("What CLAP's cosines are multiplied by for the logits of taste_scores.")]
    public double? LogitScale { get; init; }

    [Description("How long scoring took.")]
    public double Milliseconds { get; init; }

    [Description("Why taste_scores or aesthetics are null.")]
    public string? Reason { get; init; }
}
