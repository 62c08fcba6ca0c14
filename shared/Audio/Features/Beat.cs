namespace AudioReprompt.Audio.Features;

/// <summary>How clearly a tempo is heard.</summary>
public static class Beat
{
    /// <summary>How far a player's beat may lie from the planned one, as a share.</summary>
    private const double Tolerance = 0.03;

    private const double SlowestBpm = 40;
    private const double FastestBpm = 240;

    /// <returns>
    /// The autocorrelation of the novelty near one beat, one bar of two and half a beat, the largest of them, 0…1: 1 is a click track. The mean
    /// is taken off first, so noise gives about 0.
    /// </returns>
    public static double Clarity(Onsets onsets, double tempoBpm)
    {
        var novelty = onsets.Novelty;
        var mean = novelty.Count == 0 ? 0 : novelty.Average();
        var beat = 60 / tempoBpm / onsets.Hop;
        return Math.Max(0, new[] { beat / 2, beat, 2 * beat }.Max(lag => Around(novelty, mean, lag)));
    }

    /// <returns>As <see cref="Clarity"/>, at the tempo from 40 to 240 BPM at which it is largest; noise gives about 0.1 instead of 0, because the best of many is taken.</returns>
    public static double Clearest(Onsets onsets)
    {
        var novelty = onsets.Novelty;
        var mean = novelty.Count == 0 ? 0 : novelty.Average();
        var best = 0.0;
        for (var lag = (int)(60 / FastestBpm / onsets.Hop); lag <= (int)(60 / SlowestBpm / onsets.Hop); lag++)
            best = Math.Max(best, Autocorrelation(novelty, mean, lag));
        return best;
    }

    private static double Around(IReadOnlyList<float> novelty, double mean, double lag)
    {
        var best = 0.0;
        for (var at = (int)Math.Floor(lag * (1 - Tolerance)); at <= (int)Math.Ceiling(lag * (1 + Tolerance)); at++)
            best = Math.Max(best, Autocorrelation(novelty, mean, at));
        return best;
    }

    private static double Autocorrelation(IReadOnlyList<float> novelty, double mean, int lag)
    {
        if (lag < 1 || lag >= novelty.Count) return 0;
        var (both, one, other) = (0.0, 0.0, 0.0);
        for (var at = lag; at < novelty.Count; at++)
        {
            // Smeared by a hop to both sides: a player is not exact to 10 ms.
            var (now, then) = (Smeared(novelty, at) - mean, Smeared(novelty, at - lag) - mean);
            both += now * then;
            one += now * now;
            other += then * then;
        }

        return one > 0 && other > 0 ? both / Math.Sqrt(one * other) : 0;
    }

    private static double Smeared(IReadOnlyList<float> novelty, int at) =>
        Math.Max(novelty[at], Math.Max(novelty[Math.Max(0, at - 1)], novelty[Math.Min(novelty.Count - 1, at + 1)]));
}
