using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Cli.Evaluation;

/// <summary>Everyday prompts with the taste that people read in them. See <c>data/README.md</c>.</summary>
internal static class EvaluationSet
{
    /// <summary>Below the folder <c>data/</c>.</summary>
    public const string File = "evaluation/refine.psv";

    /// <summary>What nothing edible is labelled.</summary>
    public const string Neutral = "neutral";

    /// <summary>All labels, in the order of the reports.</summary>
    public static readonly string[] Labels = ["sweet", "sour", "salty", "bitter", "umami", "spicy", Neutral];

    /// <exception cref="InvalidDataException">Missing or broken; names the file and the line.</exception>
    public static IReadOnlyList<LabelledPrompt> Load(string dataFolder) =>
        Table.Read(dataFolder, File, "prompt", "language", "taste", "tags").ConvertAll(row => new LabelledPrompt(
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
