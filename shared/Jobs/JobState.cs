using System.Text.Json.Serialization;

namespace AudioReprompt.Jobs;

/// <summary>Where a job is on its way; <see cref="JobTransitions"/> says which way it may go.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>Accepted and stored; a message waits in the queue.</summary>
    [JsonStringEnumMemberName("queued")] Queued,

    /// <summary>Given to the endpoint, which has not said yet that it runs.</summary>
    [JsonStringEnumMemberName("dispatched")] Dispatched,

    /// <summary>A worker generates.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>The audio is verified and stored; scores are computed.</summary>
    [JsonStringEnumMemberName("scoring")] Scoring,

    [JsonStringEnumMemberName("completed")] Completed,
    [JsonStringEnumMemberName("failed")] Failed,
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}

public static class JobStates
{
    /// <summary>Nothing follows this state.</summary>
    public static bool IsTerminal(this JobState state) =>
        state is JobState.Completed or JobState.Failed or JobState.Cancelled;
}
