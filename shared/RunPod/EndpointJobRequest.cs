using System.Buffers;
using System.Text.Json;
using AudioReprompt.Contracts;

namespace AudioReprompt.RunPod;

/// <summary>What is sent to <c>run</c>.</summary>
public sealed record EndpointJobRequest
{
    /// <summary>The handler's input, an object.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>Called with the job record when the job has ended.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>The longest running time; the platform takes 5 s to 7 days, and 10 minutes where nothing is said.</summary>
    public TimeSpan? ExecutionTimeout { get; init; }

    /// <summary>The longest life from submission, queue included; the platform takes 10 s to 7 days, and 24 hours where nothing is said.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>A request for music.</summary>
    public static EndpointJobRequest For(WorkerInput input) =>
        new() { Input = JsonSerializer.SerializeToElement(input, WorkerJson.Default.WorkerInput) };

    /// <summary>Nothing of the content: it holds the user's prompt, and addresses with secrets.</summary>
    public override string ToString() => nameof(EndpointJobRequest);

    internal ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WritePropertyName("input");
        Input.WriteTo(json);
        if (Webhook is not null) json.WriteString("webhook", Webhook.AbsoluteUri);
        if (ExecutionTimeout is not null || TimeToLive is not null)
        {
            json.WriteStartObject("policy");
            if (ExecutionTimeout is { } execution) json.WriteNumber("executionTimeout", (long)execution.TotalMilliseconds);
            if (TimeToLive is { } life) json.WriteNumber("ttl", (long)life.TotalMilliseconds);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
