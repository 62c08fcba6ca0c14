using AudioReprompt.Audio;
using AudioReprompt.Scoring.Acoustic;
using AudioReprompt.Scoring.Aesthetics;
using AudioReprompt.Scoring.Clap;
using AudioReprompt.Statistics;

namespace AudioReprompt.Scoring;

/// <summary>Scores a finished recording: against its prompts and for its tastes by CLAP, else for its tastes by the acoustic judge; and its aesthetics. Safe for concurrent calls.</summary>
/// <param name="clap">Null where no CLAP model is configured.</param>
/// <param name="aesthetics">What measures the signal.</param>
public sealed class SongScorer(IClap? clap, AestheticMeasurement aesthetics, TimeProvider time)
{
    public const string NoClap = "No CLAP model is configured.";

    private readonly TasteSentences? _sentences = clap is null ? null : new TasteSentences(clap);

    /// <summary>Never fails for what a recording is: what cannot be scored is null with the reason.</summary>
    /// <param name="open">Gives the recording from its start; what it gives is not disposed.</param>
    /// <param name="prompt">The user's own words.</param>
    /// <param name="refinedPrompt">What the music was made from.</param>
    /// <exception cref="IOException">The recording can no longer be read.</exception>
    public SongScores Score(Func<IAudioReader> open, string prompt, string refinedPrompt, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        AestheticScores measured;
        try
        {
            measured = aesthetics.Measure(open, cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            // What cannot be read is no use to the other scorers either.
            return Timed(SongScores.None($"The recording cannot be scored: {exception.Message}"));
        }

        if (measured.SilenceShare >= 1) return Timed(SongScores.None("The recording is silent.") with { Aesthetics = measured });
        var scores = clap is null ? ByFeatures(open, cancellationToken) : ByClap(clap, open, prompt, refinedPrompt, cancellationToken);
        return Timed(scores with { Aesthetics = measured });

        SongScores Timed(SongScores scored) =>
            scored with { Scoring = scored.Scoring with { Milliseconds = time.GetElapsedTime(started).TotalMilliseconds } };
    }

    private SongScores ByClap(IClap model, Func<IAudioReader> open, string prompt, string refinedPrompt, CancellationToken cancellationToken)
    {
        var facts = new ScoringFacts { Engine = ScoringFacts.ClapEngine, Model = model.Model, LogitScale = model.LogitScale };
        try
        {
            var audio = model.EmbedAudio(open(), cancellationToken);
            return new SongScores(
                CosineSimilarity.Between(model.EmbedText(refinedPrompt), audio.Embedding),
                CosineSimilarity.Between(model.EmbedText(prompt), audio.Embedding),
                null,
                Tastes([.. _sentences!.Embedded.Select(one => (one.Taste, model.LogitScale * CosineSimilarity.Between(one.Embedding, audio.Embedding)))]),
                facts with { Windows = audio.Windows, LongAudio = audio.LongAudio },
                null);
        }
        catch (Exception exception) when (exception is InvalidDataException or SampleException)
        {
            // A vector without direction has no cosine; another model's scores would not compare, so there are none.
            return new SongScores(null, null, exception.Message, null, facts with { Reason = exception.Message }, null);
        }
    }

    private static SongScores ByFeatures(Func<IAudioReader> open, CancellationToken cancellationToken)
    {
        var facts = new ScoringFacts { Engine = ScoringFacts.AcousticEngine, Model = AcousticJudge.Model };
        try
        {
            var heard = AcousticJudge.Hear(open(), cancellationToken);
            var tastes = Tastes([.. AcousticJudge.Evidence(heard.Features).Select(one => (one.Key, one.Value))]);
            return new SongScores(null, null, NoClap, tastes, facts with { Windows = heard.Windows }, null);
        }
        catch (InvalidDataException exception)
        {
            return new SongScores(null, null, NoClap, null, facts with { Reason = exception.Message }, null);
        }
    }

    private static OrderedDictionary<string, TasteScore> Tastes(IReadOnlyList<(string Taste, double Logit)> logits)
    {
        var shares = Softmax.Of([.. logits.Select(one => one.Logit)]);
        return new(logits.Select((one, index) => KeyValuePair.Create(one.Taste, new TasteScore(shares[index], one.Logit))));
    }
}
