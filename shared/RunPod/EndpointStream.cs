using System.Text.Json;

namespace AudioReprompt.RunPod;

/// <summary>One answer of <c>stream</c>: where the job stands, and what its handler has yielded since the last one.</summary>
/// <param name="Chunks">The <c>output</c> of each chunk, in order.</param>
/// <param name="Error">As it came; null where there is none.</param>
public sealed record EndpointStream(EndpointStatus Status, IReadOnlyList<JsonElement> Chunks, string? Error)
{
    /// <summary>Nothing will follow: only then is an empty list the end.</summary>
    public bool IsEnd => Status.IsTerminal() && Chunks.Count == 0;

    /// <exception cref="EndpointException">The body is no such answer.</exception>
    public static EndpointStream Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var answer = document.RootElement;
            if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("status", out var status) || status.ValueKind != JsonValueKind.String)
                throw new EndpointException("The endpoint's answer to stream has no status.");
            var chunks = answer.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.Array
                ? stream.EnumerateArray().Select(OutputOf).ToArray()
                : [];
            var error = answer.TryGetProperty("error", out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
            return new EndpointStream(EndpointStatuses.Parse(status.GetString()!), chunks, error);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new EndpointException("The endpoint's answer to stream is not valid JSON.", exception);
        }
    }

    private static JsonElement OutputOf(JsonElement chunk) =>
        (chunk.ValueKind == JsonValueKind.Object && chunk.TryGetProperty("output", out var output) ? output : chunk).Clone();
}

/// <summary>The answer of <c>purge-queue</c>.</summary>
internal static class EndpointPurge
{
    /// <returns>How many jobs were removed.</returns>
    /// <exception cref="EndpointException">The body does not say.</exception>
    public static int Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("removed", out var removed) && removed.TryGetInt32(out var count))
            {
                return count;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new EndpointException("The endpoint's answer to purge-queue is not valid JSON.", exception);
        }

        throw new EndpointException("The endpoint's answer to purge-queue does not say how many jobs were removed.");
    }
}
