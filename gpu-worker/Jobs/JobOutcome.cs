using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AudioReprompt.Worker.Jobs;

/// <summary>
/// How a job ended, and its result as the platform takes it: <c>{"output", "error", "stopPod"}</c>, each only where there is one. What
/// makes which of them is section 8 of RunPod's worker protocol.
/// </summary>
public sealed record JobOutcome
{
    private const string ErrorField = "error";
    private const string RefreshField = "refresh_worker";

    /// <summary>null: there is none, which is not the same as the JSON value null.</summary>
    public JsonElement? Output { get; private init; }

    /// <summary>Any JSON; for a handler that threw a string, an <see cref="RunPod.ErrorReport"/> as text. null for a job that succeeded.</summary>
    public JsonElement? Error { get; private init; }

    /// <summary>The handler asks for a fresh worker.</summary>
    public bool StopPod { get; init; }

    /// <summary>The handler streams: its chunks have been reported before.</summary>
    public bool IsStream { get; init; }

    /// <summary>The worker stopped before the job was done: it belongs to whoever queued it again.</summary>
    public bool HandedBack { get; private init; }

    public bool Succeeded => Error is null && !HandedBack;

    /// <summary><see cref="Error"/> as one text; a value that is no string as JSON.</summary>
    public string? ErrorText => Error is not { } error ? null : error.ValueKind == JsonValueKind.String ? error.GetString() : error.GetRawText();

    /// <summary>
    /// Reads what a handler returned. Of an object, <c>error</c> and <c>refresh_worker</c> are taken out; the rest is the output, and none
    /// when nothing is left. Only the top level is looked at, and falsy values of the two are ignored.
    /// </summary>
    /// <exception cref="InvalidOperationException">The handler returned no JSON value at all.</exception>
    public static JobOutcome Of(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Undefined) throw new InvalidOperationException("The handler returned no JSON value.");
        if (value.ValueKind != JsonValueKind.Object) return new JobOutcome { Output = value };
        var error = value.TryGetProperty(ErrorField, out var found) ? found : default;
        var refresh = value.TryGetProperty(RefreshField, out found) ? found : default;
        return new JobOutcome
        {
            Output = OutputOf(value, hasReserved: error.ValueKind != JsonValueKind.Undefined || refresh.ValueKind != JsonValueKind.Undefined),
            Error = IsTruthy(error) ? error : null,
            StopPod = IsTruthy(refresh),
        };
    }

    public static JobOutcome Completed(JsonElement output) => new() { Output = output };

    /// <summary>The final result of a streaming handler.</summary>
    /// <param name="values">What it yielded; empty without <c>return_aggregate_stream</c>.</param>
    public static JobOutcome Streamed(IReadOnlyList<JsonElement> values) => new()
    {
        Output = Write(json =>
        {
            json.WriteStartArray();
            foreach (var value in values) WriteRaw(json, value);
            json.WriteEndArray();
        }),
        IsStream = true,
    };

    /// <summary>Of parts that are known.</summary>
    public static JobOutcome Ended(JsonElement? output, string? error, bool stopPod) =>
        (error is null ? new JobOutcome { Output = output } : Failed(error)) with { StopPod = stopPod };

    public static JobOutcome Failed(string error) => new() { Error = Write(json => json.WriteStringValue(error)) };

    public static JobOutcome Abandoned() => new() { HandedBack = true };

    /// <summary>The value of <c>error</c> in a yielded object; null where there is none, or a falsy one.</summary>
    public static JsonElement? ErrorIn(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(ErrorField, out var error) && IsTruthy(error) ? error : null;

    /// <summary>The body of the result, UTF-8. Values stand as they came: numbers keep their digits, text its characters.</summary>
    public byte[] ToBody()
    {
        var buffer = new ArrayBufferWriter<byte>(Output is { } output ? JsonMarshal.GetRawUtf8Value(output).Length + 64 : 256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        Field(json, "output", Output);
        Field(json, ErrorField, Error);
        if (StopPod) json.WriteBoolean("stopPod", true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary><c>{"output": value}</c>, the body of a chunk.</summary>
    public static byte[] ChunkBody(JsonElement value) => Completed(value).ToBody();

    /// <summary>As Python has it: null, false, 0, and what is empty are falsy.</summary>
    private static bool IsTruthy(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.Number => !value.TryGetDouble(out var number) || number != 0,
        JsonValueKind.String => !value.ValueEquals(""),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => false,
    };

    private static JsonElement? OutputOf(JsonElement value, bool hasReserved)
    {
        if (!value.EnumerateObject().Any(IsOutput)) return null;
        if (!hasReserved) return value;
        return Write(json =>
        {
            json.WriteStartObject();
            foreach (var property in value.EnumerateObject().Where(IsOutput))
            {
                json.WritePropertyName(property.Name);
                WriteRaw(json, property.Value);
            }

            json.WriteEndObject();
        });
    }

    private static bool IsOutput(JsonProperty property) => !property.NameEquals(ErrorField) && !property.NameEquals(RefreshField);

    private static void Field(Utf8JsonWriter json, string name, JsonElement? value)
    {
        if (value is not { } present) return;
        json.WritePropertyName(name);
        WriteRaw(json, present);
    }

    /// <summary>The bytes as they came: a big integer, a lone surrogate or a duplicate key pass through.</summary>
    private static void WriteRaw(Utf8JsonWriter json, JsonElement value) => json.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);

    private static JsonElement Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
