namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>
/// Plurals of English names, and comparatives of descriptive words. The rules are wide rather than exact: a form that no one writes
/// does no harm, one that is missing does.
/// </summary>
internal static class EnglishForms
{
    private const double Comparative = 1.1;
    private const double Superlative = 1.25;
    private static readonly string[] Links = [" of ", " and ", " with ", " in ", " on "];

    /// <param name="form">Folded, one or more words.</param>
    /// <param name="descriptor">A word like "sweet", which has degrees and a noun.</param>
    /// <returns>Other forms of it and how strong each is.</returns>
    public static IEnumerable<Inflection> Of(string form, bool descriptor)
    {
        if (descriptor) return form.Contains(' ') ? [] : Degrees(form);
        var head = form.Length;
        foreach (var link in Links)
        {
            var at = form.IndexOf(link, StringComparison.Ordinal);
            if (at > 0) head = Math.Min(head, at);
        }

        return Numbers(form[..head]).Select(number => new Inflection(number + form[head..], 1));
    }

    private static IEnumerable<string> Numbers(string noun)
    {
        if (noun.Length < 3) yield break;
        if (noun is [.., not 's', 's']) yield return noun[..^1];
        if (noun.EndsWith('y') && !IsVowel(noun[^2])) yield return noun[..^1] + "ies";
        else if (noun is [.., 'c' or 's', 'h'] or [.., 's' or 'x' or 'z']) yield return noun + "es";
        else yield return noun + "s";
        if (noun.EndsWith('o')) yield return noun + "es";
    }

    private static IEnumerable<Inflection> Degrees(string word)
    {
        if (word.Length < 3) yield break;
        var stem = word[^1] switch
        {
            'y' => word[..^1] + "i",
            'e' => word[..^1],
            _ => word,
        };
        yield return new(stem + "er", Comparative);
        yield return new(stem + "est", Superlative);
        if (!IsVowel(word[^1]) && IsVowel(word[^2]) && word.Length == 3)
        {
            yield return new(word + word[^1] + "er", Comparative);
            yield return new(word + word[^1] + "est", Superlative);
        }

        yield return new((word[^1] == 'y' ? stem : word) + "ness", 1);
    }

    private static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u';
}
