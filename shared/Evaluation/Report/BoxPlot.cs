using System.Globalization;
using AudioReprompt.Statistics;

namespace AudioReprompt.Evaluation.Report;

/// <summary>Raw beside refined, a pair of boxes for each group, every score a point, the means as diamonds.</summary>
public static class BoxPlot
{
    private const double Left = 64;
    private const double Top = 54;
    private const double Height = 380;
    private const double Bottom = Height - 44;
    private const double NarrowestGroup = 96;
    private const double NarrowestFigure = 640;
    private const double BoxWidth = 26;
    private const double BoxDistance = 34;

    /// <summary>More points than this are a blot; then the outliers alone are shown.</summary>
    private const int MostPoints = 150;

    /// <exception cref="SampleException">A score is NaN or infinite.</exception>
    /// <returns>An <c>svg</c> element. A group without scores keeps its place and says n = 0.</returns>
    public static string Svg(FigureText text, IReadOnlyList<PairedScores> groups)
    {
        var boxes = groups.Select(group => (Group: group, Raw: Summary(group.Raw), Refined: Summary(group.Refined))).ToArray();
        var scores = groups.SelectMany(group => group.Both).DefaultIfEmpty(0).ToArray();
        var axis = ValueAxis.Covering(scores.Min(), scores.Max(), 7);
        var right = Math.Max(NarrowestFigure, Left + (groups.Count * NarrowestGroup)) - 12;
        var drawing = new SvgDrawing(text, right + 12, Height, string.Join(' ', boxes.Select(box => Described(box.Group, box.Raw, box.Refined))));

        drawing.ValueAxis(axis, text, Left, right, Top, Bottom);
        drawing.Line("axis", Left, Bottom, right, Bottom);
        drawing.Legend(right, 12, ("raw", "raw"), ("refined", "refined"));
        var room = (right - Left) / Math.Max(1, groups.Count);
        foreach (var (index, (group, raw, refined)) in boxes.Index())
        {
            var middle = Left + ((index + 0.5) * room);
            drawing.Text("name", middle, Bottom + 17, group.Name, room: room - 6);
            drawing.Text("soft", middle, Bottom + 32, string.Create(CultureInfo.InvariantCulture, $"n = {group.Raw.Count}"));
            if (raw is null || refined is null) continue;
            Box(drawing, axis, "raw", middle - (BoxDistance / 2), raw, group.Raw);
            Box(drawing, axis, "refined", middle + (BoxDistance / 2), refined, group.Refined);
            if (group.Note.Length == 0) continue;

            // A bracket over the two, as comparisons are marked in print.
            var over = Top - 6;
            drawing.Line("axis", middle - (BoxDistance / 2), over, middle + (BoxDistance / 2), over);
            drawing.Text("soft", middle, over - 5, group.Note, room: room - 6);
        }

        return drawing.Finish();
    }

    private static BoxSummary? Summary(IReadOnlyList<double> scores) => scores.Count == 0 ? null : BoxSummary.Of([.. scores]);

    private static void Box(SvgDrawing drawing, ValueAxis axis, string kind, double x, BoxSummary box, IReadOnlyList<double> scores)
    {
        double Y(double value) => axis.Place(value, Bottom, Top);
        const double Half = BoxWidth / 2;
        drawing.Line($"whisker {kind}", x, Y(box.LowWhisker), x, Y(box.LowerQuartile));
        drawing.Line($"whisker {kind}", x, Y(box.UpperQuartile), x, Y(box.HighWhisker));
        drawing.Line($"whisker {kind}", x - (Half / 2), Y(box.LowWhisker), x + (Half / 2), Y(box.LowWhisker));
        drawing.Line($"whisker {kind}", x - (Half / 2), Y(box.HighWhisker), x + (Half / 2), Y(box.HighWhisker));
        drawing.Rectangle($"box {kind}", x - Half, Y(box.UpperQuartile), BoxWidth, Y(box.LowerQuartile) - Y(box.UpperQuartile));
        drawing.Line($"median {kind}", x - Half, Y(box.Median), x + Half, Y(box.Median));
        foreach (var (index, score) in (scores.Count <= MostPoints ? scores : box.Outliers).Index())
            drawing.Circle($"point {kind}", x + (Half * 1.3 * (Scatter(index) - 0.5)), Y(score), 1.9);
        drawing.Diamond($"mean {kind}", x, Y(box.Mean), 4);
    }

    /// <summary>0 to 1, neighbours far apart and the same for the same index: multiples of the golden ratio.</summary>
    private static double Scatter(int index) => (index + 1) * 0.6180339887498949 % 1;

    private static string Described(PairedScores group, BoxSummary? raw, BoxSummary? refined) => raw is null || refined is null
        ? $"{group.Name}: no scores."
        : $"{group.Name}, {PrintedNumber.Fixed(group.Raw.Count, 0)} pairs: raw {Words(raw)}; refined {Words(refined)}{(group.Note.Length > 0 ? $"; {group.Note}" : "")}.";

    private static string Words(BoxSummary box) =>
        $"median {PrintedNumber.Fixed(box.Median, 3)}, quartiles {PrintedNumber.Fixed(box.LowerQuartile, 3)} and {PrintedNumber.Fixed(box.UpperQuartile, 3)}";
}
