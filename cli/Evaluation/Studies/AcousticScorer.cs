using AudioReprompt.Audio;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Scoring;
using AudioReprompt.Scoring.Acoustic;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>The judge of <c>evaluate composer</c>, made fit for single recordings (<see cref="AcousticJudge"/>), as a study asks it.</summary>
internal sealed class AcousticScorer : IScorer
{
    /// <summary>What the prompts of a study may be labelled with.</summary>
    public static IReadOnlyList<string> Tastes => AcousticJudge.Tastes;

    public string Name => "acoustic";

    public string Model => AcousticJudge.Model;

    public string ScoreLabel => "probability of the taste";

    public string Meaning =>
        "Ten acoustic features (pitch, sharpness, speed, continuity, roughness, highs, attack, decay, loudness, mode), "
        + "standardised by fixed figures and cut at 3 standard deviations, are held against the "
        + $"published directions of each taste; the score is the share of the labelled taste in a softmax over {string.Join(", ", Tastes)}, so that chance is 1/6 = 0.1667. "
        + "Of a prompt without a label, the taste that the refinement read is the target. The embedding is the ten standardised features, not cut. "
        + "Recordings are heard at 32 kHz, those of more than two channels as their mean, those over 60 s in windows of 30 s. Nothing is trained, and no listener was asked; "
        + "the plans of the refinement follow the same publications, so that a high score says that the music does what they describe, not that people taste it.";

    public Task<float[]> EmbedAsync(IAudioReader recording, CancellationToken cancellationToken) =>
        Task.Run(() => AcousticJudge.Hear(recording, cancellationToken).Features, cancellationToken);

    public Task<double> ScoreAsync(float[] embedding, ScoreTarget target, CancellationToken cancellationToken)
    {
        var evidence = AcousticJudge.Evidence(embedding);
        var place = Tastes.ToList().IndexOf(TasteOf(target));
        return Task.FromResult(Softmax.Of([.. evidence.Values])[place]);
    }

    private static string TasteOf(ScoreTarget target)
    {
        if (target.Taste.Length > 0)
        {
            return Tastes.Contains(target.Taste)
                ? target.Taste
                : throw new InvalidDataException($"The taste {target.Taste} is none that the scorer knows: {string.Join(", ", Tastes)}.");
        }

        return Tastes.Contains(target.TasteRead)
            ? target.TasteRead
            : throw new InvalidDataException("The prompt has no label and none of the tastes was read in it, so there is nothing to hold the audio against.");
    }
}
