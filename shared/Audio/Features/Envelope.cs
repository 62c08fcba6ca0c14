namespace AudioReprompt.Audio.Features;

/// <summary>How notes begin, last and die away.</summary>
/// <param name="Sounding">
/// Share of the time between onsets that is not silence: within 20 dB of the level that the interval reaches. 1 legato, towards 0 staccato.
/// </param>
/// <param name="AttackSeconds">Median time from an onset's foot (10 % of the amplitude) to its top (90 %).</param>
/// <param name="DecayDecibelsPerSecond">Median slope after the top, positive; large is dry and short.</param>
public sealed record Envelope(double Sounding, double AttackSeconds, double DecayDecibelsPerSecond)
{
    private const double FrameSeconds = 0.005;

    /// <summary>The flux peaks while the sound rises; its foot lies up to this much earlier.</summary>
    private const double FootSeconds = 0.07;

    private const double SilenceRatio = 0.1;
    private const double LongestAttackSeconds = 0.4;
    private const double LongestDecaySeconds = 0.5;

    /// <param name="mono"><c>[frames]</c>.</param>
    public static Envelope Of(ReadOnlySpan<float> mono, int sampleRate, IReadOnlyList<double> onsets)
    {
        var levels = Levels(mono, sampleRate);
        List<double> sounding = [], attacks = [], decays = [];

        // A sound that only swells has no onset and is one interval.
        if (onsets.Count == 0) onsets = [0];
        for (var onset = 0; onset < onsets.Count; onset++)
        {
            var start = FootOf(levels, onsets[onset]);
            var end = onset + 1 < onsets.Count ? FootOf(levels, onsets[onset + 1]) : levels.Length;
            if (end - start < 4) continue;
            var interval = levels.AsSpan(start..end);
            var reach = Math.Min(interval.Length, (int)(LongestAttackSeconds / FrameSeconds));
            var top = IndexOfMax(interval[..reach]);
            var peak = interval[top];
            if (peak <= 0) continue;
            sounding.Add((double)Count(interval, peak * SilenceRatio) / interval.Length);
            attacks.Add(AttackOf(interval, top));
            if (SlopeOf(interval, top) is { } slope) decays.Add(slope);
        }

        return new Envelope(sounding.Count == 0 ? 0 : sounding.Average(), Median(attacks), Median(decays));
    }

    /// <summary>The softest moment shortly before an onset.</summary>
    private static int FootOf(double[] levels, double onset)
    {
        var from = Math.Clamp((int)((onset - FootSeconds) / FrameSeconds), 0, levels.Length);
        var to = Math.Clamp((int)((onset + (FootSeconds / 4)) / FrameSeconds), from, levels.Length);
        var foot = from;
        for (var at = from; at < to; at++)
        {
            if (levels[at] <= levels[foot]) foot = at;
        }

        return foot;
    }

    /// <summary>RMS every 5 ms over 15 ms: shorter, and a low tone's own period would be a ripple.</summary>
    private static double[] Levels(ReadOnlySpan<float> mono, int sampleRate)
    {
        var frame = (int)(FrameSeconds * sampleRate);
        var powers = new double[mono.Length / frame];
        for (var index = 0; index < powers.Length; index++)
        {
            foreach (var sample in mono.Slice(index * frame, frame)) powers[index] += (double)sample * sample / frame;
        }

        var levels = new double[powers.Length];
        for (var index = 0; index < levels.Length; index++)
        {
            var (from, to) = (Math.Max(0, index - 1), Math.Min(powers.Length, index + 2));
            levels[index] = Math.Sqrt(powers.AsSpan(from..to).ToArray().Average());
        }

        return levels;
    }

    private static double AttackOf(ReadOnlySpan<double> interval, int top)
    {
        var high = top;
        while (high > 0 && interval[high - 1] > 0.9 * interval[top]) high--;
        var low = high;
        while (low > 0 && interval[low - 1] > 0.1 * interval[top]) low--;
        return (high - low) * FrameSeconds;
    }

    /// <returns>A straight line through the logarithms until 20 dB are gone, the interval ends or half a second is over.</returns>
    private static double? SlopeOf(ReadOnlySpan<double> interval, int top)
    {
        var longest = Math.Min(interval.Length, top + (int)(LongestDecaySeconds / FrameSeconds));
        var end = top + 1;
        while (end < longest && interval[end] > SilenceRatio * interval[top]) end++;
        var count = Math.Min(end + 1, longest) - top;
        if (count < 4) return null;
        var (meanX, meanY) = ((count - 1) / 2.0, 0.0);
        for (var index = 0; index < count; index++) meanY += Decibels(interval[top + index]) / count;
        var (above, below) = (0.0, 0.0);
        for (var index = 0; index < count; index++)
        {
            above += (index - meanX) * (Decibels(interval[top + index]) - meanY);
            below += (index - meanX) * (index - meanX);
        }

        return -above / below / FrameSeconds;
    }

    private static double Decibels(double amplitude) => 20 * Math.Log10(amplitude + 1e-9);

    private static int IndexOfMax(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var index = 1; index < values.Length; index++)
        {
            if (values[index] > values[best]) best = index;
        }

        return best;
    }

    private static int Count(ReadOnlySpan<double> values, double above)
    {
        var count = 0;
        foreach (var value in values) count += value > above ? 1 : 0;
        return count;
    }

    private static double Median(List<double> values)
    {
        if (values.Count == 0) return 0;
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
