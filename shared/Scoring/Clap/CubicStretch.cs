namespace AudioReprompt.Scoring.Clap;

/// <summary>
/// Rows stretched to more of them by cubic convolution (Keys 1981, with the reference's coefficient), first on first and last on last; beyond
/// the ends the last row goes on. Every new row is a sum of four old ones, of which this is one.
/// </summary>
internal sealed class CubicStretch
{
    /// <summary>Old rows that go into a new one.</summary>
    public const int Taps = 4;

    private const double Coefficient = -0.75;

    /// <param name="from">Old rows.</param>
    /// <param name="to">New rows.</param>
    /// <param name="tap">0…3: the second before a new row's place, the one before, the one behind, the second behind.</param>
    public CubicStretch(int from, int to, int tap)
    {
        (Rows, Weights) = (new int[to], new float[to]);
        for (var row = 0; row < to; row++)
        {
            var place = (double)row * (from - 1) / (to - 1);
            var before = Math.Min((int)place, from - 1);
            Rows[row] = Math.Clamp(before + tap - 1, 0, from - 1);
            Weights[row] = (float)Kernel(Math.Abs(place - before - (tap - 1)));
        }
    }

    /// <summary>For each new row the old one.</summary>
    public int[] Rows { get; }

    /// <summary>How much of it.</summary>
    public float[] Weights { get; }

    private static double Kernel(double distance) => distance <= 1
        ? ((((Coefficient + 2) * distance) - (Coefficient + 3)) * distance * distance) + 1
        : Coefficient * ((((distance - 5) * distance) + 8) * distance - 4);
}
