using AudioReprompt.Audio;
using AudioReprompt.Scoring;
using AudioReprompt.Scoring.Acoustic;
using AudioReprompt.Scoring.Aesthetics;
using AudioReprompt.Scoring.Clap;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Scoring;

public sealed class SongScorerTests : IDisposable
{
    private const string Prompt = "warm bread";

    private readonly FakeClap _clap = new(Prompt);

    public void Dispose() => _clap.Dispose();

    [Fact]
    public void Score_WithClap_IsCosinesAndASoftmaxOverScaledCosines()
    {
        var scores = Score(_clap, Signals.Sine(1, 440, 0.5));

        Assert.Equal(0.75, scores.ClapScore!.Value, 6);
        Assert.Equal(0.25, scores.ClapScoreRaw!.Value, 6);
        Assert.Null(scores.ClapReason);
        Assert.Equal(AcousticJudge.Tastes, scores.TasteScores!.Keys);
        Assert.Equal(5, scores.TasteScores["sweet"].Logit, 5);
        Assert.Equal(Math.Exp(5) / (Math.Exp(5) + 5), scores.TasteScores["sweet"].Probability, 6);
        Assert.Equal(1 / (Math.Exp(5) + 5), scores.TasteScores["umami"].Probability, 6);
    }

    [Fact]
    public void Score_WithoutClap_IsTheSoftmaxOfTheAcousticEvidence()
    {
        var sound = Signals.Clicks(4, 150);
        var scores = Score(null, sound);

        var evidence = AcousticJudge.Evidence(AcousticJudge.Hear(Signals.Reader(sound)(), CancellationToken.None).Features);
        Assert.Equal(evidence, scores.TasteScores!.ToDictionary(taste => taste.Key, taste => taste.Value.Logit));
        var sum = evidence.Values.Sum(Math.Exp);
        foreach (var (taste, score) in scores.TasteScores!) Assert.Equal(Math.Exp(evidence[taste]) / sum, score.Probability, 9);
        Assert.Equal((ScoringFacts.AcousticEngine, "acoustic-1", 1), (scores.Scoring.Engine, scores.Scoring.Model, scores.Scoring.Windows));
        Assert.Equal((null, null, SongScorer.NoClap), (scores.ClapScore, scores.ClapScoreRaw, scores.ClapReason));
    }

    [Fact]
    public void Score_StaccatoAgainstHeldTone_IsSaltierAsPublished()
    {
        var staccato = Score(null, Signals.Clicks(5, 150)).TasteScores!["salty"].Probability;
        var held = Score(null, Signals.Sine(5, 440, 0.5)).TasteScores!["salty"].Probability;
        Assert.True(staccato > held + 0.2, $"{staccato} against {held}");
    }

    [Fact]
    public void Score_TooShortForTheFeatures_SaysWhyAndStillMeasures()
    {
        var scores = Score(null, Signals.Sine(0.3, 440, 0.5));

        Assert.Null(scores.TasteScores);
        Assert.Equal("The recording has 0.3 s; the features need 0.5 s.", scores.Scoring.Reason);
        Assert.Equal(-6.02, scores.Aesthetics!.TruePeakDbtp!.Value, 0.02);
    }

    [Fact]
    public void Score_ClapRefuses_HasNoScoresOfAnotherModelInstead()
    {
        _clap.Fault = new InvalidDataException("No direction.");
        var scores = Score(_clap, Signals.Sine(1, 440, 0.5));

        Assert.Equal((null, null, "No direction."), (scores.ClapScore, scores.ClapScoreRaw, scores.ClapReason));
        Assert.Null(scores.TasteScores);
        Assert.Equal((ScoringFacts.ClapEngine, "No direction."), (scores.Scoring.Engine, scores.Scoring.Reason));
        Assert.NotNull(scores.Aesthetics!.LoudnessLufs);
    }

    [Fact]
    public void Score_CutShortInTheMiddle_SaysWhatIsWrong()
    {
        var wav = WavFile.EncodePcm16(Signals.Sine(1, 440, 0.5), Signals.SampleRate, 1);
        var scores = new SongScorer(_clap, new AestheticMeasurement(null), TimeProvider.System)
            .Score(() => AudioFile.OpenRead(new MemoryStream(wav, 0, 1_000)), Prompt, "refined", CancellationToken.None);

        Assert.StartsWith("The recording cannot be scored: ", scores.ClapReason, StringComparison.Ordinal);
        Assert.Equal((ScoringFacts.NoEngine, scores.ClapReason), (scores.Scoring.Engine, scores.Scoring.Reason));
        Assert.Equal((null, null), (scores.TasteScores, scores.Aesthetics));
    }

    private static SongScores Score(IClap? clap, float[] samples) =>
        new SongScorer(clap, new AestheticMeasurement(null), TimeProvider.System).Score(Signals.Reader(samples), Prompt, "refined", CancellationToken.None);
}
