using System.Text.Json.Nodes;
using System.Xml.Linq;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

/// <summary><c>audioreprompt evaluate composer</c> as a researcher runs it, on few and short pieces.</summary>
public sealed class EvaluateComposerTests : IDisposable
{
    private static readonly string[] Tastes = ["sweet", "sour", "salty", "bitter", "spicy", "umami", "creamy", "crunchy", "cold", "hot", "neutral"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EvaluateComposer_FewPieces_HearsTheBasicTastesAndWritesPageAndWavs()
    {
        var ended = await Programs.RunAsync(
            _folder.Path, ["evaluate", "composer", "--seeds", "3", "--json", "--keep", "wavs", "--report", "page.html"]);

        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var report = JsonNode.Parse(ended.Output)!;
        var goals = report["goals"]!.AsArray().ToDictionary(goal => goal!["name"]!.GetValue<string>(), goal => goal!["value"]!.GetValue<double>());
        Assert.True(goals["basic_tastes"] >= 90, $"{goals["basic_tastes"]} %");
        Assert.True(goals["all_tastes"] >= 70, $"{goals["all_tastes"]} %");
        Assert.True(goals["loudness"] <= 1);

        // Each piece is heard as one taste, and a shuffled label is right as often as chance.
        var confusion = report["confusion"]!.AsObject();
        Assert.Equal(Tastes, confusion.Select(row => row.Key));
        Assert.All(confusion, row => Assert.Equal(3, row.Value!.AsObject().Sum(cell => cell.Value!.GetValue<int>())));
        Assert.InRange(goals["null_test"], 5, 35);

        Assert.Equal(Tastes.Length * 3, Directory.GetFiles(_folder.Combine("wavs"), "*-?.wav").Length);
        Assert.Equal(44 + (320_000 * 4), new FileInfo(_folder.Combine("wavs", "sour-2.wav")).Length);
        var page = XDocument.Parse(await File.ReadAllTextAsync(_folder.Combine("page.html")));
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.Equal(Tastes.Length, page.Descendants(svg + "svg").Count());
        Assert.All(page.Descendants(svg + "svg"), picture => Assert.True(picture.Elements(svg + "rect").Count() > 100));
        Assert.Empty(page.Descendants("script"));
    }

    [Theory]
    [InlineData("--seeds", "1", "--seeds must be 2 to 1000.")]
    [InlineData("--seconds", "0.5", "--seconds must be 2 to 300.")]
    [InlineData("--seeds", "many", "many")]
    public async Task EvaluateComposer_BadOption_SaysWhatIsAllowed(string option, string value, string message)
    {
        var ended = await Programs.RunAsync(_folder.Path, ["evaluate", "composer", option, value]);

        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains(message, ended.Error, StringComparison.Ordinal);
    }
}
