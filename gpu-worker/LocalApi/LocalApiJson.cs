using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
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
}
