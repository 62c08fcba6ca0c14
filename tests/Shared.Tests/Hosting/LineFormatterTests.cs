using AudioReprompt.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudioReprompt.Tests.Hosting;

public sealed class LineFormatterTests
{
    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    [InlineData("\u2028")]
    public void Write_LineEndsInMessageAndScope_StayOneLine(string end)
    {
        var scopes = new LoggerExternalScopeProvider();
        using var scope = scopes.Push(new KeyValuePair<string, object>("request", $"a{end}b"));
        using var written = new StringWriter();

        var entry = new LogEntry<string>(LogLevel.Information, "Source", default, $"seen{end}forged", null, (state, _) => state);
        new LineFormatter().Write(entry, scopes, written);

        Assert.EndsWith($" info  Source request=a⏎b seen⏎forged{Environment.NewLine}", written.ToString(), StringComparison.Ordinal);
    }
}
