using AudioReprompt.Audio;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>
/// What a recording is judged by: it is heard once, which gives an embedding that distances between sets are taken from, and the embedding is
/// held against what it should carry. Both depend on the recording and the target alone, never on the rest of the study. Safe for concurrent calls.
/// </summary>
public interface IScorer
{
    /// <summary>As it stands in results and file names: lower-case letters, digits and hyphens.</summary>
    string Name { get; }

    /// <summary>Version or checkpoint; scores of different models are not compared.</summary>
    string Model { get; }

    /// <summary>What the score is, as the axis of a figure says it.</summary>
    string ScoreLabel { get; }

    /// <summary>What the score and the embedding are, in a sentence or two for the report.</summary>
    string Meaning { get; }

    /// <param name="recording">Of any rate, length and number of channels; not disposed.</param>
    /// <returns>Finite, of the same length for every recording.</returns>
    /// <exception cref="InvalidDataException">It is malformed, or there is nothing in it to judge; the message says why and may stand in a report.</exception>
    Task<float[]> EmbedAsync(IAudioReader recording, CancellationToken cancellationToken);

    /// <param name="embedding">By this scorer.</param>
    /// <returns>Finite; more is better.</returns>
    /// <exception cref="InvalidDataException">It cannot be held against this target; the message says why and may stand in a report.</exception>
    Task<double> ScoreAsync(float[] embedding, ScoreTarget target, CancellationToken cancellationToken);
}

/// <summary>What a recording should carry. Raw and refined audio of a prompt have the same target.</summary>
/// <param name="Prompt">The user's own words.</param>
/// <param name="RefinedText">What they became.</param>
/// <param name="Taste">As the table of prompts says; empty where it does not.</param>
/// <param name="TasteRead">The dominant taste that the refinement read in the words; <c>neutral</c> for none.</param>
public sealed record ScoreTarget(string Prompt, string RefinedText, string Taste, string TasteRead);

/// <summary>Which scorer gave the numbers.</summary>
public sealed record ScorerFacts(string Name, string Model, string ScoreLabel, string Meaning)
{
    public static ScorerFacts Of(IScorer scorer) => new(scorer.Name, scorer.Model, scorer.ScoreLabel, scorer.Meaning);
}
