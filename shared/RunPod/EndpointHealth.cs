using System.Text.Json;
using System.Text.Json.Serialization;

namespace AudioReprompt.RunPod;

/// <summary>Jobs and workers of an endpoint, counted; what the endpoint does not say is 0.</summary>
public sealed record EndpointHealth(EndpointJobCounts Jobs, EndpointWorkerCounts Workers)
{
    /// <exception cref="EndpointException">The body is no health record.</exception>
    public static EndpointHealth Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var health = JsonSerializer.Deserialize(utf8.Span, EndpointHealthJson.Default.EndpointHealth);
            return new EndpointHealth(health?.Jobs ?? new EndpointJobCounts(), health?.Workers ?? new EndpointWorkerCounts());
        }
        catch (JsonException exception)
        {
            throw new EndpointException("The endpoint's answer is not a health record.", exception);
        }
    }
}

public sealed record EndpointJobCounts(int Completed = 0, int Failed = 0, int InProgress = 0, int InQueue = 0, int Retried = 0);

/// <param name="Ready">Workers that could take a job: idle and running ones.</param>
public sealed record EndpointWorkerCounts(
    int Idle = 0, int Initializing = 0, int Ready = 0, int Running = 0, int Throttled = 0, int Unhealthy = 0);

/// <summary>camelCase, as the platform writes it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EndpointHealth))]
public sealed partial class EndpointHealthJson : JsonSerializerContext;
