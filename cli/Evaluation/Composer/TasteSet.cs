using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation.Composer;

/// <summary>The tastes, textures and temperatures that the composer is judged by: each alone and in full, without mood.</summary>
internal static class TasteSet
{
    public const string Neutral = "neutral";

    /// <summary>What listeners of the studies had to tell apart.</summary>
    public static IReadOnlyList<string> Basic { get; } = ["sweet", "sour", "salty", "bitter"];

    /// <summary>All that has a published direction.</summary>
    public static IReadOnlyList<string> Judged { get; } = ["sweet", "sour", "salty", "bitter", "spicy", "umami", "creamy", "crunchy", "cold", "hot"];

    public static IReadOnlyList<string> All { get; } = [.. Judged, Neutral];

    public static TasteProfile ProfileOf(string taste) => taste switch
    {
        "sweet" or "sour" or "salty" or "bitter" or "spicy" or "umami" =>
            TasteProfile.Neutral with { Tastes = new Dictionary<string, double> { [taste] = 1 } },
        "creamy" or "crunchy" => TasteProfile.Neutral with { Textures = new Dictionary<string, double> { [taste] = 1 } },
        "cold" => TasteProfile.Neutral with { Temperature = -1 },
        "hot" => TasteProfile.Neutral with { Temperature = 1 },
        _ => TasteProfile.Neutral,
    };
}
