using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace AudioReprompt.Worker.Platform;

/// <summary>
/// The progress of one job: one post at a time, always the newest, never one after <see cref="EndAsync"/>. What is overtaken is not sent.
/// </summary>
internal sealed class ProgressPosts(PlatformClient client, string url, string jobId, TimeProvider time) : IDisposable
{
    /// <summary>What the last post gets before the result goes out; then it is cut off, as it could only come late.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cut = new();
    private JsonElement? _newest;
    private Task _posting = Task.CompletedTask;
    private bool _ended;

    public void Report(JsonElement progress)
    {
        lock (_lock)
        {
            if (_ended) return;
            var idle = _newest is null && _posting.IsCompleted;
            _newest = progress;
            if (idle) _posting = Task.Run(PostAsync);
        }
    }

    /// <summary>Drops what is not on its way, and waits for what is.</summary>
    public async Task EndAsync()
    {
        lock (_lock)
        {
            _ended = true;
            _newest = null;
        }

        if (_posting.IsCompleted) return;
        try
        {
            await _posting.WaitAsync(EndLimit, time);
        }
        catch (TimeoutException)
        {
            await _cut.CancelAsync();
        }
    }

    public void Dispose() => _cut.Dispose();

    private async Task PostAsync()
    {
        while (true)
        {
            JsonElement progress;
            lock (_lock)
            {
                if (_newest is not { } newest)
                {
                    _posting = Task.CompletedTask;
                    return;
                }

                progress = newest;
                _newest = null;
            }

            try
            {
                // Not repeated when it fails: the next one says more.
                await client.PostAsync(PlatformUrl.With(url, "isStream=false"), jobId, Body(progress), _cut.Token);
            }
            catch (OperationCanceledException)
            {
                // The job's end cannot wait any longer.
                return;
            }
        }
    }

    private static ReadOnlyMemory<byte> Body(JsonElement progress)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("status", "IN_PROGRESS");
        json.WritePropertyName("output");
        json.WriteRawValue(JsonMarshal.GetRawUtf8Value(progress), skipInputValidation: true);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
