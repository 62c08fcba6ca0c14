using System.Runtime.InteropServices;
using System.Text.Json;

namespace AudioReprompt.Worker.Platform;

/// <summary>One item of a take's answer.</summary>
/// <param name="Id">null: it has none, so nothing can be said about it to anybody.</param>
/// <param name="Input">Undefined where there is a fault.</param>
/// <param name="Fault">Why it cannot be run; names the field.</param>
internal sealed record OfferedJob(string? Id, JsonElement Record, JsonElement Input, string? BatchId, string? Fault)
{
    public static OfferedJob Nameless(JsonElement record, string fault) => new(null, record, default, null, fault);
}

/// <summary>What one answer to a take means (section 5.2).</summary>
/// <param name="Note">What is worth a line in the log; null: nothing.</param>
internal sealed record TakeAnswer(TakeVerdict Verdict, IReadOnlyList<OfferedJob> Jobs, string? Note = null)
{
    public static TakeAnswer Empty(string? note = null) => new(TakeVerdict.NoJob, [], note);
}

internal enum TakeVerdict
{
    Jobs,
    NoJob,

    /// <summary>429.</summary>
    SlowDown,

    /// <summary>The client's own limit: the poll was held, and there was no job.</summary>
    PollOver,

    Error,
}

internal static class TakeReader
{
    /// <summary>Deeper than any sane job, as deep as the platform's own workers go about.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 900 };

    public static TakeAnswer Read(PlatformReply reply)
    {
        if (reply.Fault is { Kind: FaultKind.Timeout }) return new TakeAnswer(TakeVerdict.PollOver, []);
        if (reply.Fault is { } fault) return Error(fault.Type, fault.Message);
        if (reply.Status is 204 or 400) return TakeAnswer.Empty();
        if (reply.Status == 429) return new TakeAnswer(TakeVerdict.SlowDown, []);
        if (reply.Status >= 300) return Error("Status", PlatformClient.Quote(reply));
        if (!string.Equals(reply.MediaType, "application/json", StringComparison.OrdinalIgnoreCase))
            return TakeAnswer.Empty($"A take was answered with {reply.MediaType ?? "no media type"}.");
        if (reply.Body.IsEmpty) return TakeAnswer.Empty();
        try
        {
            using var document = JsonDocument.Parse(reply.Body, Deep);
            // Whoever reads the jobs keeps them long after the answer's buffer.
            return Read(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return TakeAnswer.Empty("A take was answered with something that is no JSON.");
        }
    }

    private static TakeAnswer Read(JsonElement root)
    {
        IReadOnlyList<OfferedJob> jobs = root.ValueKind switch
        {
            JsonValueKind.Object => [Offer(root)],
            JsonValueKind.Array => [.. root.EnumerateArray().Select(Offer)],
            _ => [],
        };
        return jobs.Count > 0 ? new TakeAnswer(TakeVerdict.Jobs, jobs) : TakeAnswer.Empty();
    }

    private static OfferedJob Offer(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object) return OfferedJob.Nameless(item, $"is no object but {item.ValueKind}");
        try
        {
            var id = item.TryGetProperty("id", out var found) ? IdOf(found) : null;
            if (id is null) return OfferedJob.Nameless(item, "has no id that is a text");
            var batch = item.TryGetProperty("batchId", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
            return item.TryGetProperty("input", out var input)
                ? new OfferedJob(id, item, input, batch, null)
                : new OfferedJob(id, item, default, batch, "input: is required.");
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in a name or in the id: no text, so nobody could be answered.
            return OfferedJob.Nameless(item, "has a field whose name or id is no text");
        }
    }

    /// <summary>A number in its text form: better than a job that can never be answered.</summary>
    private static string? IdOf(JsonElement id) => id.ValueKind switch
    {
        JsonValueKind.String when id.GetString() is { Length: > 0 } text => text,
        JsonValueKind.Number => System.Text.Encoding.ASCII.GetString(JsonMarshal.GetRawUtf8Value(id)),
        _ => null,
    };

    private static TakeAnswer Error(string type, string message) =>
        new(TakeVerdict.Error, [], $"Failed to get job. | Error Type: {type} | Error Message: {message}");
}
