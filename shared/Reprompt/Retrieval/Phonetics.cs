using System.Text;
using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>
/// What a word sounds like, so that spellings by ear are one word: "coffee" and "cofee", "champiñón" and "chanpiñon". Only what the
/// spelling rules of the language leave open is folded; the rules are common knowledge, the choice is ours.
/// </summary>
internal static class Phonetics
{
    /// <param name="word">Folded, one word.</param>
    public static string KeyOf(string word, Language language)
    {
        var key = new StringBuilder(word.Length);
        for (var index = 0; index < word.Length;)
        {
            var (sound, letters) = language == Language.English ? English(word, index) : Spanish(word, index);
            // A doubled consonant sounds like one; a doubled vowel does not.
            if (sound.Length != 1 || key.Length == 0 || key[^1] != sound[0] || IsVowel(sound[0])) key.Append(sound);
            index += letters;
        }

        // "potatoe", "choclat": what is not heard at the end.
        if (language == Language.English && key is [_, _, _, .., 'e']) key.Length--;
        return key.ToString();
    }

    private static (string Sound, int Letters) English(string word, int index) => Rest(word, index) switch
    {
        ['p', 'h', ..] => ("f", 2),
        ['c', 'k', ..] => ("k", 2),
        ['c', 'h', ..] => ("C", 2),
        ['s', 'h', ..] => ("S", 2),
        ['t', 'h', ..] => ("T", 2),
        ['w', 'h', ..] => ("w", 2),
        ['q', 'u', ..] => ("kw", 2),
        ['c', 'e' or 'i' or 'y', ..] => ("s", 1),
        ['c', ..] => ("k", 1),
        ['z', ..] => ("s", 1),
        ['x', ..] => ("ks", 1),
        ['y', ..] when index > 0 => ("i", 1),
        ['e', 'i', ..] or ['i', 'e', ..] => ("i", 2),
        [var letter, ..] => (letter.ToString(), 1),
        _ => ("", 1),
    };

    private static (string Sound, int Letters) Spanish(string word, int index) => Rest(word, index) switch
    {
        ['c', 'h', ..] => ("C", 2),
        ['x', ..] => ("C", 1),
        ['h', ..] => ("", 1),
        ['v', ..] => ("b", 1),
        ['q', 'u', ..] => ("k", 2),
        ['c', 'e' or 'i', ..] => ("s", 1),
        ['z', ..] => ("s", 1),
        ['c' or 'q', ..] => ("k", 1),
        ['l', 'l', ..] => ("y", 2),
        ['g', 'u', 'e' or 'i', ..] => ("g", 2),
        ['g', 'e' or 'i', ..] => ("j", 1),
        ['m', 'p' or 'b' or 'v', ..] => ("n", 1),
        [var letter, ..] => (letter.ToString(), 1),
        _ => ("", 1),
    };

    private static ReadOnlySpan<char> Rest(string word, int index) => word.AsSpan(index);

    private static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u';
}
