using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AudioReprompt.Cli.Bench;
using AudioReprompt.Scoring.Acoustic;
using Spectre.Console;

namespace AudioReprompt.Cli.Evaluation.Composer;

/// <summary>All that the evaluation of the composer found.</summary>
internal sealed record ComposerReport
{
    public required ComposerEvaluationOptions Options { get; init; }
    public required IReadOnlyList<Measurement> Goals { get; init; }

    /// <summary>Taste → what was heard, of the four → how many.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> BasicConfusion { get; init; }

    /// <summary>Taste or neutral → what was heard, of the ten → how many.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Confusion { get; init; }

    /// <summary>Taste → feature → mean z.</summary>
    public required IReadOnlyDictionary<string, Dictionary<string, double>> MeanZ { get; init; }

    [JsonIgnore]
    public IReadOnlyList<Rendering> Renderings { get; init; } = [];

    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Readable.ComposerReport);

    public void Print()
    {
        var console = Terminal.Open();
        console.WriteLine(FormattableString.Invariant($"{Options.Seeds} seeds of {TasteSet.All.Count} tastes, {Options.Seconds:0.#} s each; the listener knows the published directions only"));
        console.WriteLine();
        console.Write(BenchReport.TableOf(Goals));
        console.Section("Taste (down) and what was heard of the four basic ones (across)", Of(BasicConfusion, TasteSet.Basic));
        console.Section("Taste (down) and what was heard of ten (across)", Of(Confusion, TasteSet.Judged));
        console.Section("Musicality by taste: means, and the least key clarity", OfMusicality());
        console.Section("Mean z by taste and feature; + and − mark the published directions", OfMeans());
    }

    private static Table Of(IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> confusion, IReadOnlyList<string> among)
    {
        var table = Terminal.NewTable(["", .. among]);
        foreach (var (taste, row) in confusion)
            table.Add([taste, .. among.Select(heard => row[heard] == 0 ? "" : row[heard].ToString(CultureInfo.InvariantCulture))]);
        return table;
    }

    private Table OfMusicality()
    {
        var table = Terminal.NewTable("", "key clarity", "least", "beat clarity", "pitches");
        foreach (var taste in Renderings.GroupBy(rendering => rendering.Taste))
        {
            table.Add(
                taste.Key,
                Two(taste.Average(piece => piece.Musicality.KeyClarity)),
                Two(taste.Min(piece => piece.Musicality.KeyClarity)),
                Two(taste.Average(piece => piece.Musicality.BeatClarity)),
                taste.Average(piece => piece.Musicality.Pitches).ToString("0.0", CultureInfo.InvariantCulture));
        }

        return table;
    }

    private static string Two(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private Table OfMeans()
    {
        var table = Terminal.NewTable(["", .. PublishedDirections.Features.Keys]);
        foreach (var (taste, row) in MeanZ)
        {
            table.Add([taste, .. PublishedDirections.Features.Keys.Select(feature =>
            {
                var sign = PublishedDirections.All.FirstOrDefault(direction => direction.Taste == taste && direction.Feature == feature)?.Sign;
                return $"{Two(row[feature])}{(sign is null ? "" : sign > 0 ? " +" : " −")}";
            })]);
        }

        return table;
    }
}
