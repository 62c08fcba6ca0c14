using System.Text.Json;

namespace AudioReprompt.RunPod;

/// <summary>A job as the endpoint sees it: the answer of <c>run</c> and <c>status</c>, and the body of a webhook.</summary>
/// <param name="Id">The endpoint's id, opaque.</param>
public sealed record EndpointJob(string Id, EndpointStatus Status)
{
    /// <summary>The result; while the job is in progress, the newest progress.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Why the job failed, for people: the report's message where <see cref="Error"/> was a report, else the error as it came.</summary>
    public string? Error { get; init; }

    /// <summary>The report's type; compare with <see cref="Contracts.InvalidInputException.ErrorType"/>.</summary>
    public string? ErrorType { get; init; }

    /// <summary>Time in the queue.</summary>
    public TimeSpan? DelayTime { get; init; }

    /// <summary>Time with the worker, once the job has ended.</summary>
    public TimeSpan? ExecutionTime { get; init; }

    public string? WorkerId { get; init; }

    /// <summary>Neither output nor error: they may be megabytes, and hold what users wrote.</summary>
    public override string ToString() => $"{Id} {Status.ToText()}";

    /// <summary>Reads a job record. Fields that are not known are ignored, and all but <c>id</c> and <c>status</c> are optional.</summary>
    /// <exception cref="EndpointException">The body is no job record.</exception>
    public static EndpointJob Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half a surrogate pair.
            throw new EndpointException("The endpoint's answer is not valid JSON.", exception);
        }
    }

    private static EndpointJob Read(JsonElement record)
    {
        if (record.ValueKind != JsonValueKind.Object) throw new EndpointException("The endpoint's answer is not a job record.");
        if (Text(record, "id") is not { Length: > 0 } id) throw new EndpointException("The endpoint's job record has no id.");
        if (Text(record, "status") is not { } status) throw new EndpointException("The endpoint's job record has no status.");
        var (error, errorType) = ReadError(record);
        return new EndpointJob(id, EndpointStatuses.Parse(status))
        {
            Output = Value(record, "output")?.Clone(),
            Error = error,
            ErrorType = errorType,
            DelayTime = Milliseconds(record, "delayTime"),
            ExecutionTime = Milliseconds(record, "executionTime"),
            WorkerId = Text(record, "workerId"),
        };
    }

    private static (string? Error, string? ErrorType) ReadError(JsonElement record)
    {
        if (Value(record, "error") is not { } error) return default;
        var text = error.ValueKind == JsonValueKind.String ? error.GetString()! : error.GetRawText();
        var report = error.ValueKind == JsonValueKind.String ? ErrorReport.TryParse(text) : ErrorReport.TryParse(error);
        return report is null ? (text.Length == 0 ? null : text, null) : (report.ErrorMessage, report.ErrorType);
    }

    private static JsonElement? Value(JsonElement record, string field) =>
        record.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement record, string field) =>
        Value(record, field) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static TimeSpan? Milliseconds(JsonElement record, string field) =>
        Value(record, field) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && number is >= 0 and < 1e12
            ? TimeSpan.FromMilliseconds(number)
            : null;
}
