using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AudioReprompt.Cli.Bench;
using Spectre.Console;

namespace AudioReprompt.Cli.Evaluation;

/// <summary>How many of a group.</summary>
internal sealed record Share(string Name, int Count, int Of)
{
    public double Percent => Of == 0 ? 0 : Math.Round(100.0 * Count / Of, 1);

    public override string ToString() => $"{Name}: {Count} of {Of}";
}

/// <summary>A prompt that was read otherwise than people read it.</summary>
/// <param name="Read">The dominant taste that the refiner saw.</param>
/// <param name="Tastes">The weights behind it.</param>
/// <param name="Words">What was understood.</param>
internal sealed record Miss(
    string Prompt, string Language, string Taste, IReadOnlyList<string> Tags, string Read, IReadOnlyDictionary<string, double> Tastes, IReadOnlyList<string> Words)
{
    public static Miss Of(Outcome outcome)
    {
        var (prompt, refined) = (outcome.Prompt, outcome.Refined);
        return new Miss(
            prompt.Prompt,
            prompt.Language,
            prompt.Taste,
            prompt.Tags,
            refined.Profile.DominantTaste,
            refined.Profile.Tastes,
            [.. refined.Explanation.Words.Select(word => word.Word)]);
    }
}

/// <param name="What">Word and value.</param>
internal sealed record Contradiction(string Prompt, string Text, string What);

/// <summary>All that the evaluation of the refinement found.</summary>
internal sealed record RefineEvaluationReport
{
    /// <summary>The file of the prompts.</summary>
    public required string Set { get; init; }

    public required int Prompts { get; init; }
    public required IReadOnlyList<Measurement> Goals { get; init; }
    public required IReadOnlyList<Share> ByTaste { get; init; }
    public required IReadOnlyList<Share> ByLanguage { get; init; }

    /// <summary>A prompt counts for each of its tags.</summary>
    public required IReadOnlyList<Share> ByTag { get; init; }

    /// <summary>Label → what was read → how many.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> Confusion { get; init; }

    /// <summary>Label → parameter of the plan → mean.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Means { get; init; }

    public required IReadOnlyList<Direction> Directions { get; init; }

    /// <summary>Different texts by label.</summary>
    public required IReadOnlyList<Share> Distinct { get; init; }

    public required IReadOnlyList<Contradiction> Contradictions { get; init; }
    public required IReadOnlyList<Miss> Misses { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Readable.RefineEvaluationReport);

    /// <param name="misses">Whether each is listed.</param>
    public void Print(bool misses)
    {
        var console = Terminal.Open();
        console.WriteLine($"{Prompts} labelled prompts of {Set}");
        console.WriteLine();
        console.Write(BenchReport.TableOf(Goals));
        console.Section("Dominant taste right, by taste", Of(ByTaste, "taste"));
        console.Section("by language", Of(ByLanguage, "language"));
        console.Section("by tag", Of(ByTag, "tag"));
        console.Section("Label (down) and what was read (across)", OfConfusion());
        console.Section("Mean of the plans by label", OfMeans());
        console.Section($"Published directions (one-sided permutation test, met: p ≤ {Invariant(DirectionCheck.HighestP)})", OfDirections());
        console.Section("Distinct texts, by taste", Of(Distinct, "taste"));
        if (Contradictions.Count > 0) console.Section("Texts that contradict their plan", OfContradictions());
        if (misses && Misses.Count > 0) console.Section("Misses", OfMisses());
        if (!misses && Misses.Count > 0) console.WriteLine($"{Misses.Count} misses; --misses lists them.");
    }

    private static Table Of(IReadOnlyList<Share> shares, string name)
    {
        var table = Terminal.NewTable(name, "share", "count", "of");
        foreach (var share in shares) table.Add(share.Name, $"{Invariant(share.Percent)} %", Invariant(share.Count), Invariant(share.Of));
        return table;
    }

    private Table OfConfusion()
    {
        var table = Terminal.NewTable(["", .. EvaluationSet.Labels]);
        foreach (var (label, row) in Confusion) table.Add([label, .. EvaluationSet.Labels.Select(read => row[read] == 0 ? "" : Invariant(row[read]))]);
        return table;
    }

    private Table OfMeans()
    {
        var table = Terminal.NewTable(["", .. Finding.Parameters.Keys]);
        foreach (var (label, row) in Means)
            table.Add([label, .. Finding.Parameters.Keys.Select(name => row[name].ToString(name == "tempo_bpm" ? "0" : "0.00", CultureInfo.InvariantCulture))]);
        return table;
    }

    private Table OfDirections()
    {
        var table = Terminal.NewTable("group", "parameter", "published", "mean", "against", "mean of those", "p", "verdict", "source");
        foreach (var direction in Directions)
        {
            table.Add(
                $"{direction.Group} ({direction.Size})",
                direction.Parameter,
                direction.Sign > 0 ? "more" : "less",
                Invariant(direction.Mean),
                $"{direction.Against} ({direction.OtherSize})",
                Invariant(direction.OtherMean),
                direction.P.ToString("0.0000", CultureInfo.InvariantCulture),
                direction.Met ? "met" : "missed",
                direction.Source);
        }

        return table;
    }

    private Table OfContradictions()
    {
        var table = Terminal.NewTable("what", "text", "prompt");
        foreach (var contradiction in Contradictions) table.Add(contradiction.What, contradiction.Text, contradiction.Prompt);
        return table;
    }

    private Table OfMisses()
    {
        var table = Terminal.NewTable("label", "read", "weights", "understood", "tags", "prompt");
        foreach (var miss in Misses)
        {
            var weights = miss.Tastes.OrderByDescending(taste => taste.Value).Select(taste => $"{taste.Key} {Invariant(Math.Round(taste.Value, 2))}");
            table.Add(miss.Taste, miss.Read, string.Join(", ", weights), string.Join(", ", miss.Words), string.Join(", ", miss.Tags), miss.Prompt);
        }

        return table;
    }

    private static string Invariant(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RefineEvaluationReport))]
[JsonSerializable(typeof(Composer.ComposerReport))]
internal sealed partial class EvaluationJson : JsonSerializerContext
{
    /// <summary>Accents as they are: the misses are read by people. It is printed, never put into a page.</summary>
    public static EvaluationJson Readable =>
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
