using System.Globalization;
using AudioReprompt.Statistics;

namespace AudioReprompt.Evaluation.Report;

/// <summary>How often which difference occurs; a bin never reaches over 0, so that gains and losses have a colour of their own.</summary>
public static class Histogram
{
    private const double Left = 64;
    private const double Right = 628;
    private const double Top = 34;
    private const double Bottom = 270;
    private const double Height = 320;

    /// <summary>A finer histogram shows the noise of the sample.</summary>
    private const int MostBins = 40;

    /// <param name="text">The label of the axis of values stands below.</param>
    /// <param name="differences">Refined − raw.</param>
    /// <exception cref="SampleException">One is NaN or infinite; its index is named.</exception>
    public static string Svg(FigureText text, IReadOnlyList<double> differences)
    {
        double[] values = [.. differences];
        Samples.DemandFinite(values, "differences");
        var (first, counts, width) = Bins(values);
        var axis = ValueAxis.Covering(first * width, (first + counts.Length) * width, 8);
        var frequencies = ValueAxis.Covering(0, Math.Max(1, counts.Max()), 6, smallestStep: 1);
        var drawing = new SvgDrawing(text, 640, Height, Described(values));

        drawing.ValueAxis(frequencies, text with { ValueLabel = "pairs" }, Left, Right, Top, Bottom);
        double X(double value) => axis.Place(value, Left, Right);
        foreach (var (index, count) in counts.Index())
        {
            if (count == 0) continue;
            var (from, to) = (X((first + index) * width), X((first + index + 1) * width));
            var y = frequencies.Place(count, Bottom, Top);
            drawing.Rectangle(first + index >= 0 ? "bar gained" : "bar lost", from, y, to - from, Bottom - y);
        }

        drawing.Line("axis", Left, Bottom, Right, Bottom);
        foreach (var tick in axis.Ticks)
        {
            drawing.Line("axis", X(tick), Bottom, X(tick), Bottom + 4);
            drawing.Text("tick", X(tick), Bottom + 17, axis.Label(tick));
        }

        drawing.Text("tick", (Left + Right) / 2, Height - 12, text.ValueLabel);
        if (axis.Low < 0 && axis.High > 0) drawing.Line("zero", X(0), Top, X(0), Bottom);
        if (values.Length > 0) Mean(drawing, X(values.Average()), values.Average());
        return drawing.Finish();
    }

    private static void Mean(SvgDrawing drawing, double x, double mean)
    {
        drawing.Line("mean-slope", x, Top - 4, x, Bottom);
        drawing.Text("tick", x, Top - 10, $"mean {PrintedNumber.WithSign(mean, 3).Replace('-', '−')}");
    }

    /// <summary>
    /// Of equal width, the largest nice number within 2·IQR·n^(−1/3) (Freedman and Diaconis 1981), from a multiple of it. A difference of
    /// exactly 0 is no gain, so a bin holds its upper edge and not its lower one.
    /// </summary>
    /// <returns>The number of the first bin, which begins at that many widths; the counts; the width.</returns>
    internal static (int First, int[] Counts, double Width) Bins(double[] values)
    {
        if (values.Length == 0) return (0, [0], 1);
        var sorted = values.Order().ToArray();
        var range = sorted[^1] - sorted[0];
        var width = 2 * (BoxSummary.Quantile(sorted, 0.75) - BoxSummary.Quantile(sorted, 0.25)) / Math.Cbrt(values.Length);
        width = range == 0
            ? ValueAxis.NiceStep(sorted[0] == 0 ? 1 : Math.Abs(sorted[0]) / 2)
            : Math.Max(ValueAxis.NiceStepWithin(width), ValueAxis.NiceStep(range / MostBins));

        int BinOf(double value)
        {
            // 0.15 / 0.05 is 3.0000000000000004, but the sign of a difference is never rounded away.
            var bin = (int)Math.Ceiling((value / width) - 1e-9) - 1;
            return value > 0 ? Math.Max(0, bin) : bin;
        }

        var first = BinOf(sorted[0]);
        var counts = new int[BinOf(sorted[^1]) - first + 1];
        foreach (var value in values) counts[BinOf(value) - first]++;
        return (first, counts, width);
    }

    private static string Described(double[] values)
    {
        if (values.Length == 0) return "No pairs.";
        var (gained, lost) = (values.Count(value => value > 0), values.Count(value => value < 0));
        var range = $"from {PrintedNumber.Fixed(values.Min(), 3)} to {PrintedNumber.Fixed(values.Max(), 3)}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{values.Length} pairs; {gained} gained, {lost} lost; mean {PrintedNumber.WithSign(values.Average(), 3)}, {range}.");
    }
}
