using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Cli.Evaluation;

/// <summary>Everyday prompts with the taste that people read in them. See <c>data/README.md</c>.</summary>
internal static class EvaluationSet
{
    /// <summary>Below the folder <c>data/</c>: the set that rules may be tuned to.</summary>
    public const string Known = "evaluation/refine.psv";

    /// <summary>Below the folder <c>data/</c>: the set of another hand.</summary>
    public const string Blind = "evaluation/refine-blind.psv";

    /// <summary>Of a third hand, which saw neither; below the folder <c>data/</c>.</summary>
    public const string Third = "evaluation/refine-third.psv";

    /// <summary>What nothing edible is labelled.</summary>
    public const string Neutral = "neutral";

    /// <summary>All labels, in the order of the reports.</summary>
    public static readonly string[] Labels = ["sweet", "sour", "salty", "bitter", "umami", "spicy", Neutral];

    /// <param name="folder">In which <paramref name="file"/> lies.</param>
    /// <exception cref="InvalidDataException">Missing or broken; names the file and the line.</exception>
    public static IReadOnlyList<LabelledPrompt> Load(string folder, string file) =>
        Table.Read(folder, file, "prompt", "language", "taste", "tags").ConvertAll(row => new LabelledPrompt(
            row.Text("prompt"),
            row.Text("language"),
            Labels.Contains(row.Text("taste"))
                ? row.Text("taste")
                : throw row.Error($"has \"{row.Text("taste")}\" in taste; allowed are {string.Join(", ", Labels)}."),
            row.Optional("tags").Length == 0 ? [] : row.List("tags")));
}

/// <param name="Language"><c>en</c>, <c>es</c> or <c>mixed</c>.</param>
/// <param name="Taste">The dominant one.</param>
/// <param name="Tags">What else is said in it or how, such as <c>negation</c>.</param>
internal sealed record LabelledPrompt(string Prompt, string Language, string Taste, IReadOnlyList<string> Tags);
