using System.Globalization;
using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Understanding;

/// <summary>
/// Several dishes and how much there is of each: "90 % pretzels, 10 % honey", "mostly coffee", "a sip of espresso". Half of the meal
/// counts fully, less in proportion; where one dish is more than half, the others get what it leaves. Ours.
/// </summary>
internal static class Shares
{
    private const double Half = 0.5;

    /// <returns>
    /// The share and how many words say it, when one begins at <paramref name="position"/>: "90 %", "ninety percent", "three quarters",
    /// "half of", "un tercio de".
    /// </returns>
    public static (double Share, int Words)? Read(TokenizedPrompt text, int position, Quantities quantities)
    {
        var (number, words) = ReadNumber(text, position, quantities);
        if (words > 0 && text.Prompt.AsSpan(text[position + words - 1].End).TrimStart() is ['%', ..]) return Shared(number / 100, words);
        var unit = Unit(QuantityKind.Percent);
        if (words > 0 && unit is var (hundredth, percentWords)) return Shared(number * hundredth, words + percentWords);
        if (Unit(QuantityKind.Part) is not var (part, partWords)) return null;

        // "a third glass", "un cuarto oscuro": one of something is a part only where it is one of a whole.
        var certain = words > 0 ? number > 1 || IsOf(text, position + words + partWords) : part == Half && IsOf(text, position + partWords);
        return certain ? Shared((words > 0 ? number : 1) * part, words + partWords) : null;

        (double Value, int TokenCount)? Unit(QuantityKind kind) => quantities.Find(text, position + words, kind);
    }

    /// <summary>
    /// Scales every food by its share. What is taken away stays taken away, a mood or a place has no share, and a word for a taste or a
    /// texture has one only where it stands beside the food that it is about ("ten percent salted butter", "un poco de queso salado").
    /// </summary>
    public static void Apply(List<Mention> mentions)
    {
        if (mentions.All(mention => mention.Share is null)) return;
        Attach(mentions);
        var stated = mentions.Where(HasShare).Max(mention => mention.Share) ?? 0;
        var unstated = Math.Min(Half, 1 - stated);
        // A spoonful of honey is little beside a lemon, and all there is by itself.
        var whole = mentions.Where(HasShare).All(mention => mention.Share is not null) ? Math.Min(stated, Half) : Half;
        for (var index = 0; index < mentions.Count; index++)
        {
            var mention = mentions[index];
            if (HasShare(mention)) mentions[index] = mention with { Scale = mention.Scale * Math.Min((mention.Share ?? unstated) / whole, 1) };
        }
    }

    private static bool HasShare(Mention mention) =>
        mention.Effect == MentionEffect.Adds && (mention.Entry.Kind == EntryKind.Food || (mention.Share is not null && !mention.Entry.IsContext));

    /// <summary>"Ten percent salted butter": one share for both words. "Queso salado": the adjective's share is its noun's.</summary>
    private static void Attach(List<Mention> mentions)
    {
        for (var index = 1; index < mentions.Count; index++)
        {
            var (before, mention) = (mentions[index - 1], mentions[index]);
            if (before.Share is null || mention.Share is not null || before.Token + before.TokenCount != mention.Token) continue;
            var describes = mention.Entry.Kind is EntryKind.Taste or EntryKind.Texture;
            var described = before.Entry.Kind is EntryKind.Taste or EntryKind.Texture && mention.Entry.Kind == EntryKind.Food;
            if (describes || described) mentions[index] = mention with { Share = before.Share };
        }
    }

    private static (double Share, int Words)? Shared(double share, int words) => share is > 0 and <= 1 ? (share, words) : null;

    /// <summary>Digits, or words that add up: "eighty five", "ochenta y cinco". No words where there is no number.</summary>
    private static (double Number, int Words) ReadNumber(TokenizedPrompt text, int position, Quantities quantities)
    {
        if (int.TryParse(text.Folded(position, 1), NumberStyles.None, CultureInfo.InvariantCulture, out var digits)) return (digits, 1);
        double sum = 0;
        var words = 0;
        while (quantities.Find(text, Next(), QuantityKind.Number) is var (value, count))
        {
            words = Next() - position + count;
            sum += value;
        }

        return (sum, words);

        int Next() => position + words + (words > 0 && IsWord(text, position + words, "y") ? 1 : 0);
    }

    private static bool IsOf(TokenizedPrompt text, int position) =>
        IsWord(text, position, "of") || IsWord(text, position, "de") || IsWord(text, position, "del");

    private static bool IsWord(TokenizedPrompt text, int position, ReadOnlySpan<char> word) =>
        position < text.Count && text.Folded(position, 1).SequenceEqual(word);
}
