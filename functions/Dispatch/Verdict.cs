namespace AudioReprompt.FrontDoor.Dispatch;

/// <summary>What to do with a job's message.</summary>
/// <param name="Again">Give it back, visible after this time.</param>
/// <param name="Poison">Give it up, for this reason.</param>
/// <param name="ToScore">Whoever scores takes it over, held as it is.</param>
public readonly record struct Verdict(TimeSpan? Again, string? Poison, bool ToScore = false)
{
    /// <summary>The record says all there is to say; the message can go.</summary>
    public static Verdict Done => default;

    /// <summary>The audio is there; what is missing is the scores.</summary>
    public static Verdict Score => new(null, null, ToScore: true);

    public static Verdict Later(TimeSpan delay) => new(delay, null);

    public static Verdict GiveUp(string reason) => new(null, reason);
}
