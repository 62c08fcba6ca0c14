namespace AudioReprompt.Evaluation.Studies;

/// <summary><c>results.csv</c>: a row for each prompt and seed, in the order of the prompts.</summary>
public static class ResultTable
{
    private static readonly string[] Header =
    [
        "id", "taste", "taste_read", "number", "seed", "score_raw", "score_refined", "difference", "reason", "language", "curator", "instruments",
        "prompt", "refined_prompt", "audio_raw", "audio_refined", "sha256_raw", "sha256_refined",
    ];

    public static string Write(IReadOnlyList<PromptOutcome> prompts) => CsvText.Write(Header, prompts.SelectMany(prompt => prompt.Pairs.Select(pair => Row(prompt, pair))));

    private static IReadOnlyList<string> Row(PromptOutcome prompt, ClipPair pair) =>
    [
        prompt.Id,
        prompt.Taste,
        prompt.TasteRead,
        CsvText.Exact(pair.Repeat),
        CsvText.Exact(pair.Seed),
        CsvText.Exact(pair.Raw?.Score),
        CsvText.Exact(pair.Refined?.Score),
        CsvText.Exact(pair.Difference),
        pair.Difference is null ? (prompt with { Pairs = [pair] }).WhyNone : "",
        prompt.Language,
        prompt.Curator,
        string.Join(' ', prompt.Instruments),
        prompt.Prompt,
        prompt.RefinedText,
        pair.Raw?.File ?? "",
        pair.Refined?.File ?? "",
        pair.Raw?.Sha256 ?? "",
        pair.Refined?.Sha256 ?? "",
    ];
}
