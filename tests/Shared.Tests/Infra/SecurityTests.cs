using System.Text.RegularExpressions;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Infra;

/// <summary>A defence that is said to be tested is tested.</summary>
public sealed partial class SecurityTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));

    private static readonly string Tests = string.Concat(Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
        .Select(File.ReadAllText));

    [Fact]
    public void Threats_Each_NamesWhoWhatADefenceAndATestThatIsThere()
    {
        var rows = Rows().Matches(Document).Select(row => row.Value.Trim('|', '\r', '\n').Split(" | ").Select(cell => cell.Trim()).ToArray()).Skip(2).ToArray();
        Assert.True(rows.Length >= 20, $"Only {rows.Length} threats.");
        Assert.All(rows, cells =>
        {
            Assert.Equal(4, cells.Length);
            Assert.All(cells, Assert.NotEmpty);
            var names = TestNames().Matches(cells[3]).Select(match => match.Value.Trim('`')).ToArray();
            Assert.NotEmpty(names);
            Assert.All(names, name => Assert.Matches($@"public (?:async Task|void) {name}\(", Tests));
        });
    }

    [GeneratedRegex(@"^\|.*\|$", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"`[A-Z]\w*_\w+`")]
    private static partial Regex TestNames();
}
