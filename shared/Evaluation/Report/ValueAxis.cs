using System.Globalization;

namespace AudioReprompt.Evaluation.Report;

/// <summary>An axis from one tick to another, its steps 1, 2 or 5 times a power of ten.</summary>
/// <param name="Ticks">Ascending, at least two; the first and the last are the ends of the axis.</param>
/// <param name="Step">Between two ticks.</param>
internal sealed record ValueAxis(IReadOnlyList<double> Ticks, double Step)
{
    public double Low => Ticks[0];

    public double High => Ticks[^1];

    /// <param name="low">The smallest value shown.</param>
    /// <param name="high">The largest.</param>
    /// <param name="most">Steps, at least 1; there are at least two fifths as many unless rounding outwards adds one.</param>
    /// <param name="smallestStep">1 for counts.</param>
    public static ValueAxis Covering(double low, double high, int most, double smallestStep = 0)
    {
        if (high - low <= 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            // One value only: as much room on either side as it is large.
            var room = low == 0 ? 1 : Math.Abs(low) / 2;
            (low, high) = (low - room, high + room);
        }

        var step = Math.Max(smallestStep, NiceStep((high - low) / most));
        var first = Math.Floor((low / step) + 1e-9);
        var last = Math.Max(first + 1, Math.Ceiling((high / step) - 1e-9));
        return new ValueAxis([.. Enumerable.Range(0, (int)(last - first) + 1).Select(index => Multiple(first + index, step))], step);
    }

    /// <summary>The smallest of 1, 2, 5 times a power of ten that is at least <paramref name="step"/>.</summary>
    public static double NiceStep(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        var part = step / power;
        return power * (part <= 1 + 1e-9 ? 1 : part <= 2 + 1e-9 ? 2 : part <= 5 + 1e-9 ? 5 : 10);
    }

    /// <summary>The largest of 1, 2, 5 times a power of ten that is at most <paramref name="step"/>; 0 of 0.</summary>
    public static double NiceStepWithin(double step)
    {
        if (step == 0) return 0;
        var above = NiceStep(step);

        // 0.4 times a nice number, rounded up, is the next lower one: 1 → 0.5, 2 → 1, 5 → 2.
        return above <= step * (1 + 1e-9) ? above : NiceStep(0.4 * above);
    }

    /// <summary>With as many decimals as the step has, and a minus sign rather than a hyphen.</summary>
    public string Label(double tick)
    {
        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(Step) + 1e-9));
        var text = tick.ToString($"F{Math.Min(decimals, 15)}", CultureInfo.InvariantCulture);
        if (tick == 0) text = text.TrimStart('-');
        return text.Replace('-', '−');
    }

    /// <summary>Where a value lies between <paramref name="atLow"/> and <paramref name="atHigh"/>.</summary>
    public double Place(double value, double atLow, double atHigh) => atLow + ((value - Low) / (High - Low) * (atHigh - atLow));

    /// <summary>0.3 rather than 3 · 0.1 = 0.30000000000000004.</summary>
    private static double Multiple(double count, double step) => step < 1 ? count / Math.Round(1 / step) : count * step;
}
