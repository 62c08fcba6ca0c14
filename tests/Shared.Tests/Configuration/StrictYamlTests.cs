using System.Diagnostics;
using System.Text;
using AudioReprompt.Configuration;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Configuration;

/// <summary>What is YAML but no settings file, and what is not even YAML.</summary>
public sealed class StrictYamlTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("api:\n  port: 1\n  port: 2\n", "config.yaml:3:3: port comes twice; the first is on line 2")]
    [InlineData("api:\n  port: 1\nworker:\n  port: 1\napi:\n  port: 1\n", "config.yaml:5:1: api comes twice; the first is on line 1")]
    [InlineData("api: {port: &p 1}", "config.yaml:1:13: an anchor (&name); write the value out where it is needed")]
    [InlineData("api: {port: *p}", "config.yaml:1:13: an alias (*name); write the value out")]
    [InlineData("api: {cors_origins: [*p]}", "config.yaml:1:22: an alias (*name); write the value out")]
    [InlineData("api: *p", "config.yaml:1:6: an alias (*name); write the value out")]
    [InlineData("*p", "config.yaml:1:1: an alias (*name); write the value out")]
    [InlineData("api: {port: !!int 1}", "config.yaml:1:13: a tag (!name); leave it out")]
    [InlineData("api: {? [a, b] : 1}", "config.yaml:1:9: a key that is not a word")]
    [InlineData("api: {port: 1}\n---\nworker: {port: 2}\n", "config.yaml:2:1: a second document begins; allowed: one")]
    [InlineData("api: {port: 1}\n---\n---\n---\n", "config.yaml:2:1: a second document begins; allowed: one")]
    [InlineData("api: {port: 1\u0000}", "config.yaml:1:14: not a text file: it holds a zero character")]
    [InlineData("api:\n  port: [1\n", "config.yaml:3:1: not valid YAML: While parsing a flow sequence")]
    [InlineData("api:\n\tport: 1\n", "config.yaml:2:1: a tab in the indentation; allowed: spaces")]
    [InlineData("api:\n  port: 1\n \thost: a\n", "config.yaml:3:2: a tab in the indentation; allowed: spaces")]
    [InlineData("api:\n  port: \"1\n", "config.yaml:2:9: not valid YAML: ")]
    [InlineData("api: {host: \"\\UFFFFFFFF\"}", "config.yaml:1:11: not valid YAML: it cannot be read from here on")]
    public void Load_MoreOrLessThanPlainYaml_IsRefusedWithItsPlace(string yaml, string problem) =>
        Assert.StartsWith(problem, Assert.Single(_folder.Problems(yaml)), StringComparison.Ordinal);

    [Fact]
    public void Load_AliasBomb_IsRefused()
    {
        var bomb = new StringBuilder("a: &a [x, x, x, x, x, x, x, x, x]\n");
        for (var name = 'b'; name <= 'z'; name++)
            bomb.Append(name).Append(": &").Append(name).Append(" [").AppendJoin(", ", Enumerable.Repeat($"*{(char)(name - 1)}", 9)).Append("]\n");

        var problems = _folder.Problems(bomb.ToString());

        Assert.Contains("config.yaml:1:4: an anchor (&name); write the value out where it is needed", problems);
        Assert.Contains("config.yaml:2:8: an alias (*name); write the value out", problems);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("[{")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("? - ")]
    [InlineData("&a ")]
    [InlineData("a: [\n")]
    [InlineData("\"")]
    [InlineData("*")]
    [InlineData("---\n")]
    public void Load_EndlessRepetition_IsRefusedAtOnce(string part)
    {
        var yaml = string.Concat(Enumerable.Repeat(part, 200_000 / part.Length));
        var watch = Stopwatch.StartNew();

        Assert.NotEmpty(_folder.Problems(yaml));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
    }

    /// <summary>Seeded, so that a failure comes back: pieces of YAML in any order, and the real file with some bytes changed.</summary>
    [Fact]
    public void Load_RandomText_NeverFailsInAnotherWay()
    {
        var random = new Random(20261123);
        var original = File.ReadAllText(Path.Combine(Repository.Root, "config.yaml"));
        var refused = 0;
        for (var round = 0; round < 1500; round++)
        {
            var yaml = round % 2 == 0 ? Pieces(random) : Mutated(original, random);
            try
            {
                ConfigurationReport.Render(_folder.Load(yaml));
            }
            catch (ConfigurationException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"Round {round}: {error}\n{yaml}");
            }
        }

        Assert.InRange(refused, 500, 1499);
    }

    private static string Pieces(Random random)
    {
        string[] pieces =
        [
            "api", "port", "keys", "cors_origins", "runpod", ":", ": ", "\n", "\n  ", "\n\t", "- ", "[", "]", "{", "}", ",", "&a ", "*a", "!t ", "!!int ",
            "\"", "'", "\\", "\\u12", "|", ">", "|-\n  ", "# c\n", "? ", "---\n", "...\n", "%YAML 1.2\n", "%TAG ! x\n", "<<", "1", "-1e9", "0x1F", "~", "true",
            "\u2028", "\u0085", "\uFEFF", "\uD83C\uDFB5", "\0", "\r", "@", "`", ".nan", "host: a\n", "api:\n  port: 80\n",
        ];
        return string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    private static string Mutated(string original, Random random)
    {
        const string characters = " \n\t:-[]{}&*!|>'\"%@`#,?~0aZé\u001B\u2029";
        var text = new StringBuilder(original);
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var at = random.Next(text.Length);
            if (random.Next(3) == 0) text.Remove(at, Math.Min(random.Next(1, 40), text.Length - at));
            else text[at] = characters[random.Next(characters.Length)];
        }

        return text.ToString();
    }
}
