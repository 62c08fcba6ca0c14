namespace AudioReprompt.Configuration;

/// <summary>The key that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary>Nobody mistypes a longer name; comparing costs its length times all keys.</summary>
    private const int MaximumLength = 64;

    /// <summary>The nearest of the paths to an unknown one, also where only the section is wrong; null when none is near.</summary>
    public static string? Nearest(string keyPath, IEnumerable<string> candidates)
    {
        if (keyPath.Length > MaximumLength) return null;
        var name = keyPath.ToLowerInvariant().Replace('-', '_');
        var best = candidates.MinBy(candidate => Distance(name, candidate));
        return best is not null && Distance(name, best) <= 1 + LastKey(name).Length / 4 ? best : null;
    }

    /// <summary>A wrong section counts as one mistake, however different its name.</summary>
    private static int Distance(string name, string candidate) =>
        Math.Min(Edits(name, candidate), 1 + Edits(LastKey(name), LastKey(candidate)));

    private static string LastKey(string keyPath) => keyPath[(keyPath.LastIndexOf('.') + 1)..];

    /// <summary>Characters to insert, remove, replace or swap with their neighbour (optimal string alignment).</summary>
    private static int Edits(string left, string right)
    {
        var edits = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++) edits[i, 0] = i;
        for (var j = 0; j <= right.Length; j++) edits[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = edits[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, 1 + Math.Min(edits[i - 1, j], edits[i, j - 1]));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }

        return edits[left.Length, right.Length];
    }
}
