using System.Text.Json;

namespace AudioReprompt.Worker.Jobs;

/// <summary>What a streaming handler has yielded for one job. Guarded by its owner's lock.</summary>
internal sealed class ChunkBuffer
{
    private readonly List<JsonElement> _chunks = [];
    private int _read;
    private TaskCompletionSource _added = NewSource();

    public IReadOnlyList<JsonElement> All => _chunks;

    /// <summary>Ends when there is a chunk that nobody has read.</summary>
    public Task Added => _read < _chunks.Count ? Task.CompletedTask : _added.Task;

    public void Add(JsonElement chunk)
    {
        _chunks.Add(chunk);
        _added.TrySetResult();
    }

    /// <summary>Chunks that nobody has read; each is given once.</summary>
    public IReadOnlyList<JsonElement> Read()
    {
        var unread = _chunks[_read..];
        _read = _chunks.Count;
        _added = NewSource();
        return unread;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
