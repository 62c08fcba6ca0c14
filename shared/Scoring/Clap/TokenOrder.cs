namespace AudioReprompt.Scoring.Clap;

/// <summary>
/// Orders of the tokens of a square map: which place (row · size + column) stands first, second and so on; and what belongs to two tokens of
/// one window of 8 × 8 (Liu et al., "Swin Transformer", 2021, section 3.2).
/// </summary>
internal static class TokenOrder
{
    /// <summary>Tokens of a window.</summary>
    public const int WindowTokens = Window * Window;

    /// <summary>Rows of the table of biases: distances that two tokens of a window may have, in both directions.</summary>
    public const int Distances = Span * Span;

    private const int Window = HtsatConfig.WindowSize;
    private const int Span = (2 * Window) - 1;

    /// <summary>Added where two tokens must not see each other: the reference's value, which is not infinite.</summary>
    private const float Masked = -100;

    /// <summary>Row by row.</summary>
    public static IReadOnlyList<int> Rows(int size) => [.. Enumerable.Range(0, size * size)];

    /// <summary>Window by window, after the map was rolled up and left; row by row among the windows and within.</summary>
    /// <param name="shift">By how many tokens.</param>
    public static IReadOnlyList<int> Windows(int size, int shift)
    {
        var order = new int[size * size];
        for (var i = 0; i < order.Length; i++)
        {
            var (row, column) = Rolled(size, i / WindowTokens, i % WindowTokens);
            order[i] = ((row + shift) % size * size) + ((column + shift) % size);
        }

        return order;
    }

    /// <summary>The four tokens that each token of a map of half the size is made from: (0, 0), (1, 0), (0, 1), (1, 1) in rows and columns.</summary>
    /// <param name="merged">The order of the smaller map.</param>
    /// <param name="size">Of the larger one.</param>
    public static IReadOnlyList<int> Neighbours(IReadOnlyList<int> merged, int size)
    {
        var half = size / 2;
        return [.. merged.SelectMany(place => (int[])[0, size, 1, size + 1], (place, step) => (2 * (place / half) * size) + (2 * (place % half)) + step)];
    }

    /// <summary>For each token of the one order, where it stands in the other.</summary>
    public static IReadOnlyList<int> Moves(IReadOnlyList<int> from, IReadOnlyList<int> to)
    {
        var standing = new int[from.Count];
        for (var i = 0; i < standing.Length; i++) standing[from[i]] = i;
        return [.. to.Select(place => standing[place])];
    }

    /// <summary>The row of the table of biases for two tokens of a window.</summary>
    public static int Distance(int from, int to) =>
        (((from / Window) - (to / Window) + Window - 1) * Span) + ((from % Window) - (to % Window) + Window - 1);

    /// <summary>Whether two tokens of a window see each other: those that only rolling brought together do not.</summary>
    public static float Mask(int size, int shift, int window, int from, int to)
    {
        if (shift == 0) return 0;
        var (one, other) = (Rolled(size, window, from), Rolled(size, window, to));
        return Region(size, shift, one.Row) == Region(size, shift, other.Row) && Region(size, shift, one.Column) == Region(size, shift, other.Column) ? 0 : Masked;
    }

    private static (int Row, int Column) Rolled(int size, int window, int token)
    {
        var across = size / Window;
        return ((window / across * Window) + (token / Window), (window % across * Window) + (token % Window));
    }

    private static int Region(int size, int shift, int place) => place < size - Window ? 0 : place < size - shift ? 1 : 2;
}
