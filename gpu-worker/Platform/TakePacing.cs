namespace AudioReprompt.Worker.Platform;

/// <summary>
/// How long to wait before the next take. RunPod's own worker asks again at once whatever happens, a thousand times a second where nobody
/// answers; this one asks a dead control plane less than once a second, and one that does not hold its polls a few times a second.
/// </summary>
/// <param name="random">Spreads pauses, so that workers do not come back all at once, 0…1.</param>
internal sealed class TakePacing(TimeProvider time, Func<double> random)
{
    private static readonly TimeSpan AfterNoJob = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan AfterSlowDown = TimeSpan.FromSeconds(5);
    private static readonly double[] AfterErrorSeconds = [1, 2, 3, 5];

    private int _errors;

    /// <param name="asked">When the take began, as a timestamp.</param>
    public TimeSpan PauseAfter(TakeVerdict verdict, long asked)
    {
        _errors = verdict == TakeVerdict.Error ? _errors + 1 : 0;
        switch (verdict)
        {
            case TakeVerdict.SlowDown:
                return AfterSlowDown;
            case TakeVerdict.Error:
                return TimeSpan.FromSeconds(AfterErrorSeconds[Math.Min(_errors, AfterErrorSeconds.Length) - 1] * (1 + 0.1 * random()));
            case TakeVerdict.NoJob:
                // A poll that was held has been waiting already.
                var left = AfterNoJob - time.GetElapsedTime(asked);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            default:
                return TimeSpan.Zero;
        }
    }
}
