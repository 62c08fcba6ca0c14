using System.Text.Json;

namespace AudioReprompt.Worker.Jobs;

/// <summary>What a streaming handler has yielded for one job. Guarded by its owner's lock.</summary>
internal sealed class ChunkBuffer
{
    private readonly List<JsonElement> _chunks = [];
    private int _read;
    private bool _forgets;
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
        if (_forgets) Forget();
        return unread;
    }

    /// <summary>From now on what has been read is not kept: nothing will ask for <see cref="All"/>.</summary>
    public void Forget()
    {
        _forgets = true;
        _chunks.RemoveRange(0, _read);
        _read = 0;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
