using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using AudioReprompt.RunPod;

namespace AudioReprompt.Worker.Jobs;

/// <summary>One job on the board; everything that changes is guarded by the board's lock.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The board disposes the timers; the token source has neither timer nor handle.")]
internal sealed class BoardEntry(string id, JobSubmission submission)
{
    public string Id => id;
    public JobSubmission Submission { get; set; } = submission;
    public EndpointStatus Status { get; set; } = EndpointStatus.InQueue;
    public JsonElement? Output { get; set; }
    public long OutputBytes => Output is { } output ? JsonMarshal.GetRawUtf8Value(output).Length : 0;
    public string? Error { get; set; }
    public bool StopPod { get; set; }
    public ChunkBuffer Chunks { get; } = new();
    public long SubmittedAt { get; init; }
    public long? StartedAt { get; set; }
    public long? EndedAt { get; set; }

    /// <summary>Its place in the queue while it waits.</summary>
    public LinkedListNode<BoardEntry>? Queued { get; set; }

    /// <summary>Ends a running job at its execution timeout.</summary>
    public ITimer? Limit { get; set; }

    /// <summary>Removes the job: at the end of its time to live, or of its retention once it has ended.</summary>
    public ITimer? Life { get; set; }

    public CancellationTokenSource Stop { get; } = new();
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void DisposeTimers()
    {
        Limit?.Dispose();
        Life?.Dispose();
    }
}
