using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using AudioReprompt.Worker.Jobs;

namespace AudioReprompt.Worker.Platform;

/// <summary>
/// Logs in the two forms that RunPod reads (section 19): <c>INFO   | job | text</c>, or below an endpoint one JSON object a line. The whole
/// logger of platform mode: it needs no host, so that the first take does not wait for one.
/// </summary>
public sealed class PlatformLog(Stream output, LogLevel least, bool asJson) : ILoggerFactory
{
    private const int LongestMessage = 4096;
    private static readonly JsonEncodedText RequestId = JsonEncodedText.Encode("requestId");

    private readonly AsyncLocal<Scope?> _scope = new();
    private readonly Lock _lock = new();

    /// <summary>Everything below is left out; <see cref="LogLevel.None"/> leaves all out.</summary>
    public LogLevel Least { get; } = least;

    /// <summary>The level that a name of RunPod's stands for, in any case.</summary>
    /// <returns>null: no such level; <c>WARNING</c> is none of them.</returns>
    public static LogLevel? LevelOf(string name) => name.ToUpperInvariant() switch
    {
        "NOTSET" => LogLevel.None,
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "INFO" or "TIP" => LogLevel.Information,
        "WARN" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        _ => null,
    };

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The platform reads one log.");

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string message)
    {
        var scope = _scope.Value;
        if (scope?.Find(JobScope.BatchKey) is { } batch) message = $"[batchId={batch}] {message}";
        if (message.Length > LongestMessage)
        {
            var removed = message.Length - LongestMessage;
            message = $"{message.AsSpan(0, LongestMessage / 2)}\n...TRUNCATED {removed} CHARACTERS...\n{message.AsSpan(message.Length - (LongestMessage / 2))}";
        }

        var job = scope?.Find(JobScope.JobKey);
        var line = asJson ? JsonLine(level, job, message) : TextLine(level, job, message);
        lock (_lock)
        {
            // One write a line, so that whatever kills the process, no half line is left behind for the next one.
            output.Write(line);
            output.Flush();
        }
    }

    private static byte[] TextLine(LogLevel level, string? job, string message) =>
        Encoding.UTF8.GetBytes($"{Name(level),-7}| {(job is null ? "" : $"{job} | ")}{message}\n");

    /// <summary>The blanks and the order are part of the form; what is not ASCII is escaped.</summary>
    private static byte[] JsonLine(LogLevel level, string? job, string message)
    {
        var text = new StringBuilder(message.Length + 96);
        text.Append(CultureInfo.InvariantCulture, $"{{\"{RequestId}\": ").Append(job is null ? "null" : Quoted(job));
        text.Append(", \"message\": ").Append(Quoted(message)).Append(", \"level\": ").Append(Quoted(Name(level))).Append("}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(Whole(text), AsciiOnly)}\"";

    private static readonly JavaScriptEncoder AsciiOnly = JavaScriptEncoder.Default;

    /// <summary>Half a surrogate pair cannot be written.</summary>
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        _ => "ERROR",
    };

    private sealed class Logger(PlatformLog log) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= log.Least;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            if (state is not KeyValuePair<string, object> pair) return null;
            return log._scope.Value = new Scope(log, pair.Key, (string)pair.Value, log._scope.Value);
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var message = formatter(state, exception);
            log.Write(logLevel, exception is null ? message : $"{message}\n{exception}");
        }
    }

    private sealed class Scope(PlatformLog log, string key, string value, Scope? outer) : IDisposable
    {
        public string? Find(string wanted) => key == wanted ? value : outer?.Find(wanted);

        public void Dispose() => log._scope.Value = outer;
    }
}
