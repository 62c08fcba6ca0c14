using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace AudioReprompt.Hosting;

/// <summary>
/// One event, one line: time (UTC), level, source, the scopes that are key–value pairs, the message; an exception follows
/// on lines of its own. Scopes of the framework (connection ids and the like) are left out.
/// </summary>
public sealed class LineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        textWriter.Write(DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        textWriter.Write(logEntry.LogLevel switch
        {
            LogLevel.Trace => " trace ",
            LogLevel.Debug => " debug ",
            LogLevel.Information => " info  ",
            LogLevel.Warning => " warn  ",
            LogLevel.Error => " error ",
            _ => " fatal ",
        });
        textWriter.Write(logEntry.Category.AsSpan(logEntry.Category.LastIndexOf('.') + 1));
        scopeProvider?.ForEachScope(WriteScope, textWriter);
        textWriter.Write(' ');
        textWriter.WriteLine(OneLine(logEntry.Formatter(logEntry.State, logEntry.Exception)));
        if (logEntry.Exception is not null) textWriter.WriteLine(logEntry.Exception);
    }

    private static void WriteScope(object? scope, TextWriter writer)
    {
        if (scope is not KeyValuePair<string, object> pair) return;
        writer.Write(' ');
        writer.Write(pair.Key);
        writer.Write('=');
        writer.Write(OneLine(Convert.ToString(pair.Value, CultureInfo.InvariantCulture) ?? ""));
    }

    /// <summary>A caller's text must not be able to forge a second log line.</summary>
    private static string OneLine(string text) => text.ReplaceLineEndings("⏎");
}
