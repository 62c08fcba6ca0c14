namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>
/// Plurals and diminutives of Spanish names, and superlatives of descriptive words. The rules are wide rather than exact: a form
/// that no one writes does no harm, one that is missing does.
/// </summary>
internal static class SpanishForms
{
    private const double Diminutive = 0.85;
    private const double Superlative = 1.3;
    private static readonly string[] SuperlativeEndings = ["o", "a", "os", "as"];
    private static readonly string[] Links = ["de", "del", "a", "al", "con", "en", "y", "la", "el", "los", "las", "por", "sin"];

    /// <param name="form">Folded, one or more words.</param>
    /// <param name="descriptor">A word like "dulce", which has degrees.</param>
    /// <returns>Other forms of it and how strong each is.</returns>
    public static IReadOnlyList<Inflection> Of(string form, bool descriptor)
    {
        var words = form.Split(' ');
        var heads = words.TakeWhile(word => !Links.Contains(word)).Count();
        if (heads == 0) return [];
        var tail = string.Concat(words[heads..].Select(word => ' ' + word));
        var rest = string.Concat(words[1..heads].Select(word => ' ' + word));
        var pluralRest = string.Concat(words[1..heads].Select(word => ' ' + Plural(word)));

        var forms = new List<Inflection> { new(Plural(words[0]) + pluralRest + tail, 1) };
        if (words[0].Length < 3) return forms;
        var smallness = descriptor ? Diminutive : 1;
        foreach (var small in Diminutives(words[0]))
        {
            forms.Add(new(small + rest + tail, smallness));
            forms.Add(new(small + "s" + pluralRest + tail, smallness));
        }

        if (!descriptor || words.Length > 1) return forms;
        var stem = HardStem(words[0]) + "isim";
        foreach (var ending in SuperlativeEndings) forms.Add(new(stem + ending, Superlative));
        return forms;
    }

    private static string Plural(string word) => word switch
    {
        [.., 'a' or 'e' or 'i' or 'o' or 'u'] => word + "s",
        [.., 'z'] => word[..^1] + "ces",
        [.., 's' or 'x'] => word,
        [.., >= 'a' and <= 'z'] => word + "es",
        _ => word,
    };

    private static IEnumerable<string> Diminutives(string word)
    {
        if (word[^1] is not (>= 'a' and <= 'z') || word[^1] is 's' or 'i' or 'u') yield break;
        var stem = HardStem(word);
        if (word[^1] != 'a') yield return stem + "ito";
        if (word[^1] != 'o') yield return stem + "ita";
        switch (word[^1])
        {
            case 'e':
                yield return word + "cito";
                yield return word + "cita";
                break;
            case 'n' or 'r':
                yield return word + "cito";
                yield return word + "cita";
                yield return word + "ecito";
                yield return word + "ecita";
                break;
        }
    }

    /// <summary>The word without its last vowel, spelt so that its last consonant sounds the same before an i.</summary>
    private static string HardStem(string word)
    {
        var stem = word[^1] is 'a' or 'e' or 'o' ? word[..^1] : word;
        return (stem, word[^1]) switch
        {
            ([.., 'c'], 'a' or 'o') => stem[..^1] + "qu",
            ([.., 'g'], 'a' or 'o') => stem + "u",
            ([.., 'z'], _) => stem[..^1] + "c",
            _ => stem,
        };
    }
}
