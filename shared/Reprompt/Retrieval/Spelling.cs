namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>Whether one word is probably a misspelling of another.</summary>
internal static class Spelling
{
    /// <summary>Shorter words have too many neighbours: "steam" is no "steak".</summary>
    private const int FewestLetters = 6;

    /// <summary>From this length on two slips are believed, below one. Ours.</summary>
    private const int LongWord = 8;

    /// <summary>The share of common 3-grams from which on two words look alike: "better" is no "butter". Ours.</summary>
    private const double Alike = 0.6;

    /// <summary>0 for another word, 1 for the same, and in between the share of letters that are right.</summary>
    public static double Closeness(string written, string meant)
    {
        if (written == meant) return 1;
        if (written.Length < FewestLetters || meant.Length < FewestLetters || written[0] != meant[0]) return 0;
        var most = Math.Min(written.Length, meant.Length) >= LongWord ? 2 : 1;
        if (Math.Abs(written.Length - meant.Length) > most || Likeness(written, meant) < Alike) return 0;
        var slips = Slips(written, meant);
        return slips <= most ? 1 - ((double)slips / Math.Max(written.Length, meant.Length)) : 0;
    }

    /// <summary>Dice's coefficient of the 3-grams.</summary>
    private static double Likeness(string one, string two)
    {
        var grams = Bm25Index.Grams(one).ToHashSet(StringComparer.Ordinal);
        var others = Bm25Index.Grams(two).ToHashSet(StringComparer.Ordinal);
        return 2.0 * grams.Count(others.Contains) / (grams.Count + others.Count);
    }

    /// <summary>Letters to change, add, drop, or swap with their neighbour (optimal string alignment).</summary>
    private static int Slips(string one, string two)
    {
        var rows = new int[one.Length + 1, two.Length + 1];
        for (var i = 0; i <= one.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= two.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= one.Length; i++)
        {
            for (var j = 1; j <= two.Length; j++)
            {
                var changed = rows[i - 1, j - 1] + (one[i - 1] == two[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(changed, 1 + Math.Min(rows[i - 1, j], rows[i, j - 1]));
                if (i > 1 && j > 1 && one[i - 1] == two[j - 2] && one[i - 2] == two[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[one.Length, two.Length];
    }
}
