using System.Globalization;
using System.Xml.Linq;
using AudioReprompt.Evaluation.Report;
using AudioReprompt.Statistics;

namespace AudioReprompt.SharedTests.Evaluation.Report;

/// <summary>The figures as a browser and a screen reader see them: parsed, not compared with a stored picture.</summary>
public sealed class FigureTests
{
    private static readonly FigureText Text = new("scores", "Scores <raw> & refined", "score \"CLAP\"");

    private static readonly PairedScores[] Groups =
    [
        new("sweet", [0.1, 0.2, 0.3, 0.4], [0.2, 0.1, 0.5, 0.4], "p = 0.5"),
        new("<b>sour & salty</b>", [-0.1, 0.0], [0.3, 0.2], ""),
        new("nothing", [], [], ""),
    ];

    public static TheoryData<string> Figures() => ["box", "slope", "histogram"];

    [Theory]
    [MemberData(nameof(Figures))]
    public void Svg_AnyFigure_HasAnAccessibleNameAndDescription(string figure)
    {
        var svg = Parse(Draw(figure, Groups));

        Assert.Equal("img", Value(svg, "role"));
        Assert.Equal("scores-title scores-description", Value(svg, "aria-labelledby"));
        Assert.Equal("Scores <raw> & refined", svg.Elements().Single(element => Value(element, "id") == "scores-title").Value);
        Assert.Matches("pairs|gained", svg.Elements().Single(element => Value(element, "id") == "scores-description").Value);
        Assert.Contains("score \"CLAP\"", Texts(svg));
    }

