using System.Diagnostics;
using System.Text.RegularExpressions;
using AudioReprompt.Audio;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

public sealed class ReadmeTests
{
    /// <summary>The README's curl lines, in their order, in one shell; only the port is another one.</summary>
    [Fact]
    public async Task Readme_EveryCurlLine_WorksAsPrinted()
    {
        await using var servers = new Servers();
        await servers.StartWorkerAsync();
        await servers.StartFrontDoorAsync();
        using var folder = new TemporaryFolder();
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var lines = Regex.Matches(readme, "^(?:curl |ID=).*$", RegexOptions.Multiline)
            .Select(match => match.Value.Replace("curl ", "curl --fail --show-error ", StringComparison.Ordinal))
            .ToList();
        Assert.True(lines.Count >= 12, string.Join('\n', lines));
        var script = string.Join('\n', ["set -e", .. lines]).Replace("http://127.0.0.1:8080", servers.Http.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal);

        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        using var shell = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Programs.Patience);
        var output = shell.StandardOutput.ReadToEndAsync(limit.Token);
        var error = shell.StandardError.ReadToEndAsync(limit.Token);
        await shell.WaitForExitAsync(limit.Token);

        Assert.True(shell.ExitCode == 0, await error + await output);
        using var wav = File.OpenRead(folder.Combine("music.wav"));
        Assert.Equal(10, WavHeader.Read(wav).DurationSeconds);
        Assert.Equal(44, new FileInfo(folder.Combine("header.bin")).Length);
        Assert.Contains("event: end", await output, StringComparison.Ordinal);
    }

    /// <summary>What stands in a block of code, between backticks in a table's first column or behind a link is the same in both languages.</summary>
    [Theory]
    [InlineData("(?s)```sh\\n.*?```")]
    [InlineData(@"(?m)^\| `[^|]*\|")]
    [InlineData(@"\]\((?!#)[^)]*\)")]
    [InlineData(@"(?m)^#{2,3} ")]
    public void Readme_InSpanish_SaysTheSameCommandsTablesAndLinks(string pattern)
    {
        var english = Matches("README.md");
        var spanish = Matches("README.es.md");
        Assert.NotEmpty(english);
        Assert.Equal(english, spanish);

        List<string> Matches(string name) => [.. Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, name)), pattern)
            .Select(match => match.Value)
            // Each names the other.
            .Where(value => !value.Contains("README", StringComparison.Ordinal) || value.Contains('#'))];
    }
}
