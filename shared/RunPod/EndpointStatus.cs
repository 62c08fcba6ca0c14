using System.Text.Json;
using System.Text.Json.Serialization;

namespace AudioReprompt.RunPod;

/// <summary>Where a job at an endpoint stands.</summary>
[JsonConverter(typeof(EndpointStatusConverter))]
public enum EndpointStatus
{
    /// <summary>A state that this version does not know; not an end.</summary>
    Unknown,
    InQueue,
    InProgress,
    Completed,
    Failed,
    Cancelled,

    /// <summary>The job waited or ran for longer than its policy allows, or its worker fell silent.</summary>
    TimedOut,
}

/// <summary>The states as they stand on the wire.</summary>
public static class EndpointStatuses
{
    public static EndpointStatus Parse(string text) => text switch
    {
        "IN_QUEUE" => EndpointStatus.InQueue,
        // RUNNING stands in the platform's documentation, though nobody has seen it.
        "IN_PROGRESS" or "RUNNING" => EndpointStatus.InProgress,
        "COMPLETED" => EndpointStatus.Completed,
        "FAILED" => EndpointStatus.Failed,
        "CANCELLED" => EndpointStatus.Cancelled,
        "TIMED_OUT" => EndpointStatus.TimedOut,
        _ => EndpointStatus.Unknown,
    };

    public static string ToText(this EndpointStatus status) => status switch
    {
        EndpointStatus.InQueue => "IN_QUEUE",
        EndpointStatus.InProgress => "IN_PROGRESS",
        EndpointStatus.Completed => "COMPLETED",
        EndpointStatus.Failed => "FAILED",
        EndpointStatus.Cancelled => "CANCELLED",
        EndpointStatus.TimedOut => "TIMED_OUT",
        _ => "UNKNOWN",
    };

    /// <summary>Whether nothing changes any more.</summary>
    public static bool IsTerminal(this EndpointStatus status) =>
        status is EndpointStatus.Completed or EndpointStatus.Failed or EndpointStatus.Cancelled or EndpointStatus.TimedOut;
}

/// <summary>Writes a state as <see cref="EndpointStatuses.ToText"/> spells it.</summary>
public sealed class EndpointStatusConverter : JsonConverter<EndpointStatus>
{
    public override EndpointStatus Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        EndpointStatuses.Parse(reader.GetString() ?? "");

    public override void Write(Utf8JsonWriter writer, EndpointStatus value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToText());
}
