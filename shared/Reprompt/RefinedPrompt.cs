namespace AudioReprompt.Reprompt;

/// <summary>
/// A sentence about food turned into a musical prompt.
/// </summary>
/// <param name="Text">What a text-to-music model reads: English, 20–60 words, with instruments and a tempo.</param>
/// <param name="Plan">The same intent as numbers; the composer plays it, and <paramref name="Text"/> never contradicts it.</param>
/// <param name="Profile">What was tasted in the sentence.</param>
/// <param name="Explanation">Which words gave which taste, and which finding led to which musical choice.</param>
public sealed record RefinedPrompt(string Text, MusicalPlan Plan, TasteProfile Profile, Explanation Explanation);

/// <summary>Weights 0…1 by dimension; a dimension that the sentence does not touch is absent.</summary>
/// <param name="Tastes">Keys: <c>sweet, sour, salty, bitter, umami, spicy</c>.</param>
/// <param name="Textures">Keys: <c>creamy, rough, crunchy, soft</c> and what later knowledge adds.</param>
/// <param name="Temperature">−1 iced … 1 hot; 0 where the sentence does not say.</param>
/// <param name="Valence">−1 unpleasant … 1 pleasant.</param>
/// <param name="Arousal">−1 calm … 1 excited.</param>
public sealed record TasteProfile(
    IReadOnlyDictionary<string, double> Tastes,
    IReadOnlyDictionary<string, double> Textures,
    double Temperature,
    double Valence,
    double Arousal)
{
    private static readonly Dictionary<string, double> None = [];

    /// <summary>What it smells and tastes of beyond the tastes: <c>smoky</c>, <c>floral</c> and what <c>data/impressions.psv</c> lists.</summary>
    public IReadOnlyDictionary<string, double> Flavours { get; init; } = None;

    /// <summary>What the body does: <c>mouth-watering</c>, <c>burning</c> …</summary>
    public IReadOnlyDictionary<string, double> Body { get; init; } = None;

    /// <summary>The feelings that most people tie to the food: <c>comfort</c>, <c>nostalgia</c> …</summary>
    public IReadOnlyDictionary<string, double> Emotions { get; init; } = None;

    /// <summary>What it looks like: <c>amber</c>, <c>green</c> …</summary>
    public IReadOnlyDictionary<string, double> Colours { get; init; } = None;

    /// <summary>
    /// 0…1: how sure <see cref="DominantTaste"/> is. Low where two tastes are nearly as strong, where a word was misspelled or only
    /// described, or where most of the sentence is unknown.
    /// </summary>
    public double Confidence { get; init; }

    /// <summary>Nothing edible, no mood.</summary>
    public static TasteProfile Neutral { get; } =
        new(new Dictionary<string, double>(), new Dictionary<string, double>(), 0, 0, 0);

    /// <summary>The taste of the greatest weight, or <c>neutral</c>. Ties go to the alphabetically first, so that the answer is stable.</summary>
    public string DominantTaste => Tastes.Count == 0
        ? "neutral"
        : Tastes.OrderByDescending(taste => taste.Value).ThenBy(taste => taste.Key, StringComparer.Ordinal).First().Key;
}

/// <summary>Why the music is as it is, for machines and for people.</summary>
/// <param name="Curator">
/// Who wrote the text: <c>llm (MODEL)</c>; <c>offline</c>; <c>offline: REASON</c> where the language model should have and its text could
/// not be used; <c>none</c> where the caller asked for no refinement.
/// </param>
/// <param name="Language">Of the prompt and of <paramref name="Summary"/>: <c>en</c> or <c>es</c>.</param>
/// <param name="Summary">One readable paragraph.</param>
/// <param name="Words">What was understood in the sentence, in its order.</param>
/// <param name="Choices">What follows for the music.</param>
public sealed record Explanation(
    string Curator,
    string Language,
    string Summary,
    IReadOnlyList<WordFinding> Words,
    IReadOnlyList<MusicalChoice> Choices)
{
    public static Explanation Empty { get; } = new("none", "en", "", [], []);
}

/// <summary>A word of the prompt and what it means to the palate.</summary>
/// <param name="Word">As the user wrote it.</param>
/// <param name="Start">Index of its first UTF-16 code unit in the prompt.</param>
/// <param name="Dimensions">Dimension → weight, such as <c>spicy</c> → 0.8; a negated word has negative weights.</param>
public sealed record WordFinding(string Word, int Start, IReadOnlyDictionary<string, double> Dimensions);

/// <summary>One parameter of the plan and the finding behind it.</summary>
/// <param name="Parameter">Name in the plan, such as <c>articulation</c>.</param>
/// <param name="Value">As a person would say it, such as <c>staccato</c>.</param>
/// <param name="Because">The finding, such as <c>salty goes with staccato</c>.</param>
/// <param name="Source">The publication, or <c>ours</c> for a value that no study gives.</param>
public sealed record MusicalChoice(string Parameter, string Value, string Because, string Source);
