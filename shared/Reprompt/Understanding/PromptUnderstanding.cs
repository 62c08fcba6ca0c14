using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Understanding;

/// <summary>What a mention does to the whole.</summary>
internal enum MentionEffect
{
    /// <summary>It is there.</summary>
    Adds,

    /// <summary>It is there, and no more of it is ("not too spicy").</summary>
    Limits,

    /// <summary>It is not there ("without sugar").</summary>
    Removes,
}

/// <summary>A word of the prompt that the lexicon knows.</summary>
/// <param name="Start">Index of its first UTF-16 code unit in the prompt.</param>
/// <param name="Length">In UTF-16 code units.</param>
/// <param name="Scale">How much its weights count, after modifiers.</param>
/// <param name="Share">The part of the meal that it is, where the sentence says so, 0…1.</param>
/// <param name="AboutSurroundings">A temperature that belongs to a place, a time or the weather.</param>
internal sealed record Mention(
    LexiconEntry Entry, int Token, int TokenCount, int Start, int Length, double Scale, MentionEffect Effect, bool AboutSurroundings,
    double? Share = null)
{
    /// <summary>What the entry is called, where the prompt does not name it and it was only the nearest; otherwise null.</summary>
    public string? ReadAs { get; init; }

    /// <summary>Found by the sense of the whole sentence: no word stands for it.</summary>
    public bool IsWordless => Length == 0;

    /// <summary>A weight of the entry as it counts here, at most 1.</summary>
    public double Scaled(double weight) => Math.Clamp(weight * Scale, -1, 1);
}

/// <summary>A prompt, read.</summary>
/// <param name="FoldedText">Without case, accents and punctuation: two spellings of one prompt are one.</param>
/// <param name="Mentions">In the order of the prompt.</param>
internal sealed record PromptUnderstanding(string Prompt, string FoldedText, Language Language, IReadOnlyList<Mention> Mentions)
{
    /// <summary>0…1: how many of the words that carry meaning are unknown; 0 where there are none.</summary>
    public double UnknownShare { get; init; }

    /// <summary>Whether a food, a drink, a taste, a texture or the temperature of one is there.</summary>
    public bool IsEdible => Mentions.Any(mention => !mention.Entry.IsContext && !mention.AboutSurroundings);

    /// <summary>Whether a word says what is eaten: a food, a taste or a texture.</summary>
    public bool NamesTaste => Mentions.Any(mention => mention.Entry.Kind <= EntryKind.Texture);

    public string WordOf(Mention mention) => Prompt.Substring(mention.Start, mention.Length);
}
