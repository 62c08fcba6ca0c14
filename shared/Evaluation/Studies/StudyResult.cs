using System.Text.Json.Serialization;
using AudioReprompt.Statistics;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>A recording and what it got.</summary>
/// <param name="Score">null where <paramref name="Reason"/> says why.</param>
public sealed record ClipOutcome(string File, string Sha256, double? Score, string? Reason);

/// <summary>Raw and refined audio of one prompt with one seed.</summary>
/// <param name="Repeat">From 1.</param>
/// <param name="Seed">null where the recordings were made elsewhere.</param>
/// <param name="Raw">null where it is missing.</param>
/// <param name="Refined">null where it is missing.</param>
public sealed record ClipPair(int Repeat, long? Seed, ClipOutcome? Raw, ClipOutcome? Refined)
{
    /// <summary>Refined − raw; null where one of them has no score.</summary>
    public double? Difference => Refined?.Score - Raw?.Score;
}

/// <summary>A prompt, what it became, and its recordings.</summary>
/// <param name="Taste">As the table of prompts says; empty where it does not.</param>
/// <param name="TasteRead">What the refinement read.</param>
/// <param name="Instruments">Of the refined plan.</param>
public sealed record PromptOutcome(
    string Id, string Taste, string Prompt, string RefinedText, string TasteRead, string Language, string Curator, IReadOnlyList<string> Instruments, IReadOnlyList<ClipPair> Pairs)
{
    private IEnumerable<ClipPair> Complete => Pairs.Where(pair => pair.Difference is not null);

    /// <summary>
    /// The prompt's scores: means over its seeds, of the pairs of which both recordings have one; null where there is none. Seeds of one prompt
    /// are no independent observations, so that a test counts prompts.
    /// </summary>
    public ScoredPair? Scores => Complete.Any()
        ? new ScoredPair(Id, Taste, Complete.Average(pair => pair.Raw!.Score!.Value), Complete.Average(pair => pair.Refined!.Score!.Value))
        : null;

    /// <summary>Why there are no scores.</summary>
    [JsonIgnore]
    public string WhyNone => Pairs.Count == 0
        ? "no recordings"
        : string.Join("; ", Pairs.SelectMany(pair => new[] { Why("raw", pair.Raw), Why("refined", pair.Refined) }).Where(why => why.Length > 0).Distinct(StringComparer.Ordinal));

    private static string Why(string which, ClipOutcome? clip) => clip is null ? $"{which}: no recording" : clip.Reason is { } reason ? $"{which}: {reason}" : "";
}

/// <summary>A Fréchet distance of two sets of recordings.</summary>
/// <param name="OneCount">Embeddings; the distance of small sets is biased upwards.</param>
/// <param name="Distance">null where <paramref name="Reason"/> says why.</param>
public sealed record FrechetComparison(string One, int OneCount, string Other, int OtherCount, double? Distance, string? Reason)
{
    public static FrechetComparison Of(string one, IReadOnlyList<float[]> ones, string other, IReadOnlyList<float[]> others)
    {
        var compared = new FrechetComparison(one, ones.Count, other, others.Count, null, null);
        try
        {
            return compared with { Distance = FrechetDistance.Between(GaussianFit.Of(ones), GaussianFit.Of(others)) };
        }
        catch (SampleException exception)
        {
            // Too few recordings for a covariance: the report says so where the number would stand.
            return compared with { Reason = exception.Message };
        }
    }
}

/// <summary>What the refined audio got whose plan asked for an instrument.</summary>
/// <param name="Gain">Mean of refined − raw over the same prompts.</param>
public sealed record InstrumentMean(string Instrument, Moments Refined, double Gain);

/// <summary>Something that is not in the figures, and why.</summary>
public sealed record LeftOut(string What, string Why);

/// <summary>All that a study found; nothing in it depends on when, where or in how many parts it ran.</summary>
public sealed record StudyResult
{
    public const string RawSet = "raw";
    public const string RefinedSet = "refined";
    public const string ReferenceSet = "reference";

    /// <summary>null where the recordings were made elsewhere.</summary>
    public required StudyDesign? Design { get; init; }

    public required ScorerFacts Scorer { get; init; }
    public required StudyTable Table { get; init; }
    public required IReadOnlyList<FrechetComparison> Frechet { get; init; }
    public required IReadOnlyList<InstrumentMean> Instruments { get; init; }
    public required IReadOnlyList<LeftOut> LeftOut { get; init; }
    public required IReadOnlyList<PromptOutcome> Prompts { get; init; }

    /// <param name="prompts">In the order of the table.</param>
    /// <param name="vectors">By file: the embeddings of what could be heard.</param>
    /// <param name="reference">Embeddings of the reference set; null where there is none.</param>
    /// <param name="leftOut">Rows and recordings that are none of <paramref name="prompts"/>.</param>
    public static StudyResult Of(
        StudyDesign? design, ScorerFacts scorer, IReadOnlyList<PromptOutcome> prompts, IReadOnlyDictionary<string, float[]> vectors,
        IReadOnlyList<float[]>? reference, IReadOnlyList<LeftOut> leftOut)
    {
        var scored = prompts.Where(prompt => prompt.Scores is not null).ToList();
        List<float[]> raw = [.. Vectors(pair => pair.Raw)], refined = [.. Vectors(pair => pair.Refined)];
        List<FrechetComparison> distances = [FrechetComparison.Of(RawSet, raw, RefinedSet, refined)];
        if (reference is not null)
        {
            distances.Add(FrechetComparison.Of(RawSet, raw, ReferenceSet, reference));
            distances.Add(FrechetComparison.Of(RefinedSet, refined, ReferenceSet, reference));
        }

        return new StudyResult
        {
            Design = design,
            Scorer = scorer,
            Table = StudyTable.Of([.. scored.Select(prompt => prompt.Scores!)]),
            Frechet = distances,
            Instruments = InstrumentsOf(scored),
            LeftOut =
            [
                .. leftOut,
                .. prompts.Where(prompt => prompt.Scores is null).Select(prompt => new LeftOut(prompt.Id, prompt.WhyNone)),
                .. scored.SelectMany(prompt => prompt.Pairs.Where(pair => pair.Difference is null)
                    .Select(pair => new LeftOut(FormattableString.Invariant($"{prompt.Id}, seed {pair.Repeat}"), (prompt with { Pairs = [pair] }).WhyNone))),
            ],
            Prompts = prompts,
        };

        IEnumerable<float[]> Vectors(Func<ClipPair, ClipOutcome?> which) => prompts.SelectMany(prompt => prompt.Pairs)
            .Select(which).OfType<ClipOutcome>().Where(clip => vectors.ContainsKey(clip.File)).Select(clip => vectors[clip.File]);
    }

    private static List<InstrumentMean> InstrumentsOf(List<PromptOutcome> scored)
    {
        var gains = scored.SelectMany(prompt => prompt.Instruments.Select(instrument => (instrument, Gain: prompt.Scores!.Refined - prompt.Scores.Raw)))
            .ToLookup(one => one.instrument, one => one.Gain, StringComparer.Ordinal);
        return [.. GroupMean.Of(scored.SelectMany(prompt => prompt.Instruments.Select(instrument => (instrument, prompt.Scores!.Refined))))
            .Select(mean => new InstrumentMean(mean.Label, mean.Moments, gains[mean.Label].Average()))];
    }
}
