using AudioReprompt.Configuration;

namespace AudioReprompt.Worker;

/// <summary>
/// The number of jobs at once that <c>config.yaml</c> says, read again when the file changes: a running worker can be scaled up and down.
/// </summary>
internal sealed partial class ConfiguredConcurrency(LoadedConfiguration loaded, TimeProvider time, ILogger<ConfiguredConcurrency> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly string? _file = loaded.FilePath;
    private DateTime _written = loaded.FilePath is { } path ? File.GetLastWriteTimeUtc(path) : default;
    private int _concurrency = loaded.Options.Worker.Concurrency;
    private long _looked = time.GetTimestamp();

    /// <summary>A <see cref="Jobs.ConcurrencyModifier"/>.</summary>
    public int Next(int current)
    {
        if (_file is null || time.GetElapsedTime(_looked) < LookEvery) return _concurrency;
        _looked = time.GetTimestamp();
        var written = File.GetLastWriteTimeUtc(_file);
        if (written == _written) return _concurrency;
        _written = written;
        try
        {
            _concurrency = ConfigurationLoader.LoadDefault().Options.Worker.Concurrency;
        }
        catch (ConfigurationException exception)
        {
            // Somebody is at the file; what runs goes on as it is.
            LogInvalid(exception.Message);
        }

        return _concurrency;
    }

    [LoggerMessage(1, LogLevel.Error, "The changed configuration is not valid and is not used: {Problem}")]
    private partial void LogInvalid(string problem);
}
