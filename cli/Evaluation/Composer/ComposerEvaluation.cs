using System.Collections.Concurrent;
using AudioReprompt.Audio;
using AudioReprompt.Audio.Features;
using AudioReprompt.Cli.Bench;
using AudioReprompt.Composing;
using AudioReprompt.Composing.Scores;
using AudioReprompt.Music;
using AudioReprompt.Reprompt;
using AudioReprompt.Scoring.Acoustic;

namespace AudioReprompt.Cli.Evaluation.Composer;

/// <summary>What is rendered.</summary>
/// <param name="Seeds">Pieces of each taste.</param>
/// <param name="Seconds">Length of each.</param>
/// <param name="KeepFolder">Where the WAVs go as <c>taste-seed.wav</c>; null: nowhere.</param>
internal sealed record ComposerEvaluationOptions(int Seeds, double Seconds, string? KeepFolder);

/// <summary>One rendered piece and what was measured on it.</summary>
internal sealed record Rendering(string Taste, int Seed, MusicalPlan Plan, ComposedScore Score, AcousticFeatures Features, Musicality Musicality, IReadOnlyList<double> Contour);

/// <summary>Renders every taste, listens to the audio with published directions alone, and looks how well it is music.</summary>
internal static class ComposerEvaluation
{
    private const int Shuffles = 1_000;
    private const int ShuffleSeed = 20_261_126;

    /// <summary>Of the piece in which sections are compared: long enough for A, B and A′.</summary>
    private const double FormSeconds = 40;

    /// <summary>A plan above this is consonant enough for its key to be heard.</summary>
    private const double Consonant = 0.65;

    private static readonly ComposerEngine Engine = new();

