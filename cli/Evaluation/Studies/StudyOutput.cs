using System.Text.Json;
using AudioReprompt.Evaluation.Report;
using AudioReprompt.Evaluation.Studies;
using Spectre.Console;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>What a study leaves: files for people and for machines, and its tables on the screen.</summary>
internal static class StudyOutput
{
    /// <param name="recordings">Where the files of the pairs lie.</param>
    /// <param name="excerpts">What the page says of its players.</param>
    /// <param name="played">Pairs in the page at either end.</param>
    public static async Task WriteAsync(
        StudyFolder folder, StudyResult study, RunFacts facts, string recordings, string excerpts, int played, CancellationToken cancellationToken)
    {
        await folder.WriteAsync("results.csv", ResultTable.Write(study.Prompts), cancellationToken);
        await folder.WriteAsync(StudyFolder.Results, JsonSerializer.Serialize(study, StudyJson.Readable.StudyResult) + "\n", cancellationToken);
        await folder.WriteAsync("report.md", StudyReport.Markdown(study, facts), cancellationToken);
        var pairs = study.Prompts.SelectMany(prompt => prompt.Pairs.Where(pair => pair.Difference is not null).Select(pair => (Prompt: prompt, Pair: pair))).ToList();
        var page = StudyReport.Page(
            study,
            facts,
            [.. pairs.Where(one => one.Pair.Difference > 0).OrderByDescending(one => one.Pair.Difference).Take(played).Select(Play)],
            [.. pairs.Where(one => one.Pair.Difference < 0).OrderBy(one => one.Pair.Difference).Take(played).Select(Play)],
            excerpts);
        await folder.WriteAsync("report.html", page, cancellationToken);

        PlayedPair Play((PromptOutcome Prompt, ClipPair Pair) one) => new(
            one.Prompt, one.Pair, Excerpt.Of(Path.Combine(recordings, one.Pair.Raw!.File)), Excerpt.Of(Path.Combine(recordings, one.Pair.Refined!.File)));
    }

    public static void Print(StudyResult study, string? folder, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(study, StudyJson.Readable.StudyResult));
            return;
        }

        var console = Terminal.Open();
        console.WriteLine(StudyReport.Headline(study));
        Print(console, StudyReport.Tables(study).Take(4));
        if (folder is not null) console.WriteLine($"\n{Path.Combine(folder, "report.html")}");
    }

    public static void Print(IAnsiConsole console, IEnumerable<ReportTable> tables)
    {
        foreach (var table in tables)
        {
            console.WriteLine();
            console.WriteLine(table.Heading);
            if (table.Rows.Count == 0) console.WriteLine(table.Explanation);
            else console.Write(Of(table));
            foreach (var note in table.Notes) console.WriteLine(note);
        }
    }

    private static Table Of(ReportTable report)
    {
        var table = Terminal.NewTable([.. report.Columns]);
        foreach (var row in report.Rows) table.Add([.. row]);
        return table;
    }
}
