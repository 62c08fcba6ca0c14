using System.Globalization;
using AudioReprompt.Evaluation.Report;
using AudioReprompt.Statistics;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>A recording that was made elsewhere.</summary>
/// <param name="DurationSeconds">null where the file could not be opened.</param>
/// <param name="SampleRate">Hz; null where the file could not be opened.</param>
/// <param name="Channels">null where the file could not be opened.</param>
/// <param name="Scores">By taste; empty where <paramref name="Reason"/> says why.</param>
/// <param name="Reason">Why it could not be judged; null where it was.</param>
public sealed record RecordingOutcome(
    string File, string? Sha256, double? DurationSeconds, int? SampleRate, int? Channels, IReadOnlyDictionary<string, double> Scores, string? Reason)
{
    /// <summary>The taste of the highest score; null where there is none.</summary>
    public string? Taste => Scores.Count == 0 ? null : Scores.MaxBy(score => score.Value).Key;
}

/// <summary>What was heard in a folder of recordings of which no prompts are known.</summary>
/// <param name="Frechet">Against the reference set; empty without one.</param>
public sealed record RecordingResult(
    ScorerFacts Scorer, IReadOnlyList<string> Tastes, IReadOnlyList<RecordingOutcome> Recordings, IReadOnlyList<FrechetComparison> Frechet)
{
    private const string Title = "What was heard in the recordings";

    public IReadOnlyList<ReportTable> Tables() =>
    [
        new(
            "Recordings",
            Scorer.Meaning,
            ["file", "heard as", "seconds", "Hz", "channels", .. Tastes],
            [.. Recordings.Where(recording => recording.Reason is null).Select(recording => (IReadOnlyList<string>)
            [
                recording.File,
                recording.Taste ?? PrintedNumber.None,
                PrintedNumber.Fixed(recording.DurationSeconds, 1),
                Whole(recording.SampleRate),
                Whole(recording.Channels),
                .. Tastes.Select(taste => PrintedNumber.Fixed(recording.Scores[taste], 3)),
            ])],
            [],
            Words: 2),
        new(
            "Mean by taste",
            "",
            ["taste", "mean ± sd", "heard as it"],
            [.. Tastes.Select(taste => Mean(taste))],
            []),
        .. Frechet.Count == 0 ? Array.Empty<ReportTable>() : [StudyReport.Distances(Scorer, Frechet)],
        new(
            "Left out",
            Recordings.All(recording => recording.Reason is null) ? "Nothing." : "Recordings that could not be judged.",
            ["file", "why"],
            [.. Recordings.Where(recording => recording.Reason is not null).Select(recording => (IReadOnlyList<string>)[recording.File, recording.Reason!])],
            [],
            Words: 2),
    ];

    public string Page(RunFacts facts)
    {
        var page = new ReportPage(Title).Lead(Headline());
        foreach (var table in Tables()) page.Table(table);
        return page.Table(new ReportTable("Configuration", $"scorer: {Scorer.Name}, {Scorer.Model}", [], [], []))
            .Html("<section id=\"this-run\">\n").Table(StudyReport.Run(facts)).Html("</section>\n").Finish();
    }

    public string Markdown(RunFacts facts) =>
        $"# {Title}\n\n{Headline()}\n\n{string.Concat(Tables().Select(table => table.Markdown()))}scorer: {Scorer.Name}, {Scorer.Model}\n\n"
        + $"{StudyReport.Run(facts).Markdown().TrimEnd('\n')}\n";

    /// <summary>A row for each recording (RFC 4180, UTF-8, line feeds).</summary>
    public string Csv() => CsvText.Write(
        ["file", "sha256", "heard_as", "duration_seconds", "sample_rate", "channels", .. Tastes, "reason"],
        Recordings.Select(recording => (IReadOnlyList<string>)
        [
            recording.File, recording.Sha256 ?? "", recording.Taste ?? "", CsvText.Exact(recording.DurationSeconds), CsvText.Exact(recording.SampleRate),
            CsvText.Exact(recording.Channels), .. Tastes.Select(taste => recording.Scores.TryGetValue(taste, out var score) ? CsvText.Exact(score) : ""),
            recording.Reason ?? "",
        ]));

    public string Headline() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Recordings.Count(recording => recording.Reason is null)} of {Recordings.Count} recordings could be judged by the scorer {Scorer.Name}.");

    private IReadOnlyList<string> Mean(string taste)
    {
        var judged = Recordings.Where(recording => recording.Reason is null).ToList();
        var moments = Moments.Of([.. judged.Select(recording => recording.Scores[taste])]);
        var heard = judged.Count(recording => recording.Taste == taste);
        return
        [
            taste,
            $"{PrintedNumber.Fixed(moments.Mean, 4)} ± {PrintedNumber.Fixed(moments.StandardDeviation, 4)}",
            $"{Whole(heard)}/{Whole(judged.Count)}",
        ];
    }

    private static string Whole(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? PrintedNumber.None;
}
