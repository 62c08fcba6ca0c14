namespace AudioReprompt.Worker.Jobs;

/// <summary>How many jobs may run at once; asked again before every take.</summary>
/// <param name="current">What is in force.</param>
/// <returns>From now on. Less than 1 counts as 1; after an exception the current value stays.</returns>
public delegate int ConcurrencyModifier(int current);

/// <summary>The number of jobs that may run at once, as the modifier last said.</summary>
/// <param name="changes">The modifier may answer otherwise the next time: a full worker asks it again now and then.</param>
public sealed partial class Concurrency(ConcurrencyModifier modifier, ILogger<Concurrency> logger, bool changes = true)
{
    private bool _failing;

    public bool Changes => changes;

    public int Current { get; private set; } = 1;

    /// <summary>Asks the modifier.</summary>
    /// <returns>The number in force now.</returns>
    public int Next()
    {
        try
        {
            var next = Math.Max(1, modifier(Current));
            if (next != Current) LogChanged(Current, next);
            Current = next;
            _failing = false;
        }
        catch (Exception exception)
        {
            // Whoever scales the worker is at fault, not the jobs: it goes on as it was. Said once, as it is asked with every take.
            if (!_failing) LogFailed(exception, Current);
            _failing = true;
        }

        return Current;
    }

    [LoggerMessage(1, LogLevel.Debug, "Concurrency changes from {Old} to {New}.")]
    private partial void LogChanged(int old, int @new);

    [LoggerMessage(2, LogLevel.Error, "The concurrency modifier failed; {Current} stays in force.")]
    private partial void LogFailed(Exception exception, int current);
}
