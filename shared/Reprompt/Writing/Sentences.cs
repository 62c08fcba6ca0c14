namespace AudioReprompt.Reprompt.Writing;

/// <summary>The ways in which a prompt text can be put.</summary>
internal static class Sentences
{
    /// <summary>How many there are.</summary>
    public const int Count = 6;

    /// <param name="Bpm">A whole number.</param>
    /// <param name="Pace">An adjective for it.</param>
    /// <param name="Mood">An adjective.</param>
    /// <param name="Mode">A mode's name.</param>
    /// <param name="Lead">The instrument with the melody.</param>
    /// <param name="Others">The other instruments.</param>
    /// <param name="Traits">Noun phrases.</param>
    public sealed record Parts(string Bpm, string Pace, string Mood, string Mode, string Lead, string Others, IReadOnlyList<string> Traits);

    /// <param name="sentence">0…<see cref="Count"/> − 1.</param>
    public static string Write(int sentence, Parts p) => sentence switch
    {
        0 => $"{Capital(WithArticle(p.Mood))} instrumental in a {p.Mode} mode, {p.Pace} at {p.Bpm} BPM: {p.Lead} with the melody over "
            + $"{p.Others}. {Capital(Listed(p.Traits))}.",
        1 => $"{Capital(p.Lead)} leading {p.Others} through {WithArticle(p.Pace)}, {p.Mood} piece at {p.Bpm} BPM in {p.Mode} tonality, "
            + $"with {Listed(p.Traits)}.",
        2 => $"{Capital(p.Pace)} {p.Mode} instrumental, {p.Bpm} BPM. Melody: {p.Lead}; accompaniment: {p.Others}. "
            + $"{Capital(Listed(p.Traits))}. {Capital(p.Mood)} feeling throughout.",
        3 => $"At {p.Bpm} BPM, {WithArticle(p.Mood)} and {p.Pace} piece with {Listed(p.Traits)}. The melody belongs to {p.Lead}, "
            + $"supported by {p.Others}, in {p.Mode} harmony.",
        4 => $"Instrumental music with {Listed(p.Traits)}: {p.Lead} in front, {p.Others} behind, {p.Mode} mode, "
            + $"{WithArticle(p.Pace)} pulse of {p.Bpm} BPM and {WithArticle(p.Mood)} character.",
        _ => $"{Capital(p.Mood)} {p.Lead} melody joined by {p.Others}, {p.Mode} mode, {p.Bpm} BPM, {p.Pace}. "
            + $"The sound: {Listed(p.Traits)}.",
    };

    /// <summary>"a", "a and b", "a, b and c".</summary>
    public static string Listed(IReadOnlyList<string> items) => items.Count switch
    {
        0 => "",
        1 => items[0],
        _ => $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}",
    };

    public static string WithArticle(string phrase) => (phrase[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an " : "a ") + phrase;

    private static string Capital(string phrase) => char.ToUpperInvariant(phrase[0]) + phrase[1..];
}
