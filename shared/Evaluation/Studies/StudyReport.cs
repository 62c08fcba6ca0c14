using System.Globalization;
using System.Text;
using AudioReprompt.Evaluation.Report;
using AudioReprompt.Statistics;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>Two recordings of a pair to listen to, inside the page.</summary>
/// <param name="Raw">An excerpt as WAV.</param>
/// <param name="Refined">An excerpt as WAV.</param>
public sealed record PlayedPair(PromptOutcome Prompt, ClipPair Pair, byte[] Raw, byte[] Refined);

/// <summary>The report of a study: as a page, as Markdown, and its tables for a terminal.</summary>
public static class StudyReport
{
    /// <summary>Around the one section that is another one each time.</summary>
    public const string ThisRun = "This run";

    /// <summary>More are counted; all are in <c>results.json</c>.</summary>
    private const int MostLeftOut = 40;

    private const string Title = "Raw against refined prompts";

    public static string Page(StudyResult study, RunFacts facts, IReadOnlyList<PlayedPair> best, IReadOnlyList<PlayedPair> worst, string excerpts)
    {
        var page = new ReportPage(Title).Lead(Headline(study)).Text(Method(study)).Table(ByTaste(study)).Table(Distances(study)).Heading("The scores");
        var groups = GroupsOf(study);
        page.Figure(
                BoxPlot.Svg(new FigureText("boxes", "Scores, raw beside refined", study.Scorer.ScoreLabel), groups),
                "Boxes from the lower to the upper quartile with the median; whiskers to the last score within 1.5 interquartile ranges; "
                + "a point for each prompt (the outliers alone where there are many); diamonds are means.")
            .Figure(
                PairedSlopePlot.Svg(new FigureText("slopes", "From raw to refined, prompt by prompt", study.Scorer.ScoreLabel), groups),
                "A line for each prompt from its raw to its refined score; the thick line joins the means.")
            .Figure(
                Histogram.Svg(
                    new FigureText("differences", "Differences of the scores", $"refined − raw, {study.Scorer.ScoreLabel}"),
                    [.. Scores(study).Select(pair => pair.Refined - pair.Raw)]),
                "Differences of all prompts; the line is the mean.")
            .Table(Instruments(study));
        if (best.Count + worst.Count > 0)
        {
            page.Heading("The largest gains and losses, to listen to").Text(excerpts);
            foreach (var pair in best) page.Html(Player("Gain", pair));
            foreach (var pair in worst) page.Html(Player("Loss", pair));
        }

        return page.Table(WhatIsLeftOut(study)).Table(Configuration(study))
            .Html("<section id=\"this-run\">\n").Table(Run(facts)).Html("</section>\n").Finish();
    }

