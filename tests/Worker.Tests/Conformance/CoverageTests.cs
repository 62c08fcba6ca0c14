using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Every point of the checklist has a test and a row in the document.</summary>
public sealed partial class CoverageTests
{
    private const int Points = 86;

    public static TheoryData<int> All => [.. Enumerable.Range(1, Points)];

    [Theory]
    [MemberData(nameof(All))]
    public void Point_OfTheChecklist_HasATest(int point) => Assert.Contains(point, Tests().Select(test => test.Point));

    [Theory]
    [MemberData(nameof(All))]
    public void Point_OfTheChecklist_HasARowThatNamesItsTests(int point)
    {
        var row = Rows().SingleOrDefault(row => row.Point == point);
        Assert.True(row.Line is not null, $"docs/runpod-conformance.md has no row for point {point}");
        var named = TestName().Matches(row.Line).Select(match => match.Value).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains((point, name), Tests()));
    }

    private static IEnumerable<(int Point, string Name)> Tests() =>
        from type in typeof(CoverageTests).Assembly.GetTypes()
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance)
        where method.GetCustomAttribute<FactAttribute>() is { Skip: null }
        let match = TestName().Match(method.Name)
        where match.Success
        select (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), method.Name);

    private static IEnumerable<(int Point, string Line)> Rows() =>
        from line in File.ReadLines(Path.Combine(Repository.Root, "docs", "runpod-conformance.md"))
        let match = RowStart().Match(line)
        where match.Success
        select (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), line);

    [GeneratedRegex(@"P(\d\d)_\w+")]
    private static partial Regex TestName();

    [GeneratedRegex(@"^\| (\d+) \|")]
    private static partial Regex RowStart();
}
