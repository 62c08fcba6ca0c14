using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AudioReprompt.Hosting;
using AudioReprompt.RunPod;

namespace AudioReprompt.Cli.RunPod;

/// <summary>Prints answers of an endpoint as JSON.</summary>
internal static class JobPrinter
{
    public const string Unknown = "The endpoint knows no such job, or no longer.";

    /// <param name="job">null: the endpoint does not know it.</param>
    /// <param name="mustSucceed">A job that ended otherwise makes the exit code 1.</param>
    /// <returns>The exit code.</returns>
    public static int Print(EndpointJob? job, bool mustSucceed)
    {
        if (job is null)
        {
            Console.Error.WriteLine(Unknown);
            return ServerProcess.Failed;
        }

        var exitCode = Print(
            new PrintedJob(job.Id, job.Status)
            {
                Output = job.Output,
                Error = job.Error,
                ErrorType = job.ErrorType,
                DelayTime = (long?)job.DelayTime?.TotalMilliseconds,
                ExecutionTime = (long?)job.ExecutionTime?.TotalMilliseconds,
                WorkerId = job.WorkerId,
            },
            RunPodJson.Readable.PrintedJob);
        return mustSucceed && job.Status != EndpointStatus.Completed ? ServerProcess.Failed : exitCode;
    }

    /// <returns>The exit code.</returns>
    public static int Print<T>(T answer, JsonTypeInfo<T> type)
    {
        Console.WriteLine(JsonSerializer.Serialize(answer, type));
        return ServerProcess.Done;
    }
}

/// <summary>A job's record, with the error as people read it.</summary>
internal sealed record PrintedJob(string Id, EndpointStatus Status)
{
    public JsonElement? Output { get; init; }
    public string? Error { get; init; }
    public string? ErrorType { get; init; }

    /// <summary>Milliseconds.</summary>
    public long? DelayTime { get; init; }

    /// <summary>Milliseconds.</summary>
    public long? ExecutionTime { get; init; }
    public string? WorkerId { get; init; }
}

internal sealed record PurgeAnswer(int Removed);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PrintedJob))]
[JsonSerializable(typeof(PurgeAnswer))]
[JsonSerializable(typeof(EndpointHealth))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class RunPodJson : JsonSerializerContext
{
    public static RunPodJson Readable { get; } = new(Written(indented: true));

    public static RunPodJson Line { get; } = new(Written(indented: false));

    /// <summary>No escapes that a terminal has no need of.</summary>
    private static JsonSerializerOptions Written(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = indented,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
