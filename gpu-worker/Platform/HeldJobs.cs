using System.Diagnostics.CodeAnalysis;


namespace AudioReprompt.Worker.Platform;

/// <summary>One job from its take to its end.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Neither token source has a timer or a handle; handlers may still hold their tokens.")]
internal sealed class HeldJob(OfferedJob offer, ProgressPosts progress)
{
    public OfferedJob Offer => offer;
    public ProgressPosts Progress => progress;
    public CancellationTokenSource Stop { get; } = new();

    /// <summary>With the loop; false: it waits for a free slot.</summary>
    public bool IsRunning { get; set; }

    /// <summary>The handler has returned: stopping the job would only lose its result.</summary>
    public bool HasEnded { get; set; }
}

/// <summary>
/// The jobs that this worker has: waiting, running, or with a result that the platform has not taken. Safe for concurrent use; it knows no wire.
/// </summary>
internal sealed class HeldJobs(TimeProvider time)
{
    /// <summary>How long a delivered job is recognised when the platform hands it out once more.</summary>
    private static readonly TimeSpan DeliveredMemory = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HeldJob> _jobs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _posting = new(StringComparer.Ordinal);
    private readonly LinkedList<HeldJob> _waiting = [];
    private readonly Dictionary<string, long> _delivered = new(StringComparer.Ordinal);
    private readonly Queue<string> _deliveredOrder = new();

    public bool Any
    {
        get
        {
            lock (_lock) return _jobs.Count + _posting.Count > 0;
        }
    }

    public (int Waiting, int Running) Count()
    {
        lock (_lock) return (_waiting.Count, _jobs.Count - _waiting.Count);
    }

    /// <summary>Ids for the heartbeat.</summary>
    public string[] Ids()
    {
        lock (_lock) return [.. _jobs.Keys.Union(_posting)];
    }

    /// <returns>false: the worker has the job already, or has delivered it a moment ago.</returns>
    public bool TryAdd(HeldJob job)
    {
        var id = job.Offer.Id!;
        lock (_lock)
        {
            if (_jobs.ContainsKey(id) || _posting.Contains(id) || WasDelivered(id)) return false;
            _jobs.Add(id, job);
            _waiting.AddLast(job);
            return true;
        }
    }

    /// <summary>Waiting jobs that may start now.</summary>
    public IReadOnlyList<HeldJob> Start(int most)
    {
        lock (_lock)
        {
            var started = new List<HeldJob>();
            while (started.Count < most && _waiting.First is { } first)
            {
                _waiting.RemoveFirst();
                first.Value.IsRunning = true;
                started.Add(first.Value);
            }

            return started;
        }
    }

    public HeldJob? Find(string id)
    {
        lock (_lock) return _jobs.GetValueOrDefault(id);
    }

    /// <summary>Takes a job away from the worker.</summary>
    /// <returns>null: the worker has no such job, or it has ended, and its result is not to be lost.</returns>
    public HeldJob? Stop(string id)
    {
        lock (_lock)
        {
            if (!_jobs.TryGetValue(id, out var job) || job.HasEnded) return null;
            _jobs.Remove(id);
            if (!job.IsRunning) _waiting.Remove(job);
            return job;
        }
    }

    /// <summary>The handler has returned; from here on the job is its result.</summary>
    public void MarkEnded(HeldJob job)
    {
        lock (_lock) job.HasEnded = true;
    }

    /// <summary>A result is on its way, perhaps for long.</summary>
    public void MarkPosting(string id)
    {
        lock (_lock) _posting.Add(id);
    }

    /// <param name="delivered">The platform has a good result, and has no reason to ask for the job again.</param>
    public void Remove(string id, bool delivered)
    {
        lock (_lock)
        {
            _jobs.Remove(id);
            _posting.Remove(id);
            if (!delivered) return;
            if (_delivered.TryAdd(id, time.GetTimestamp())) _deliveredOrder.Enqueue(id);
            while (_deliveredOrder.TryPeek(out var oldest) && !WasDelivered(oldest)) _delivered.Remove(_deliveredOrder.Dequeue());
        }
    }

    private bool WasDelivered(string id) => _delivered.TryGetValue(id, out var at) && time.GetElapsedTime(at) < DeliveredMemory;
}
