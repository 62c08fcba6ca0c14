using AudioReprompt.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace AudioReprompt.Hosting;

public static class LoggingSetup
{
    /// <summary>Logs to the console as the <c>logging</c> section says; the framework's own events from Warning on.</summary>
    public static void Configure(this ILoggingBuilder logging, LoggingOptions options)
    {
        logging.ClearProviders();
        logging.Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.None);
        var level = Enum.Parse<LogLevel>(options.Level, ignoreCase: true);
        logging.SetMinimumLevel(level);
        logging.AddFilter("Microsoft", level > LogLevel.Warning ? level : LogLevel.Warning);
        logging.AddFilter("System", level > LogLevel.Warning ? level : LogLevel.Warning);
        logging.AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        if (options.Format == "json")
            logging.AddJsonConsole(json => (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        else
            logging.AddConsole(console => console.FormatterName = LineFormatter.FormatterName);
    }
}
