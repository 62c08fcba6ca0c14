using System.Collections.Concurrent;
using AudioReprompt.Audio;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Scoring.Clap;
using AudioReprompt.Statistics;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>The CLAP score: how well a recording goes with the words that it should carry, as a trained model hears it.</summary>
/// <param name="clap">Owned where it is disposable.</param>
/// <param name="longAudio">How it hears recordings over 10 s; stands in the model's name, because scores of the two do not compare.</param>
internal sealed class ClapScorer(IClap clap, string longAudio) : IScorer, IDisposable
{
    public const string ScorerName = "clap";

    /// <summary>Every text is held against several recordings.</summary>
    private readonly ConcurrentDictionary<string, float[]> _texts = new(StringComparer.Ordinal);

    public string Name => ScorerName;

    public string Model { get; } = $"{clap.Model}, {longAudio}";

    public string ScoreLabel => "CLAP score";

    public string Meaning =>
        $"The cosine of the embeddings that CLAP ({clap.Model}) gives of the recording and of the refined prompt, from −1 to 1; of a prompt that was not refined here, its own words; "
        + "of a recording without a prompt, the words \"sweet music\" and so on for each taste. Raw and refined audio of a prompt are held against the same text. "
        + "Recordings are heard at 48 kHz as the mean of their channels, their level as it is; "
        + (longAudio == ClapSettings.Windows
            ? "those over 10 s in windows of 10 s whose embeddings are averaged, which hears the whole recording and is not what publications report. "
            : "of those over 10 s a part of 10 s is heard, at a place drawn from a fixed seed. ")
        + "The embedding is the recording's, of length 1. Scores and distances of different checkpoints do not compare.";

    public Task<float[]> EmbedAsync(IAudioReader recording, CancellationToken cancellationToken) =>
        Task.Run(() => clap.EmbedAudio(recording, cancellationToken).Embedding, cancellationToken);

    public Task<double> ScoreAsync(float[] embedding, ScoreTarget target, CancellationToken cancellationToken) => Task.Run(
        () => CosineSimilarity.Between(embedding, _texts.GetOrAdd(TextOf(target), clap.EmbedText)), cancellationToken);

    public void Dispose() => (clap as IDisposable)?.Dispose();

    private static string TextOf(ScoreTarget target) => target switch
    {
        { RefinedText.Length: > 0 } => target.RefinedText,
        { Prompt.Length: > 0 } => target.Prompt,
        { Taste.Length: > 0 } => $"{target.Taste} music",
        _ => throw new InvalidDataException("There is neither a prompt nor a taste to hold the audio against."),
    };
}
