using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Jobs;

namespace AudioReprompt.Worker.LocalApi;

/// <summary>How the local API writes job records: camelCase, nothing for null, as the platform does.</summary>
[JsonSerializable(typeof(JobRecord))]
internal sealed partial class LocalApiJson : JsonSerializerContext
{
    /// <summary>Escapes no more than JSON needs: the outputs are long and stand in no HTML.</summary>
    public static LocalApiJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The answer of <c>stream</c>: <c>{"id", "status", "stream": [{"output"}, …]}</c>, and the error of a job that failed.</summary>
    public static byte[] Stream(JobRecord record, IReadOnlyList<JsonElement> chunks)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("id", record.Id);
        json.WriteString("status", EndpointStatuses.ToText(record.Status));
        json.WriteStartArray("stream");
        foreach (var chunk in chunks)
        {
            json.WriteStartObject();
            json.WritePropertyName("output");
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(chunk), skipInputValidation: true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (record.Error is not null) json.WriteString("error", record.Error);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
