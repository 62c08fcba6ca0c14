using System.Text;
using System.Text.Json;
using AudioReprompt.Worker.Jobs;

namespace AudioReprompt.Worker;

/// <summary>Runs one job from the command line or from <c>test_input.json</c> and says what came out (section 20); nothing is sent anywhere.</summary>
internal sealed partial class LocalTestRun(JobRunner runner, string folder, ILogger<LocalTestRun> logger)
{
    private const string FileName = "test_input.json";
    private const string DefaultId = "local_test";

    /// <returns>The process's exit code: 0 when the job succeeded, 1 otherwise.</returns>
    public async Task<int> RunAsync(JsonElement? given, JsonElement? expected, CancellationToken cancellationToken)
    {
        if ((given ?? ReadFile()) is not { } job) return 1;
        if (job.ValueKind != JsonValueKind.Object)
        {
            LogNoObject();
            return 1;
        }

        if (!job.TryGetProperty("input", out var input) || input.ValueKind == JsonValueKind.Null)
        {
            LogNoInput();
            return 1;
        }

        var id = job.TryGetProperty("id", out var found) && found.ValueKind == JsonValueKind.String ? found.GetString()! : DefaultId;
        using var scope = logger.BeginJob(id, null);
        LogStarted();
        var chunks = new List<JsonElement>();
        var outcome = await runner.RunAsync(
            new TakenJob(id, input, default, CancellationToken.None) { Record = job },
            _ => { },
            (chunk, _) =>
            {
                chunks.Add(chunk);
                return Task.CompletedTask;
            },
            cancellationToken);
        if (outcome is null || outcome.HandedBack)
        {
            LogInterrupted();
            return 1;
        }

        if (outcome.Error is not null)
        {
            LogFailed(id, outcome.ErrorText!);
            return 1;
        }

        var body = (outcome.IsStream ? JobOutcome.Streamed(chunks) : outcome).ToBody();
        LogCompleted(id);
        LogResult(Encoding.UTF8.GetString(body));
        if (expected is { } wanted && !JsonElement.DeepEquals(wanted, JsonElement.Parse(body)))
        {
            LogMismatch();
            return 1;
        }

        LogComplete();
        return 0;
    }

    private JsonElement? ReadFile()
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return JsonElement.Parse(File.ReadAllBytes(path));
        }
        catch (FileNotFoundException)
        {
            LogNoFile();
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            LogBadFile(exception.Message);
        }

        return null;
    }

    [LoggerMessage(1, LogLevel.Warning, FileName + " not found, exiting.")]
    private partial void LogNoFile();

    [LoggerMessage(2, LogLevel.Error, FileName + " cannot be read: {Reason}")]
    private partial void LogBadFile(string reason);

    [LoggerMessage(3, LogLevel.Error, "Job has no input parameter. Unable to run.")]
    private partial void LogNoInput();

    [LoggerMessage(4, LogLevel.Error, "The job must be an object, such as {{\"input\": {{…}}}}.")]
    private partial void LogNoObject();

    [LoggerMessage(5, LogLevel.Information, "Started.")]
    private partial void LogStarted();

    [LoggerMessage(6, LogLevel.Error, "Job {Id} failed with error: {Error}")]
    private partial void LogFailed(string id, string error);

    [LoggerMessage(7, LogLevel.Information, "Job {Id} completed successfully.")]
    private partial void LogCompleted(string id);

    [LoggerMessage(8, LogLevel.Information, "Job result: {Result}")]
    private partial void LogResult(string result);

    [LoggerMessage(9, LogLevel.Information, "Local testing complete, exiting.")]
    private partial void LogComplete();

    [LoggerMessage(10, LogLevel.Error, "Job output does not match test_output.")]
    private partial void LogMismatch();

    [LoggerMessage(11, LogLevel.Warning, "Interrupted.")]
    private partial void LogInterrupted();
}
