using System.Globalization;

namespace AudioReprompt.Reprompt.Understanding;

/// <summary>
/// Several dishes and how much there is of each: "90 % pretzels, 10 % honey", "mostly coffee", "a sip of espresso". Half of the meal
/// counts fully, less in proportion; where one dish is more than half, the others get what it leaves. Ours.
/// </summary>
internal static class Shares
{
    private const double Half = 0.5;

    /// <returns>The share and how many words say it, when a percentage stands at <paramref name="position"/>.</returns>
    public static (double Share, int Words)? ReadPercent(TokenizedPrompt text, int position)
    {
        if (!int.TryParse(text.Folded(position, 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) || percent is < 1 or > 100) return null;
        if (text.Prompt.AsSpan(text[position].End).TrimStart() is ['%', ..]) return (percent / 100.0, 1);
        if (Follows(text, position, "percent")) return (percent / 100.0, 2);
        return Follows(text, position, "por ciento") ? (percent / 100.0, 3) : null;
    }

    /// <summary>Scales every food by its share. What is taken away stays taken away, and a mood or a place has no share.</summary>
    public static void Apply(List<Mention> mentions)
    {
        var largest = mentions.Max(mention => mention.Share) ?? 0;
        if (mentions.All(mention => mention.Share is null)) return;
        for (var index = 0; index < mentions.Count; index++)
        {
            var mention = mentions[index];
            if (mention.Entry.IsContext || mention.Effect != MentionEffect.Adds) continue;
            var share = mention.Share ?? Math.Min(Half, 1 - largest);
            mentions[index] = mention with { Scale = mention.Scale * Math.Min(share / Half, 1) };
        }
    }

    private static bool Follows(TokenizedPrompt text, int position, string words)
    {
        var count = words.Count(' '.Equals) + 1;
        return position + count < text.Count && text.Folded(position + 1, count).SequenceEqual(words);
    }
}