    public static string Markdown(StudyResult study, RunFacts facts)
    {
        var text = new StringBuilder($"# {Title}\n\n{Headline(study)}\n\n{Method(study)}\n\n");
        foreach (var table in Tables(study)) text.Append(table.Markdown());
        return text.Append(Run(facts).Markdown()).ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>In the order of the report.</summary>
    public static IReadOnlyList<ReportTable> Tables(StudyResult study) =>
        [ByTaste(study), Distances(study), Instruments(study), WhatIsLeftOut(study), Configuration(study)];

    /// <summary>The result in a sentence.</summary>
    public static string Headline(StudyResult study)
    {
        var all = study.Table.Overall;
        if (all.Pairs == 0) return "No prompt has a score for both its raw and its refined audio, so there is nothing to compare; why stands below.";
        var scores = $"Mean {study.Scorer.ScoreLabel}: raw {PrintedNumber.Fixed(all.Raw.Mean, 4)}, refined {PrintedNumber.Fixed(all.Refined.Mean, 4)}";
        var gain = all.GainPercent is { } percent ? $" ({PrintedNumber.WithSign(percent, 1)} %)" : "";
        var count = string.Create(CultureInfo.InvariantCulture, $"over {all.Pairs} {(all.Pairs == 1 ? "prompt" : "prompts")}, of which {all.Wins} gained");
        var test = all.Test?.T is { } t
            ? $"; paired t({Whole(all.Test.DegreesOfFreedom)}) = {PrintedNumber.Fixed(t, 2)}, {PText(all.Test.P)}, d_z = {PrintedNumber.Fixed(all.Test.CohensDz, 2)}"
            : $"; no p value, because: {all.Undefined}";
        return $"{scores}{gain}, {count}{test}.";
    }

    public static ReportTable ByTaste(StudyResult study)
    {
        var cells = StudyTableText.Cells(study.Table, StudyTableText.Full);
        return new ReportTable(
            "By taste",
            "n counts prompts: where a prompt has several seeds, its score is their mean, for seeds of one prompt are no independent observations. "
            + "Two-sided paired t test of refined − raw, with Holm's correction over the tastes; d_z is the mean over the standard deviation of the differences; Wilcoxon's signed-rank test beside it.",
            cells[0],
            [.. cells.Skip(1)],
            StudyTableText.Notes(study.Table));
    }

    public static ReportTable Distances(StudyResult study) => Distances(study.Scorer, study.Frechet);

    internal static ReportTable Distances(ScorerFacts scorer, IReadOnlyList<FrechetComparison> distances) => new(
        "Fréchet audio distance",
        $"Of the embeddings of the scorer {scorer.Name}, squared as usual, without a root. "
        + "The distance of two small sets is biased upwards: compare only numbers of equal n.",
        ["set", "against", "n", "n", "distance"],
        [.. distances.Select(distance => (IReadOnlyList<string>)
            [distance.One, distance.Other, Whole(distance.OneCount), Whole(distance.OtherCount), PrintedNumber.Fixed(distance.Distance, 4)])],
        [.. distances.Where(distance => distance.Reason is not null).Select(distance => $"{distance.One} against {distance.Other}: {distance.Reason}")],
        Words: 2);

    public static ReportTable Instruments(StudyResult study) => new(
        "By instrument",
        study.Instruments.Count == 0
            ? "No instruments are known of the scored prompts."
            : "Scores of the refined audio whose plan asked for the instrument; most pieces have several.",
        ["instrument", "n", "refined mean ± sd", "gain"],
        [.. study.Instruments.Select(mean => (IReadOnlyList<string>)
        [
            mean.Instrument,
            Whole(mean.Refined.Count),
            $"{PrintedNumber.Fixed(mean.Refined.Mean, 4)} ± {PrintedNumber.Fixed(mean.Refined.StandardDeviation, 4)}",
            PrintedNumber.WithSign(mean.Gain, 4),
        ])],
        []);

    public static ReportTable WhatIsLeftOut(StudyResult study) => new(
        "Left out",
        study.LeftOut.Count == 0 ? "Nothing: every row and every recording is in the figures." : "What is not in the figures above.",
        ["what", "why"],
        [.. study.LeftOut.Take(MostLeftOut).Select(left => (IReadOnlyList<string>)[left.What, left.Why])],
        study.LeftOut.Count > MostLeftOut ? [string.Create(CultureInfo.InvariantCulture, $"… and {study.LeftOut.Count - MostLeftOut} more; all are in results.json.")] : [],
        Words: 2);

    public static ReportTable Configuration(StudyResult study)
    {
        List<IReadOnlyList<string>> rows = [["scorer", $"{study.Scorer.Name}, {study.Scorer.Model}"]];
        if (study.Design is { } design)
        {
            rows =
            [
                ["engine", $"{design.Engine}, {design.Model}"],
                ["raw", design.Raw],
                ["refined", design.Refined],
                ["curator", design.Curator],
                ["prompts", $"{Whole(design.Prompts)}, SHA-256 {design.PromptsSha256}"],
                ["seeds", FormattableString.Invariant($"{design.SeedsPerPrompt} for each prompt, drawn from {design.Seed}; of a pair both have the same, see results.csv")],
                ["length", string.Create(CultureInfo.InvariantCulture, $"{design.DurationSeconds} s")],
                .. rows,
                ["program", design.Program],
            ];
        }

        return new ReportTable("Configuration", "", ["what", "value"], rows, [], Words: 2);
    }

    internal static ReportTable Run(RunFacts facts) =>
        new(ThisRun, "", ["what", "value"], [.. facts.Lines.Select(line => (IReadOnlyList<string>)[line.Name, line.Value])], [], Words: 2);

    private static string Method(StudyResult study) => study.Design is { } design
        ? string.Create(CultureInfo.InvariantCulture, $"{design.Prompts} prompts were played by {design.Engine} ({design.Model}), each with ")
            + string.Create(CultureInfo.InvariantCulture, $"{design.SeedsPerPrompt} {(design.SeedsPerPrompt == 1 ? "seed" : "seeds")} and {design.DurationSeconds} s long, ")
            + $"raw ({design.Raw}) and refined ({design.Refined}). The scorer {study.Scorer.Name} judged all recordings: {study.Scorer.Meaning}"
        : $"The recordings were made elsewhere; the scorer {study.Scorer.Name} judged them: {study.Scorer.Meaning}";

    private static IEnumerable<ScoredPair> Scores(StudyResult study) => study.Prompts.Select(prompt => prompt.Scores).OfType<ScoredPair>();

    private static List<PairedScores> GroupsOf(StudyResult study)
    {
        var byTaste = Scores(study).ToLookup(pair => pair.Group, StringComparer.Ordinal);
        List<PairedScores> groups = [.. study.Table.Groups.Select(row => Group(row.Name, byTaste[row.Name], row.HolmP))];

        // Of a single taste the last line would be the same figure again.
        return groups.Count == 1 && byTaste.Count == 1 ? groups : [.. groups, Group(StudyTable.All, Scores(study), study.Table.Overall.Test?.P)];

        static PairedScores Group(string name, IEnumerable<ScoredPair> pairs, double? p) =>
            new(name, [.. pairs.Select(pair => pair.Raw)], [.. pairs.Select(pair => pair.Refined)], p is null ? "" : PText(p));
    }

    private static string Player(string what, PlayedPair pair)
    {
        var prompt = pair.Prompt;
        var text = new StringBuilder("<div class=\"pair\">\n<p><b>");
        var taste = prompt.Taste.Length > 0 ? $", {prompt.Taste}" : "";
        var seeded = pair.Pair.Seed is { } seed ? string.Create(CultureInfo.InvariantCulture, $", seed {seed}") : "";
        text.Append(ReportTable.Escaped($"{what} {PrintedNumber.WithSign(pair.Pair.Difference, 4)}: {prompt.Id}{taste}{seeded}"))
            .Append("</b></p>\n<p>").Append(ReportTable.Escaped(prompt.Prompt)).Append("</p>\n");
        if (prompt.RefinedText.Length > 0) text.Append("<p class=\"note\">").Append(ReportTable.Escaped(prompt.RefinedText)).Append("</p>\n");
        text.Append("<div class=\"players\">\n");
        Side("raw", pair.Pair.Raw!, pair.Raw);
        Side("refined", pair.Pair.Refined!, pair.Refined);
        return text.Append("</div></div>\n").ToString();

        void Side(string name, ClipOutcome clip, byte[] wav) => text.Append("<div>").Append(name).Append(' ').Append(PrintedNumber.Fixed(clip.Score, 4))
            .Append(", ").Append(ReportTable.Escaped(clip.File))
            .Append("<audio controls=\"controls\" preload=\"none\" aria-label=\"").Append(name).Append(", ").Append(ReportTable.Escaped(prompt.Id))
            .Append("\" src=\"data:audio/wav;base64,").Append(Convert.ToBase64String(wav)).Append("\"></audio></div>\n");
    }

    /// <summary><c>p &lt; 0.0001</c> or <c>p = 0.0123</c>.</summary>
    private static string PText(double? p)
    {
        var printed = PrintedNumber.P(p);
        return printed.StartsWith('<') ? $"p {printed}" : $"p = {printed}";
    }

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
