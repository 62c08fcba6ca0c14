using System.Text.Json;
using System.Text.Json.Serialization;

namespace AudioReprompt.RunPod;

/// <summary>
/// What a worker says about a handler that threw. On the wire the report is JSON inside a JSON string, the job's <c>error</c>.
/// </summary>
/// <param name="ErrorType">
/// The exception's full type name. <see cref="Contracts.InvalidInputException.ErrorType"/> is the one that callers act upon:
/// the same input will always fail, so the job is not worth another try.
/// </param>
/// <param name="ErrorMessage">A sentence for people.</param>
public sealed record ErrorReport(string ErrorType, string ErrorMessage)
{
    public string ErrorTraceback { get; init; } = "";
    public string Hostname { get; init; } = "unknown";
    public string WorkerId { get; init; } = "unknown";

    /// <summary>Our own version: the platform's use of the field is not documented.</summary>
    public string RunpodVersion { get; init; } = typeof(ErrorReport).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    /// <summary>As it stands in <c>error</c>.</summary>
    public string ToText() => JsonSerializer.Serialize(this, ErrorReportJson.Default.ErrorReport);

    /// <summary>Reads the type and the message; both must be there.</summary>
    /// <returns>null when <paramref name="error"/> is no report.</returns>
    public static ErrorReport? TryParse(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object
            || !error.TryGetProperty("error_type", out var type) || type.ValueKind != JsonValueKind.String
            || !error.TryGetProperty("error_message", out var message) || message.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        return new ErrorReport(type.GetString()!, message.GetString()!);
    }

    /// <inheritdoc cref="TryParse(JsonElement)"/>
    public static ErrorReport? TryParse(string error)
    {
        if (!error.AsSpan().TrimStart().StartsWith('{')) return null;
        try
        {
            using var document = JsonDocument.Parse(error);
            return TryParse(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A text that only begins like JSON, or holds half a surrogate pair, is an error's plain text.
            return null;
        }
    }
}

/// <summary>snake_case, as the platform's own workers write it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorReport))]
internal sealed partial class ErrorReportJson : JsonSerializerContext;
