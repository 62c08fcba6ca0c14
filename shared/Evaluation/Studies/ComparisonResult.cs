using System.Globalization;
using AudioReprompt.Evaluation.Report;
using AudioReprompt.Statistics;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>Two studies of the same prompts, paired by prompt.</summary>
/// <param name="Design">Where their designs differ.</param>
/// <param name="Refined">A's refined scores against B's.</param>
/// <param name="Raw">A's raw scores against B's.</param>
/// <param name="Differences">Of the refined scores, B − A, prompt by prompt.</param>
/// <param name="Frechet">Of the refined audio of both, and of the raw.</param>
/// <param name="LeftOut">Prompts that only one of them has, or that have another text or taste there.</param>
public sealed record ComparisonResult(
    string A, string B, ScorerFacts Scorer, IReadOnlyList<string> Design, StudyTable Refined, StudyTable Raw, IReadOnlyList<double> Differences,
    IReadOnlyList<FrechetComparison> Frechet, IReadOnlyList<LeftOut> LeftOut)
{
    private const string Title = "Two studies side by side";
    private const int MostLeftOut = 40;

    /// <param name="aVectors">Embeddings of A by file.</param>
    /// <param name="bVectors">Embeddings of B by file.</param>
    /// <exception cref="InvalidDataException">Their scores cannot be compared; the message says why.</exception>
    public static ComparisonResult Of(
        string aName, StudyResult a, IReadOnlyDictionary<string, float[]> aVectors, string bName, StudyResult b, IReadOnlyDictionary<string, float[]> bVectors)
    {
        if ((a.Scorer.Name, a.Scorer.Model) != (b.Scorer.Name, b.Scorer.Model))
        {
            throw new InvalidDataException(
                "The scores are of different scorers and cannot be compared: "
                + $"{a.Scorer.Name}, {a.Scorer.Model} in {aName}; {b.Scorer.Name}, {b.Scorer.Model} in {bName}.");
        }

        var others = b.Prompts.ToDictionary(prompt => prompt.Id, StringComparer.Ordinal);
        var both = new List<(PromptOutcome A, PromptOutcome B)>();
        var leftOut = new List<LeftOut>();
        foreach (var prompt in a.Prompts)
        {
            if (!others.Remove(prompt.Id, out var other)) leftOut.Add(new LeftOut(prompt.Id, $"only in {aName}"));
            else if (prompt.Prompt != other.Prompt || prompt.Taste != other.Taste) leftOut.Add(new LeftOut(prompt.Id, "another prompt or taste in each"));
            else if (prompt.Scores is null) leftOut.Add(new LeftOut(prompt.Id, $"no score in {aName}: {prompt.WhyNone}"));
            else if (other.Scores is null) leftOut.Add(new LeftOut(prompt.Id, $"no score in {bName}: {other.WhyNone}"));
            else both.Add((prompt, other));
        }

        leftOut.AddRange(b.Prompts.Where(prompt => others.ContainsKey(prompt.Id)).Select(prompt => new LeftOut(prompt.Id, $"only in {bName}")));
        return new ComparisonResult(
            aName,
            bName,
            a.Scorer,
            a.Design is { } one && b.Design is { } two ? two.DifferencesTo(one) : [],
            Table(scores => scores.Refined),
            Table(scores => scores.Raw),
            [.. both.Select(pair => pair.B.Scores!.Refined - pair.A.Scores!.Refined)],
            [Distance("refined", pair => pair.Refined), Distance("raw", pair => pair.Raw)],
            leftOut);

        StudyTable Table(Func<ScoredPair, double> read) =>
            StudyTable.Of([.. both.Select(pair => new ScoredPair(pair.A.Id, pair.A.Taste, read(pair.A.Scores!), read(pair.B.Scores!)))]);

        FrechetComparison Distance(string which, Func<ClipPair, ClipOutcome?> read) => FrechetComparison.Of(
            $"{which}, {aName}", Vectors(both.Select(pair => pair.A), aVectors, read), $"{which}, {bName}", Vectors(both.Select(pair => pair.B), bVectors, read));
    }

    public IReadOnlyList<ReportTable> Tables() =>
    [
        Scores("Refined audio", Refined),
        Scores("Raw audio", Raw),
        StudyReport.Distances(Scorer, Frechet),
        new(
            "Where the designs differ",
            Design.Count == 0 ? "Nowhere, or the recordings were made elsewhere." : $"There is {A}, here is {B}.",
            ["difference"],
            [.. Design.Select(line => (IReadOnlyList<string>)[line])],
            []),
        new(
            "Left out", LeftOut.Count == 0 ? "Nothing: every prompt is in both." : "", ["what", "why"],
            [.. LeftOut.Take(MostLeftOut).Select(left => (IReadOnlyList<string>)[left.What, left.Why])],
            LeftOut.Count > MostLeftOut ? [string.Create(CultureInfo.InvariantCulture, $"… and {LeftOut.Count - MostLeftOut} more.")] : [], Words: 2),
    ];

    public string Page()
    {
        var page = new ReportPage(Title).Lead(Headline());
        page.Table(Tables()[0]);
        // Bins of equal differences would show a spread that there is not.
        if (Differences.Distinct().Count() > 1)
        {
            var words = new FigureText("differences", "Differences of the refined scores, B − A", $"B − A, {Scorer.ScoreLabel}");
            page.Figure(Histogram.Svg(words, Differences), "Refined audio, prompt by prompt; the line is the mean.");
        }

        foreach (var table in Tables().Skip(1)) page.Table(table);
        return page.Finish();
    }

    public string Markdown() => $"# {Title}\n\n{Headline()}\n\n{string.Concat(Tables().Select(table => table.Markdown())).TrimEnd('\n')}\n";

    public string Headline() => string.Create(
        CultureInfo.InvariantCulture, $"A is the study {A}, B the study {B}; {Refined.Overall.Pairs} prompts are in both. Scorer: {Scorer.Name}, {Scorer.Model}.");

    private static List<float[]> Vectors(IEnumerable<PromptOutcome> prompts, IReadOnlyDictionary<string, float[]> vectors, Func<ClipPair, ClipOutcome?> read) =>
        [.. prompts.SelectMany(prompt => prompt.Pairs).Select(read).OfType<ClipOutcome>().Where(clip => vectors.ContainsKey(clip.File)).Select(clip => vectors[clip.File])];

    /// <summary>The study's table with A in the place of raw and B in that of refined.</summary>
    private static ReportTable Scores(string heading, StudyTable table)
    {
        var cells = StudyTableText.Cells(table, StudyTableText.Full);
        return new ReportTable(
            heading,
            "Paired by prompt; the difference is B − A.",
            [.. cells[0].Select(header => header
                .Replace("raw mean", "A mean", StringComparison.Ordinal)
                .Replace("refined mean", "B mean", StringComparison.Ordinal)
                .Replace("gained", "B higher", StringComparison.Ordinal))],
            [.. cells.Skip(1)],
            [.. StudyTableText.Notes(table).Select(note => note.Replace("the raw scores", "A's scores", StringComparison.Ordinal))]);
    }
}
