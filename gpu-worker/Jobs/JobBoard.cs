using System.Runtime.InteropServices;
using System.Text.Json;
using AudioReprompt.RunPod;

namespace AudioReprompt.Worker.Jobs;

/// <param name="MaxQueued">Jobs that may wait; further ones are refused.</param>
/// <param name="MaxKeptBytes">Outputs kept for callers, together; beyond it the oldest are forgotten before their time.</param>
public sealed record JobBoardLimits(int MaxQueued = 1000, long MaxKeptBytes = 512 * 1024 * 1024);

/// <summary>
/// The jobs of the local API, in memory: what the platform's queue is to a worker in the cloud. Every job ends once, whoever comes first:
/// its result, a cancellation, or the clock.
/// </summary>
public sealed class JobBoard(WorkerIdentity worker, JobBoardLimits limits, TimeProvider time) : IJobSource, IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, BoardEntry> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<BoardEntry> _queue = [];
    private readonly LinkedList<BoardEntry> _ended = [];

    /// <summary>Released once per submission; there may be more releases than jobs, as queued jobs can be cancelled.</summary>
    private readonly SemaphoreSlim _submitted = new(0);

    private long _keptBytes;
    private int _inProgress;
    private int _completed;
    private int _failed;
    private bool _closed;

    /// <summary>A job has ended. Called without a lock, after the record has changed; must not block.</summary>
    public event Action<EndedJob>? Ended;

    public bool IsClosed
    {
        get
        {
            lock (_lock) return _closed;
        }
    }

    /// <returns>The new job's record; null when the board is full or closed.</returns>
    public JobRecord? Submit(JobSubmission submission)
    {
        BoardEntry entry;
        lock (_lock)
        {
            if (_closed || _queue.Count >= limits.MaxQueued) return null;
            if (submission.Id is { } given && _entries.ContainsKey(given)) submission = submission with { Id = null };
            entry = new BoardEntry(submission.Id ?? $"{submission.IdPrefix}{Guid.NewGuid():D}-local", submission) { SubmittedAt = time.GetTimestamp() };
            _entries.Add(entry.Id, entry);
            entry.Queued = _queue.AddLast(entry);
            entry.Life = time.CreateTimer(_ => Expire(entry), null, submission.TimeToLive, Timeout.InfiniteTimeSpan);
        }

        _submitted.Release();
        return new JobRecord(entry.Id, EndpointStatus.InQueue);
    }

    /// <returns>null when the board does not know the job, or no longer.</returns>
    public JobRecord? Find(string id)
    {
        lock (_lock) return _entries.TryGetValue(id, out var entry) ? RecordOf(entry) : null;
    }

    /// <summary>The result as the platform would get it; null when the board does not know the job, or it has not ended.</summary>
    public byte[]? FindBody(string id)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out var entry) || !entry.Status.IsTerminal()) return null;
            return JobOutcome.Ended(entry.Output, entry.Error ?? (entry.Status == EndpointStatus.Completed ? null : entry.Status.ToText()), entry.StopPod).ToBody();
        }
    }

    /// <summary>Ends a job that has not ended yet.</summary>
    /// <returns>Its record now; null when the board does not know it.</returns>
    public JobRecord? Cancel(string id)
    {
        BoardEntry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out entry)) return null;
        }

        End(entry, EndpointStatus.Cancelled, null, null);
        lock (_lock) return RecordOf(entry);
    }

    /// <summary>Cancels every job that waits.</summary>
    /// <returns>How many.</returns>
    public int Purge() => EndQueued(EndpointStatus.Cancelled, null);

    /// <summary>Waits for a job's end.</summary>
    /// <returns>Its record, ended or not when the time was up; null when the board does not know it.</returns>
    public async Task<JobRecord?> WaitAsync(string id, TimeSpan wait, CancellationToken cancellationToken)
    {
        BoardEntry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out entry)) return null;
        }

        try
        {
            await entry.Done.Task.WaitAsync(wait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The record says that the job still runs.
        }

        lock (_lock) return RecordOf(entry);
    }

    /// <summary>Waits until a job has a chunk that nobody has read, or has ended.</summary>
    /// <returns>Its record and the chunks, each given once; null when the board does not know it.</returns>
    public async Task<(JobRecord Record, IReadOnlyList<JsonElement> Chunks)?> StreamAsync(
        string id, TimeSpan wait, CancellationToken cancellationToken)
    {
        BoardEntry? entry;
        Task added;
        lock (_lock)
        {
            if (!_entries.TryGetValue(id, out entry)) return null;
            added = entry.Chunks.Added;
        }

        try
        {
            await Task.WhenAny(added, entry.Done.Task).WaitAsync(wait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // No chunk in time; the record says that the job still runs.
        }

        lock (_lock) return (RecordOf(entry), entry.Chunks.Read());
    }

    /// <summary>Ids of the jobs that have not ended.</summary>
    public IReadOnlyList<string> Unfinished()
    {
        lock (_lock) return [.. _entries.Values.Where(entry => !entry.Status.IsTerminal()).Select(entry => entry.Id)];
    }

    /// <summary>Ended jobs since the start, and what waits and runs now.</summary>
    public EndpointJobCounts Count()
    {
        lock (_lock) return new EndpointJobCounts(_completed, _failed, _inProgress, _queue.Count);
    }

    public async Task<IReadOnlyList<TakenJob>> TakeAsync(int wanted, CancellationToken draining)
    {
        try
        {
            while (true)
            {
                await _submitted.WaitAsync(draining);
                lock (_lock)
                {
                    if (_queue.First?.Value is { } entry) return [Start(entry)];
                }
            }
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            // What waits has been failed by Close.
            return [];
        }
    }

    private TakenJob Start(BoardEntry entry)
    {
        Dequeue(entry);
        entry.Status = EndpointStatus.InProgress;
        entry.StartedAt = time.GetTimestamp();
        _inProgress++;
        entry.Limit = time.CreateTimer(
            _ => End(entry, EndpointStatus.TimedOut, null, null), null, entry.Submission.ExecutionTimeout, Timeout.InfiniteTimeSpan);
        return new TakenJob(entry.Id, entry.Submission.Input, entry.Submission.Trace, entry.Stop.Token) { Record = entry.Submission.Record };
    }

    public void ReportProgress(TakenJob job, JsonElement progress)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(job.Id, out var entry) && entry.Status == EndpointStatus.InProgress) entry.Output = progress;
        }
    }

    public Task ReportChunkAsync(TakenJob job, JsonElement chunk, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(job.Id, out var entry) && entry.Status == EndpointStatus.InProgress) entry.Chunks.Add(chunk);
        }

        return Task.CompletedTask;
    }

    public Task ReportAsync(TakenJob job, JobOutcome outcome)
    {
        BoardEntry? entry;
        lock (_lock) _entries.TryGetValue(job.Id, out entry);
        if (entry is null) return Task.CompletedTask;
        // There is nobody to hand a job back to: its caller can send it again.
        var error = outcome.HandedBack ? worker.Report(new WorkerStoppedException()).ToText() : outcome.ErrorText;
        var output = outcome.IsStream ? AllChunks(entry) : outcome.Output;
        if (error is null && output is { } value) error = TooLarge(entry, JsonMarshal.GetRawUtf8Value(value).Length);
        lock (_lock)
        {
            entry.StopPod = outcome.StopPod;
            // A second of audio is 170 kB of base64, and an ended job is remembered for half an hour.
            if (!outcome.IsStream) entry.Chunks.Forget();
        }

        if (error is not null) End(entry, EndpointStatus.Failed, null, error);
        else End(entry, EndpointStatus.Completed, output, null);
        return Task.CompletedTask;
    }

    /// <returns>null: the platform would take it.</returns>
    private string? TooLarge(BoardEntry entry, int bytes)
    {
        if (bytes <= entry.Submission.MaxOutputBytes) return null;
        var report = new ErrorReport(
            "AudioReprompt.Worker.Jobs.OutputTooLarge",
            $"The output of {bytes / 1e6:0.0} MB is larger than the {entry.Submission.MaxOutputBytes / (1024 * 1024)} MB that RunPod takes; "
                + "with upload_url the audio is uploaded and the output stays small.");
        return (report with { Hostname = worker.Hostname, WorkerId = worker.ReportedId }).ToText();
    }

    /// <summary>Whoever asks for the record of a streamed job gets all of it, as from RunPod's local server.</summary>
    private JsonElement? AllChunks(BoardEntry entry)
    {
        lock (_lock) return JobOutcome.Streamed(entry.Chunks.All).Output;
    }

    /// <summary>Refuses new jobs, and fails those that wait: nobody will run them.</summary>
    public void Close()
    {
        lock (_lock) _closed = true;
        EndQueued(EndpointStatus.Failed, worker.Report(new WorkerStoppedException()).ToText());
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var entry in _entries.Values) entry.DisposeTimers();
        }

        _submitted.Dispose();
    }

    private int EndQueued(EndpointStatus status, string? error)
    {
        BoardEntry[] waiting;
        lock (_lock) waiting = [.. _queue];
        return waiting.Count(entry => End(entry, status, null, error, onlyFrom: EndpointStatus.InQueue));
    }

    /// <returns>false when the job had ended already, or is not where it should be.</returns>
    private bool End(BoardEntry entry, EndpointStatus status, JsonElement? output, string? error, EndpointStatus? onlyFrom = null)
    {
        JobRecord record;
        lock (_lock)
        {
            if (entry.Status.IsTerminal() || (onlyFrom is not null && entry.Status != onlyFrom)) return false;
            Leave(entry);
            entry.Status = status;
            entry.Output = output;
            entry.Error = error;
            entry.EndedAt = time.GetTimestamp();
            // What came in is not needed any more, and may be megabytes.
            entry.Submission = entry.Submission with { Input = default };
            if (status == EndpointStatus.Completed) _completed++;
            if (status is EndpointStatus.Failed or EndpointStatus.TimedOut) _failed++;
            entry.DisposeTimers();
            Keep(entry);
            record = RecordOf(entry);
        }

        Announce(entry, record);
        return true;
    }

    /// <summary>The job has outlived its time: it is gone at once, whatever it was doing.</summary>
    private void Expire(BoardEntry entry)
    {
        if (End(entry, EndpointStatus.TimedOut, null, null)) Forget(entry);
    }

    private void Forget(BoardEntry entry)
    {
        lock (_lock)
        {
            entry.DisposeTimers();
            if (_entries.Remove(entry.Id) && _ended.Remove(entry)) _keptBytes -= entry.OutputBytes;
        }
    }

    /// <summary>Keeps an ended job for its retention, as long as there is room for its output. Under the lock.</summary>
    private void Keep(BoardEntry entry)
    {
        entry.Life = time.CreateTimer(_ => Forget(entry), null, entry.Submission.Retention, Timeout.InfiniteTimeSpan);
        _ended.AddLast(entry);
        _keptBytes += entry.OutputBytes;
        while (_keptBytes > limits.MaxKeptBytes && _ended.First!.Value is var oldest && oldest != entry) Forget(oldest);
    }

    private void Announce(BoardEntry entry, JobRecord record)
    {
        // Not awaited: what the handler hangs on its token must not hold up whoever ended the job.
        if (record.Status is EndpointStatus.Cancelled or EndpointStatus.TimedOut) _ = entry.Stop.CancelAsync();
        entry.Done.TrySetResult();
        Ended?.Invoke(new EndedJob(record, entry.Submission.Webhook, entry.Submission.Trace));
    }

    /// <summary>Takes a job that ends out of the queue, or out of those that run. Under the lock.</summary>
    private void Leave(BoardEntry entry)
    {
        if (entry.Status == EndpointStatus.InQueue) Dequeue(entry);
        else _inProgress--;
    }

    private void Dequeue(BoardEntry entry)
    {
        _queue.Remove(entry.Queued!);
        entry.Queued = null;
    }

    private JobRecord RecordOf(BoardEntry entry) => new(entry.Id, entry.Status)
    {
        Output = entry.Output,
        Error = entry.Error,
        DelayTime = entry.StartedAt is { } started ? Milliseconds(entry.SubmittedAt, started) : null,
        ExecutionTime = entry is { StartedAt: { } start, EndedAt: { } end } ? Milliseconds(start, end) : null,
        WorkerId = entry.StartedAt is null ? null : worker.Id,
    };

    private long Milliseconds(long from, long to) => (long)time.GetElapsedTime(from, to).TotalMilliseconds;
}
