using AudioReprompt.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace AudioReprompt.Hosting;

public static class LoggingSetup
{
    /// <summary>
    /// Logs to standard error as the <c>logging</c> section says, the framework's own events from Warning on. Standard output has the
    /// line that says where the program listens, and nothing else.
    /// </summary>
    public static void Configure(this ILoggingBuilder logging, LoggingOptions options)
    {
        var least = Enum.Parse<LogLevel>(options.Level, ignoreCase: true);
        logging.ClearProviders();
        logging.Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.None);
        logging.SetMinimumLevel(least);
        // A category's own rule goes before the least level, so each has to keep to it.
        logging.AddFilter("Microsoft", level => level >= least && level >= LogLevel.Warning);
        logging.AddFilter("System", level => level >= least && level >= LogLevel.Warning);
        // A port that is taken is told in one line; these two would add their stack traces.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= least && level == LogLevel.Critical);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level >= least && level is LogLevel.Warning or LogLevel.Error);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        if (options.Format == "json")
            logging.AddJsonConsole(json => (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        logging.AddConsole(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.FormatterName = options.Format == "json" ? ConsoleFormatterNames.Json : LineFormatter.FormatterName;
        });
    }
}
