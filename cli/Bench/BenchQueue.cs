using System.Diagnostics;

namespace AudioReprompt.Cli.Bench;

/// <summary>The jobs of one run as a platform keeps them: queued, taken, or ended with a result; and what must never happen to them, counted.</summary>
internal sealed class BenchQueue
{
    /// <summary>A job that its worker's heartbeat does not name this long after it was taken is queued again.</summary>
    private static readonly TimeSpan TakenLimit = TimeSpan.FromSeconds(1.5);

    private readonly Lock _lock = new();
    private readonly Queue<int> _waiting;
    private readonly Job[] _jobs;
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ended;
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BenchQueue(int jobs)
    {
        _jobs = [.. Enumerable.Range(0, jobs).Select(_ => new Job())];
        _waiting = new Queue<int>(Enumerable.Range(0, jobs));
    }

    /// <summary>Ends when every job has a result.</summary>
    public Task Done => _done.Task;

    public int Ended => Volatile.Read(ref _ended);

    public int Count => _jobs.Length;

    /// <summary>Jobs whose accepted result was not the right one.</summary>
    public int Wrong { get; private set; }

    /// <summary>
    /// Results that came again after an acknowledgement had been sent, of jobs that were not given out for each of them: a job that the platform
    /// itself queues again while its result is on the way rightly ends twice.
    /// </summary>
    public int PostedAgain { get; private set; }

    public int QueuedAgain { get; private set; }

    /// <summary>Takes up to so many jobs; none when nothing waits.</summary>
    public IReadOnlyList<int> Take(int most)
    {
        lock (_lock)
        {
            var taken = new List<int>();
            while (taken.Count < most && _waiting.TryDequeue(out var job))
            {
                if (_jobs[job].State != State.Waiting) continue;
                _jobs[job].State = State.Taken;
                _jobs[job].TakenAt = Stopwatch.GetTimestamp();
                _jobs[job].Taken++;
                taken.Add(job);
            }

            return taken;
        }
    }

    /// <summary>Ends with the next job that is queued.</summary>
    public Task Added
    {
        get
        {
            lock (_lock) return _added.Task;
        }
    }

    /// <summary>A result has come.</summary>
    public void End(int job, bool isRight)
    {
        lock (_lock)
        {
            if (++_jobs[job].Results > _jobs[job].Taken && _jobs[job].Acknowledged) PostedAgain++;
            if (_jobs[job].State == State.Ended) return;
            _jobs[job].State = State.Ended;
            if (!isRight) Wrong++;
            if (++_ended == _jobs.Length) _done.TrySetResult();
        }
    }

    /// <summary>The whole answer that accepts a job's result has been sent.</summary>
    public void Acknowledge(int job)
    {
        lock (_lock) _jobs[job].Acknowledged = true;
    }

    /// <summary>The worker says what it has; jobs that it should have and has not are queued again.</summary>
    public void Heartbeat(IReadOnlySet<int> held)
    {
        lock (_lock)
        {
            for (var job = 0; job < _jobs.Length; job++)
            {
                if (_jobs[job].State == State.Taken && !held.Contains(job) && Stopwatch.GetElapsedTime(_jobs[job].TakenAt) > TakenLimit) QueueAgain(job);
            }
        }
    }

    /// <summary>The worker is gone, with all that it had.</summary>
    public void WorkerGone()
    {
        lock (_lock)
        {
            for (var job = 0; job < _jobs.Length; job++)
            {
                if (_jobs[job].State == State.Taken) QueueAgain(job);
            }
        }
    }

    private void QueueAgain(int job)
    {
        _jobs[job].State = State.Waiting;
        _waiting.Enqueue(job);
        QueuedAgain++;
        _added.TrySetResult();
        _added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private enum State
    {
        Waiting,
        Taken,
        Ended,
    }

    private sealed class Job
    {
        public State State { get; set; }
        public long TakenAt { get; set; }
        public int Taken { get; set; }
        public int Results { get; set; }
        public bool Acknowledged { get; set; }
    }
}
