namespace AudioReprompt.Cli.Bench.MixedLoad;

/// <summary>
/// Requests at a fixed rate, whatever the server does (an open model): each has its time, and its latency counts from there. A stall of the server delays
/// those that come after, and shows in all of them; callers who wait for an answer before they send again would hide it (coordinated omission).
/// </summary>
/// <param name="perSecond">Requests a second.</param>
/// <param name="count">Altogether.</param>
internal sealed class OpenSchedule(double perSecond, int count, TimeProvider clock)
{
    private readonly TimeSpan[] _latencies = new TimeSpan[count];
    private readonly long _started = clock.GetTimestamp();
    private int _taken = -1;

    /// <summary>Of every request by its index; zero for those without an answer.</summary>
    public IReadOnlyList<TimeSpan> Latencies => _latencies;

    /// <summary>Takes the next request, in their order.</summary>
    /// <returns>false when there is none left.</returns>
    public bool TryTake(out int index) => (index = Interlocked.Increment(ref _taken)) < count;

    /// <returns>How long to wait before it is sent; zero or less when it is late already.</returns>
    public TimeSpan UntilDue(int index) => TimeSpan.FromSeconds(index / perSecond) - clock.GetElapsedTime(_started);

    /// <summary>Its answer is there.</summary>
    public void Answered(int index) => _latencies[index] = -UntilDue(index);
}
