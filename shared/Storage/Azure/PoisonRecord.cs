using System.Text.Json.Serialization;

namespace AudioReprompt.Storage.Azure;

/// <summary>The text of a message in the poison queue. In ASCII throughout (the serializer escapes the rest), as XML wants it.</summary>
internal sealed record PoisonRecord(string MessageId, Guid JobId, int DequeueCount, DateTimeOffset EnqueuedAt, DateTimeOffset PoisonedAt, string Reason)
{
    public PoisonMessage ToMessage() => new(MessageId, JobId, DequeueCount, EnqueuedAt, PoisonedAt, Reason);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PoisonRecord))]
internal sealed partial class PoisonJson : JsonSerializerContext;
