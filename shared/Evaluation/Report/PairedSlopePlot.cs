using System.Globalization;
using AudioReprompt.Statistics;

namespace AudioReprompt.Evaluation.Report;

/// <summary>A line from the raw to the refined score of every pair, a panel for each group, the mean on top.</summary>
public static class PairedSlopePlot
{
    private const double Left = 64;
    private const double Top = 44;
    private const double RowHeight = 296;
    private const double PanelHeight = 210;
    private const double PanelWidth = 132;
    private const double PanelDistance = 18;
    private const int MostPanelsInARow = 5;

    /// <exception cref="SampleException">A score is NaN or infinite.</exception>
    /// <returns>An <c>svg</c> element; all panels have the same axis.</returns>
    public static string Svg(FigureText text, IReadOnlyList<PairedScores> groups)
    {
        var scores = groups.SelectMany(group => group.Both).DefaultIfEmpty(0).ToArray();
        Samples.DemandFinite(scores, "scores");
        var axis = ValueAxis.Covering(scores.Min(), scores.Max(), 6);
        var columns = Math.Clamp(groups.Count, 1, MostPanelsInARow);
        var rows = Math.Max(1, (groups.Count + MostPanelsInARow - 1) / MostPanelsInARow);
        var right = Left + (columns * (PanelWidth + PanelDistance)) - PanelDistance;
        var drawing = new SvgDrawing(text, Math.Max(right + 12, 300), (rows * RowHeight) + 16, string.Join(' ', groups.Select(Described)));

        drawing.Legend(Math.Max(right, 288), 12, ("gained", "gained"), ("lost", "lost or equal"));
        for (var row = 0; row < rows; row++)
        {
            var top = Top + (row * RowHeight);
            drawing.ValueAxis(axis, text, Left, right, top, top + PanelHeight);
            foreach (var (column, group) in groups.Skip(row * MostPanelsInARow).Take(MostPanelsInARow).Index())
                Panel(drawing, axis, group, Left + (column * (PanelWidth + PanelDistance)), top);
        }

        return drawing.Finish();
    }

    private static void Panel(SvgDrawing drawing, ValueAxis axis, PairedScores group, double left, double top)
    {
        var bottom = top + PanelHeight;
        var (raw, refined) = (left + (PanelWidth * 0.2), left + (PanelWidth * 0.8));
        double Y(double value) => axis.Place(value, bottom, top);

        drawing.Line("axis", left, bottom, left + PanelWidth, bottom);
        drawing.Text("name", left + (PanelWidth / 2), top - 10, group.Name, room: PanelWidth);
        drawing.Text("tick", raw, bottom + 15, "raw");
        drawing.Text("tick", refined, bottom + 15, "refined");
        drawing.Text("soft", left + (PanelWidth / 2), bottom + 31, Counts(group), room: PanelWidth + PanelDistance);
        if (group.Note.Length > 0) drawing.Text("soft", left + (PanelWidth / 2), bottom + 45, group.Note, room: PanelWidth + PanelDistance);
        foreach (var (before, after) in group.Raw.Zip(group.Refined))
        {
            var kind = after > before ? "gained" : "lost";
            drawing.Line($"slope {kind}", raw, Y(before), refined, Y(after));
            drawing.Circle($"point {kind}", raw, Y(before), 2);
            drawing.Circle($"point {kind}", refined, Y(after), 2);
        }

        if (group.Raw.Count == 0) return;
        var (from, to) = (Y(group.Raw.Average()), Y(group.Refined.Average()));
        drawing.Line("mean-slope", raw, from, refined, to);
        drawing.Circle("mean-point", raw, from, 4);
        drawing.Circle("mean-point", refined, to, 4);
    }

    private static int Gained(PairedScores group) => group.Raw.Zip(group.Refined).Count(pair => pair.Second > pair.First);

    private static string Counts(PairedScores group) => string.Create(CultureInfo.InvariantCulture, $"{Gained(group)} of {group.Raw.Count} gained");

    private static string Described(PairedScores group)
    {
        if (group.Raw.Count == 0) return $"{group.Name}: no pairs.";
        var means = $"mean raw {PrintedNumber.Fixed(group.Raw.Average(), 3)}, refined {PrintedNumber.Fixed(group.Refined.Average(), 3)}";
        return $"{group.Name}: {Counts(group)}; {means}{(group.Note.Length > 0 ? $"; {group.Note}" : "")}.";
    }
}