    [Theory]
    [MemberData(nameof(Figures))]
    public void Svg_AnyFigure_StaysWithinItsPicture(string figure)
    {
        var svg = Parse(Draw(figure, Groups));
        var box = Value(svg, "viewBox").Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();

        foreach (var element in svg.Descendants())
        {
            foreach (var attribute in element.Attributes())
            {
                var limit = attribute.Name.LocalName switch { "x" or "x1" or "x2" or "cx" => box[2], "y" or "y1" or "y2" or "cy" => box[3], _ => double.NaN };
                if (!double.IsNaN(limit)) Assert.InRange(double.Parse(attribute.Value, CultureInfo.InvariantCulture), 0, limit);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Figures))]
    public void Svg_SpanishMachine_WritesTheSameNumbers(string figure)
    {
        var here = CultureInfo.CurrentCulture;
        var expected = Draw(figure, Groups);
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
            Assert.Equal(expected, Draw(figure, Groups));
        }
        finally
        {
            CultureInfo.CurrentCulture = here;
        }
    }

    [Theory]
    [MemberData(nameof(Figures))]
    public void Svg_AnyFigure_TakesItsColoursFromVariablesAndAsksForNothing(string figure)
    {
        var svg = Draw(figure, Groups);

        Assert.Contains("prefers-color-scheme:dark", svg, StringComparison.Ordinal);
        Assert.Contains("fill:var(--figure-ink)", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("href", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", svg, StringComparison.Ordinal);
        Assert.All(Parse(svg).Descendants(), element => Assert.Null(element.Attribute("style") ?? element.Attribute("fill")));
    }

    [Theory]
    [MemberData(nameof(Figures))]
    public void Svg_NoScores_IsAnEmptyFigure(string figure)
    {
        Parse(Draw(figure, []));
        Parse(Draw(figure, [new("nothing", [], [], "")]));
    }

    [Theory]
    [MemberData(nameof(Figures))]
    public void Svg_OneScore_IsDrawn(string figure) => Assert.NotEmpty(Marks(Parse(Draw(figure, [new("sweet", [0.3], [0.3], "")])), "point", "bar"));

    [Theory]
    [MemberData(nameof(Figures))]
    public void Svg_ScoreThatIsNoNumber_IsRefused(string figure) =>
        Assert.Throws<SampleException>(() => Draw(figure, [new("sweet", [0.1, double.NaN], [0.2, 0.3], "")]));

    [Fact]
    public void BoxPlot_Groups_HaveTwoBoxesEachAndAllTheirPoints()
    {
        var svg = Parse(Draw("box", Groups));

        Assert.Equal(2, Marks(svg, "box").Count(box => Value(box, "width") == "26" && Value(box, "class") == "box raw"));
        Assert.Equal(2, Marks(svg, "box").Count(box => Value(box, "width") == "26" && Value(box, "class") == "box refined"));
        Assert.Equal(12, Marks(svg, "point").Count());
        Assert.Equal(4, Marks(svg, "mean").Count());
        Assert.Equal(["n = 4", "n = 2", "n = 0"], Texts(svg).Where(text => text.StartsWith("n =", StringComparison.Ordinal)));
        Assert.Contains("p = 0.5", Texts(svg));
    }

    [Fact]
    public void BoxPlot_LongName_IsCutAndWholeInItsTitle()
    {
        var svg = Parse(Draw("box", [.. Enumerable.Range(0, 6).Select(index => new PairedScores($"a very long name of group {index}", [0.1], [0.2], ""))]));

        var name = svg.Descendants().First(element => Value(element, "class") == "name");
        Assert.EndsWith("…", ((XText)name.FirstNode!).Value, StringComparison.Ordinal);
        Assert.Equal("a very long name of group 0", name.Elements().Single().Value);
    }

    [Fact]
    public void BoxPlot_HigherScores_StandHigher()
    {
        var svg = Parse(Draw("box", [new("sweet", [0.1, 0.2, 0.3], [0.6, 0.7, 0.8], "")]));

        double Median(string kind) => Number(Assert.Single(Marks(svg, "median"), line => Value(line, "class").EndsWith(kind, StringComparison.Ordinal)), "y1");
        Assert.True(Median("refined") < Median("raw"));
    }

    [Fact]
    public void PairedSlopePlot_Groups_HaveALineForEveryPairAndOneForTheMean()
    {
        var svg = Parse(Draw("slope", Groups));

        Assert.Equal(4, Marks(svg, "slope").Count(line => Value(line, "class") == "slope gained"));
        Assert.Equal(2, Marks(svg, "slope").Count(line => Value(line, "class") == "slope lost"));
        Assert.Equal(2, Marks(svg, "mean-slope").Count());
        Assert.All(Marks(svg, "slope"), line => Assert.Equal(
            Value(line, "class") == "slope gained", Number(line, "y2") < Number(line, "y1")));
        Assert.Equal(["2 of 4 gained", "2 of 2 gained", "0 of 0 gained"], Texts(svg).Where(text => text.EndsWith("gained", StringComparison.Ordinal) && text.Contains("of", StringComparison.Ordinal)));
    }

    [Fact]
    public void PairedSlopePlot_ManyGroups_GoOnInTheNextRow()
    {
        var svg = Parse(Draw("slope", [.. Enumerable.Range(0, 7).Select(index => new PairedScores($"g{index}", [0.1], [0.2], ""))]));

        Assert.Equal([5, 2], svg.Descendants().Where(element => Value(element, "class") == "name").GroupBy(name => Number(name, "y")).Select(row => row.Count()));
    }

    [Fact]
    public void Histogram_Differences_AreCountedAndColouredByTheirSign()
    {
        // Half-open to the left: 0 is no gain.
        var svg = Parse(Histogram.Svg(Text, [-0.1, 0.0, 0.0, 1e-12, 0.2, 0.3]));

        var bars = Marks(svg, "bar").ToArray();
        var zero = Number(Assert.Single(Marks(svg, "zero")), "x1");
        Assert.All(bars, bar => Assert.True(
            Value(bar, "class") == "bar gained" ? Number(bar, "x") >= zero - 0.01 : Number(bar, "x") + Number(bar, "width") <= zero + 0.01));

        // All bars have one width, so heights are counts.
        double Heights(string kind) => bars.Where(bar => Value(bar, "class") == kind).Sum(bar => Number(bar, "height"));
        Assert.Equal(1, Heights("bar gained") / Heights("bar lost"), 0.001);
        Assert.Contains("mean +0.067", Texts(svg));
    }

    [Fact]
    public void FigureText_IdThatIsNone_IsRefused() => Assert.Throws<ArgumentException>(() => new FigureText("a b", "", ""));

    [Fact]
    public void PairedScores_UnequalCounts_AreRefused() => Assert.Throws<ArgumentException>(() => new PairedScores("sweet", [1, 2], [1], ""));

    private static string Draw(string figure, IReadOnlyList<PairedScores> groups) => figure switch
    {
        "box" => BoxPlot.Svg(Text, groups),
        "slope" => PairedSlopePlot.Svg(Text, groups),
        _ => Histogram.Svg(Text, [.. groups.SelectMany(group => group.Refined.Zip(group.Raw, (refined, raw) => refined - raw))]),
    };

    private static XElement Parse(string svg) => XDocument.Parse(svg).Root!;

    private static IEnumerable<XElement> Marks(XElement svg, params string[] kinds) =>
        svg.Descendants().Where(element => kinds.Contains(Value(element, "class").Split(' ')[0]));

    private static IEnumerable<string> Texts(XElement svg) => svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value);

    private static string Value(XElement element, string attribute) => element.Attribute(attribute)?.Value ?? "";

    private static double Number(XElement element, string attribute) => double.Parse(Value(element, attribute), CultureInfo.InvariantCulture);
}