    /// <param name="planOf">The plan of a profile.</param>
    /// <param name="progress">Share done, 0…1.</param>
    public static async Task<ComposerReport> RunAsync(
        ComposerEvaluationOptions options, Func<TasteProfile, MusicalPlan> planOf, Action<double> progress, CancellationToken cancellationToken)
    {
        if (options.KeepFolder is { } folder) Directory.CreateDirectory(folder);
        var wanted = TasteSet.All.SelectMany(taste => Enumerable.Range(1, options.Seeds).Select(seed => (Taste: taste, Seed: seed))).ToList();
        var done = new ConcurrentDictionary<(string, int), Rendering>();
        await Parallel.ForEachAsync(
            wanted,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken },
            async (piece, token) =>
            {
                done[piece] = await RenderAsync(piece.Taste, piece.Seed, planOf(TasteSet.ProfileOf(piece.Taste)), options, token);
                progress((double)done.Count / wanted.Count);
            });
        List<Rendering> renderings = [.. wanted.Select(piece => done[piece])];
        var likeness = await SectionLikenessAsync(planOf, options.Seeds, cancellationToken);
        return Judge(renderings, likeness, options);
    }

    private static async Task<Rendering> RenderAsync(string taste, int seed, MusicalPlan plan, ComposerEvaluationOptions options, CancellationToken cancellationToken)
    {
        var request = new MusicRequest(taste, plan, options.Seconds, seed, new SamplingOptions());
        var audio = await Engine.GenerateAsync(request, progress: null, cancellationToken);
        if (options.KeepFolder is { } folder)
        {
            var wav = WavFile.EncodePcm16(audio.Samples, audio.SampleRate, audio.Channels);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{taste}-{seed}.wav"), wav, cancellationToken);
        }

        var mono = Spectrogram.Mono(audio.Samples, audio.Channels);
        var spectrogram = AcousticFeatures.SpectrogramOf(mono, audio.SampleRate);
        var onsets = Onsets.Of(mono, audio.SampleRate);
        var score = ComposerEngine.Compose(request, cancellationToken);
        return new Rendering(
            taste,
            seed,
            plan,
            score,
            AcousticFeatures.Of(audio.Samples, audio.Channels, audio.SampleRate, mono, spectrogram, onsets),
            Musicality.Of(score, Tonality.Of(spectrogram), onsets),
            ContourOf(spectrogram, onsets));
    }

    /// <summary>The course of the piece, for comparing seeds: onsets and chroma by fifths of a second.</summary>
    private static List<double> ContourOf(Spectrogram spectrogram, Onsets onsets)
    {
        const double StepSeconds = 0.2;
        var contour = new List<double>();
        for (var seconds = 0.0; seconds + StepSeconds < spectrogram.Windows * spectrogram.HopSeconds; seconds += StepSeconds)
        {
            var from = (int)(seconds / spectrogram.HopSeconds);
            contour.AddRange(Tonality.Of(spectrogram, from, (int)((seconds + StepSeconds) / spectrogram.HopSeconds)).Chroma);
            contour.Add(onsets.Novelty.Skip((int)(seconds / onsets.Hop)).Take((int)(StepSeconds / onsets.Hop)).DefaultIfEmpty().Max());
        }

        return contour;
    }

    /// <summary>In longer pieces, how alike A and A′ are and how alike A and B, mean over the seeds.</summary>
    private static async Task<(double Reprise, double Contrast)> SectionLikenessAsync(
        Func<TasteProfile, MusicalPlan> planOf, int seeds, CancellationToken cancellationToken)
    {
        var plan = planOf(TasteProfile.Neutral) with { Form = MusicalForm.Ternary };
        List<double> reprises = [], contrasts = [];
        for (var seed = 1; seed <= seeds; seed++)
        {
            var request = new MusicRequest("", plan, FormSeconds, seed, new SamplingOptions());
            var audio = await Engine.GenerateAsync(request, progress: null, cancellationToken);
            var spectrogram = AcousticFeatures.SpectrogramOf(Spectrogram.Mono(audio.Samples, audio.Channels), audio.SampleRate);
            var score = ComposerEngine.Compose(request, cancellationToken);
            var beat = 60 / score.TempoBpm;
            var beats = 4 * score.BeatsPerBar;
            var theme = score.Sections.First(section => section.Name == "A").StartSeconds;
            reprises.Add(Musicality.Likeness(spectrogram, beat, theme, score.Sections.Last(section => section.Name == "A′").StartSeconds, beats));
            contrasts.Add(Musicality.Likeness(spectrogram, beat, theme, score.Sections.First(section => section.Name == "B").StartSeconds, beats));
        }

        return (reprises.Average(), contrasts.Average());
    }

    private static ComposerReport Judge(List<Rendering> renderings, (double Reprise, double Contrast) likeness, ComposerEvaluationOptions options)
    {
        var z = MachineListener.Standardise([.. renderings.Select(rendering => rendering.Features)]);
        var heard = renderings.Zip(z, (rendering, features) => (Rendering: rendering, Z: features)).ToList();
        var basic = heard.Where(piece => TasteSet.Basic.Contains(piece.Rendering.Taste)).ToList();
        var judged = heard.Where(piece => piece.Rendering.Taste != TasteSet.Neutral).ToList();
        var basicRight = Right(basic, TasteSet.Basic);
        var judgedRight = Right(judged, TasteSet.Judged);
        var chance = NullTest(judged);
        var consonant = renderings.Where(rendering => rendering.Plan.Consonance >= Consonant).ToList();
        var alike = MostAlike(renderings);
        var loudness = renderings.Max(rendering => Math.Abs(rendering.Features.Lufs - (-22 + (8 * rendering.Plan.Dynamics))));
        var nearest = TasteSet.All.MinBy(taste => Distance(heard, taste))!;
        return new ComposerReport
        {
            Options = options,
            Goals =
            [
                new("basic_tastes", "four basic tastes heard right, of four", Percent(basicRight, basic.Count), "%", Goal.AtLeast(95), $"{basicRight} of {basic.Count}; chance 25 %"),
                new("all_tastes", "ten tastes heard right, of ten", Percent(judgedRight, judged.Count), "%", Goal.AtLeast(80), $"{judgedRight} of {judged.Count}; chance 10 %"),
                new("null_test", "the same with shuffled labels, 99th percentile", chance.Percentile99, "%", Goal.AtMost(20), FormattableString.Invariant($"mean {chance.Mean:0.0} %, {Shuffles} shuffles")),
                new("neutral", "tastes nearer to the set's mean than neutral", nearest == TasteSet.Neutral ? 0 : TasteSet.All.Count(taste => Distance(heard, taste) < Distance(heard, TasteSet.Neutral)), "", Goal.AtMost(2), $"nearest: {nearest}"),
                new("key_clarity", "key clarity of consonant plans, tenth percentile", Percentile([.. consonant.Select(rendering => rendering.Musicality.KeyClarity)], 0.1), "", Goal.AtLeast(0.7), FormattableString.Invariant($"mean {consonant.Average(rendering => rendering.Musicality.KeyClarity):0.00} of {consonant.Count} pieces")),
                new("beat_clarity", "beat clarity at the planned tempo, mean", renderings.Average(rendering => rendering.Musicality.BeatClarity), "", Goal.AtLeast(0.3), FormattableString.Invariant($"least {renderings.Min(rendering => rendering.Musicality.BeatClarity):0.00}")),
                new("reprise", "A like A′ more than like B", likeness.Reprise - likeness.Contrast, "", Goal.AtLeast(0.05), FormattableString.Invariant($"correlations {likeness.Reprise:0.00} and {likeness.Contrast:0.00}")),
                new("seeds_alike", "most alike two seeds of a taste, correlation", alike.Correlation, "", Goal.AtMost(0.98), alike.Which),
                new("pitches", "fewest distinct pitches of a piece", renderings.Min(rendering => rendering.Musicality.Pitches), "", Goal.AtLeast(5), $"{options.Seconds:0.#} s"),
                new("loudness", "largest distance from the planned loudness", loudness, "LU", Goal.AtMost(1), $"{renderings.Count} pieces"),
            ],
            BasicConfusion = Confusion(basic, TasteSet.Basic),
            Confusion = Confusion(heard, TasteSet.Judged),
            MeanZ = TasteSet.All.ToDictionary(taste => taste, taste => MeanZ(heard, taste)),
            Renderings = renderings,
        };
    }

    private static int Right(List<(Rendering Rendering, IReadOnlyDictionary<string, double> Z)> pieces, IReadOnlyList<string> among) =>
        pieces.Count(piece => MachineListener.Hear(piece.Z, among) == piece.Rendering.Taste);

    /// <summary>With labels that say nothing, the judge must be right as often as chance.</summary>
    private static (double Mean, double Percentile99) NullTest(List<(Rendering Rendering, IReadOnlyDictionary<string, double> Z)> judged)
    {
        var heard = judged.ConvertAll(piece => MachineListener.Hear(piece.Z, TasteSet.Judged));
        var labels = judged.Select(piece => piece.Rendering.Taste).ToArray();
        var random = new Random(ShuffleSeed);
        var shares = new List<double>();
        for (var shuffle = 0; shuffle < Shuffles; shuffle++)
        {
            random.Shuffle(labels);
            shares.Add(Percent(heard.Zip(labels).Count(pair => pair.First == pair.Second), labels.Length));
        }

        return (shares.Average(), Percentile(shares, 0.99));
    }

    private static Dictionary<string, IReadOnlyDictionary<string, int>> Confusion(
        List<(Rendering Rendering, IReadOnlyDictionary<string, double> Z)> pieces, IReadOnlyList<string> among) =>
        pieces.GroupBy(piece => piece.Rendering.Taste).ToDictionary(
            group => group.Key,
            group => (IReadOnlyDictionary<string, int>)among.ToDictionary(taste => taste, taste => group.Count(piece => MachineListener.Hear(piece.Z, among) == taste)));

    private static Dictionary<string, double> MeanZ(List<(Rendering Rendering, IReadOnlyDictionary<string, double> Z)> heard, string taste) =>
        PublishedDirections.Features.Keys.ToDictionary(
            feature => feature,
            feature => Math.Round(heard.Where(piece => piece.Rendering.Taste == taste).Average(piece => piece.Z[feature]), 2));

    /// <summary>From the set's mean: √ of the mean squared z of what the findings speak of.</summary>
    private static double Distance(List<(Rendering Rendering, IReadOnlyDictionary<string, double> Z)> heard, string taste)
    {
        var features = PublishedDirections.All.Select(direction => direction.Feature).Distinct().ToList();
        var mean = MeanZ(heard, taste);
        return Math.Sqrt(features.Average(feature => mean[feature] * mean[feature]));
    }

    private static (double Correlation, string Which) MostAlike(List<Rendering> renderings)
    {
        var most = (Correlation: -1.0, Which: "");
        foreach (var taste in renderings.GroupBy(rendering => rendering.Taste))
        {
            var pieces = taste.ToList();
            for (var one = 0; one < pieces.Count; one++)
            {
                for (var two = one + 1; two < pieces.Count; two++)
                {
                    var correlation = Musicality.Correlation(pieces[one].Contour, pieces[two].Contour);
                    if (correlation > most.Correlation) most = (correlation, $"{taste.Key} {pieces[one].Seed} and {pieces[two].Seed}");
                }
            }
        }

        return most;
    }

    private static double Percent(int count, int of) => of == 0 ? 0 : 100.0 * count / of;

    private static double Percentile(List<double> values, double share)
    {
        if (values.Count == 0) return 0;
        var sorted = values.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
