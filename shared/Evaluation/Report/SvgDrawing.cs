using System.Globalization;
using System.Net;
using System.Text;

namespace AudioReprompt.Evaluation.Report;

/// <summary>
/// A drawing under construction. It brings its style along, so that it can be taken out of the page into a paper; the page may set
/// the variables that the style names.
/// </summary>
internal sealed class SvgDrawing
{
    /// <summary>Of a label's letters on average, in pixels at the labels' size.</summary>
    private const double LetterWidth = 5.6;

    /// <summary>Raw and refined, gained and lost: blue, vermilion and grey of Okabe and Ito 2008, which colour-blind readers tell apart.</summary>
    private const string Style = """
        .study-figure{--figure-ink:#1b1b1f;--figure-soft:#5b6069;--figure-grid:#e3e5e9;--figure-paper:#fff;--figure-raw:#80868f;--figure-refined:#0072b2;--figure-lost:#d55e00;font:11px Helvetica,Arial,"Liberation Sans",sans-serif;max-width:100%;height:auto}
        @media(prefers-color-scheme:dark){.study-figure{--figure-ink:#e6e6ea;--figure-soft:#a3a8b1;--figure-grid:#34363d;--figure-paper:#17171b;--figure-raw:#a6abb3;--figure-refined:#56b4e9;--figure-lost:#ff8a3d}}
        .study-figure text{fill:var(--figure-ink)}.study-figure .soft{fill:var(--figure-soft)}.study-figure .name{font-weight:700}
        .study-figure .axis{stroke:var(--figure-ink);stroke-width:1;fill:none}.study-figure .grid{stroke:var(--figure-grid);stroke-width:1}
        .study-figure .zero{stroke:var(--figure-ink);stroke-width:1;stroke-dasharray:4 3}
        .study-figure .raw{--of:var(--figure-raw)}.study-figure .refined,.study-figure .gained{--of:var(--figure-refined)}.study-figure .lost{--of:var(--figure-lost)}
        .study-figure .box{fill:var(--of);fill-opacity:.22;stroke:var(--of);stroke-width:1.3}.study-figure .whisker{stroke:var(--of);stroke-width:1.3}
        .study-figure .median{stroke:var(--of);stroke-width:2.6}.study-figure .point{fill:var(--of);fill-opacity:.55}
        .study-figure .mean{fill:var(--figure-paper);stroke:var(--of);stroke-width:1.4}
        .study-figure .slope{stroke:var(--of);stroke-width:1;stroke-opacity:.5}.study-figure .mean-slope{stroke:var(--figure-ink);stroke-width:2.6}
        .study-figure .mean-point{fill:var(--figure-ink);stroke:var(--figure-paper);stroke-width:1}
        .study-figure .bar{fill:var(--of);fill-opacity:.75;stroke:var(--figure-paper);stroke-width:1}
        """;

    private readonly StringBuilder _text = new();

    /// <param name="description">The figures in words, for who cannot see them.</param>
    public SvgDrawing(FigureText text, double width, double height, string description) => _text
        .Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"study-figure\" role=\"img\" aria-labelledby=\"{text.Id}-title {text.Id}-description\" ")
        .Append(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {Number(width)} {Number(height)}\" width=\"{Number(width)}\" height=\"{Number(height)}\">\n")
        .Append(CultureInfo.InvariantCulture, $"<title id=\"{text.Id}-title\">{Escaped(text.Title)}</title>\n")
        .Append(CultureInfo.InvariantCulture, $"<desc id=\"{text.Id}-description\">{Escaped(description)}</desc>\n")
        .Append("<style>").Append(Style).Append("</style>\n");

    public void Line(string kind, double x1, double y1, double x2, double y2) => _text.Append(
        CultureInfo.InvariantCulture, $"<line class=\"{kind}\" x1=\"{Number(x1)}\" y1=\"{Number(y1)}\" x2=\"{Number(x2)}\" y2=\"{Number(y2)}\"/>\n");

    public void Rectangle(string kind, double x, double y, double width, double height) => _text.Append(
        CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(height)}\"/>\n");

    public void Circle(string kind, double x, double y, double radius) => _text.Append(
        CultureInfo.InvariantCulture, $"<circle class=\"{kind}\" cx=\"{Number(x)}\" cy=\"{Number(y)}\" r=\"{Number(radius)}\"/>\n");

    public void Diamond(string kind, double x, double y, double radius) => _text.Append(
        CultureInfo.InvariantCulture,
        $"<path class=\"{kind}\" d=\"M{Number(x)} {Number(y - radius)}L{Number(x + radius)} {Number(y)}L{Number(x)} {Number(y + radius)}L{Number(x - radius)} {Number(y)}Z\"/>\n");

    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    /// <param name="room">Cut to this many pixels; the whole text is then shown when the pointer rests on it.</param>
    public void Text(string kind, double x, double y, string text, string anchor = "middle", double room = double.PositiveInfinity)
    {
        var most = room / LetterWidth;
        var (shown, whole) = text.Length > most ? ($"{text[..Math.Max(1, (int)most - 1)].TrimEnd()}…", $"<title>{Escaped(text)}</title>") : (text, "");
        _text.Append(
            CultureInfo.InvariantCulture, $"<text class=\"{kind}\" x=\"{Number(x)}\" y=\"{Number(y)}\" text-anchor=\"{anchor}\">{Escaped(shown)}{whole}</text>\n");
    }

    /// <summary>From bottom to top.</summary>
    public void TextUpwards(double x, double y, string text) => _text.Append(
        CultureInfo.InvariantCulture, $"<text transform=\"translate({Number(x)} {Number(y)}) rotate(-90)\" text-anchor=\"middle\">{Escaped(text)}</text>\n");

    /// <summary>Grid lines, line, ticks, labels and name of an axis of values at the left.</summary>
    public void ValueAxis(ValueAxis axis, FigureText text, double left, double right, double top, double bottom)
    {
        foreach (var tick in axis.Ticks)
        {
            var y = axis.Place(tick, bottom, top);
            Line(axis.Low < 0 && tick == 0 ? "zero" : "grid", left, y, right, y);
            Line("axis", left - 4, y, left, y);
            Text("tick", left - 7, y + 4, axis.Label(tick), "end");
        }

        Line("axis", left, top, left, bottom);
        TextUpwards(14, (top + bottom) / 2, text.ValueLabel);
    }

    /// <summary>Coloured squares with names, from the right.</summary>
    public void Legend(double right, double y, params ReadOnlySpan<(string Kind, string Name)> entries)
    {
        for (var index = entries.Length - 1; index >= 0; index--)
        {
            var (kind, name) = entries[index];
            right -= (name.Length * LetterWidth) + 14;
            Rectangle($"box {kind}", right, y - 9, 9, 9);
            Text("tick", right + 14, y, name, "start");
            right -= 14;
        }
    }

    public string Finish() => _text.Append("</svg>\n").ToString();

    private static string Number(double value) => (Math.Round(value, 2) + 0.0).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Escaped(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)));
}
