namespace AudioReprompt.Cli.Bench;

/// <summary>How a call of the control plane goes wrong.</summary>
internal enum BenchFault
{
    None,

    /// <summary>500, and nothing was done.</summary>
    ServerError,

    /// <summary>429, and nothing was done.</summary>
    TooManyRequests,

    /// <summary>The connection breaks, and nothing was done.</summary>
    DroppedBefore,

    /// <summary>The connection breaks after the call took effect.</summary>
    DroppedAfter,

    /// <summary>Half an answer in JSON, and the call took effect.</summary>
    Malformed,

    /// <summary>The answer comes late and in pieces.</summary>
    Slow,

    /// <summary>A take gives the same job twice; a post is answered 502 with a page.</summary>
    Duplicate,
}

/// <summary>Draws faults, reproducibly.</summary>
internal sealed class BenchFaults(double share, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();
    private readonly Dictionary<BenchFault, int> _drawn = [];

    public int Total
    {
        get
        {
            lock (_lock) return _drawn.Values.Sum();
        }
    }

    public BenchFault Draw()
    {
        lock (_lock)
        {
            if (_random.NextDouble() >= share) return BenchFault.None;
            var fault = (BenchFault)_random.Next(1, 8);
            _drawn[fault] = _drawn.GetValueOrDefault(fault) + 1;
            return fault;
        }
    }
}
