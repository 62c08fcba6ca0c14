using System.Globalization;
using System.Text.Json.Serialization;

namespace AudioReprompt.Cli.Bench;

/// <summary>One row of the report.</summary>
/// <param name="Name">For machines; stays the same over versions.</param>
/// <param name="What">For people, with the conditions that the value depends on.</param>
/// <param name="Unit">Empty for a count.</param>
/// <param name="Detail">What else was seen: percentiles, how many runs.</param>
internal sealed record Measurement(string Name, string What, double Value, string Unit, Goal Goal, string Detail)
{
    [JsonIgnore]
    public bool Met => Goal.IsMetBy(Value);

    public string Verdict => Met ? "met" : "missed";

    /// <summary>The value with its unit, as people write it.</summary>
    [JsonIgnore]
    public string Measured => $"{Write(Value)} ({Detail})";

    [JsonIgnore]
    public string GoalText => Goal switch
    {
        { Kind: GoalKind.AtLeast, Limit: 0 } => "none",
        { Kind: GoalKind.AtMost } => $"≤ {Write(Goal.Limit)}",
        _ => $"≥ {Write(Goal.Limit)}",
    };

    private string Write(double value)
    {
        var format = Math.Abs(value) switch
        {
            _ when value == Math.Truncate(value) => "N0",
            >= 100 => "N0",
            >= 10 => "N1",
            _ => "N2",
        };
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {Unit}".TrimEnd();
    }
}

/// <summary>What a value should be.</summary>
internal sealed record Goal(GoalKind Kind, double Limit)
{
    /// <summary>Shown for comparison.</summary>
    public static Goal Unlimited { get; } = new(GoalKind.AtLeast, 0);

    public static Goal AtMost(double limit) => new(GoalKind.AtMost, limit);

    public static Goal AtLeast(double limit) => new(GoalKind.AtLeast, limit);

    public bool IsMetBy(double value) => Kind == GoalKind.AtMost ? value <= Limit : value >= Limit;
}

internal enum GoalKind
{
    [JsonStringEnumMemberName("at_most")] AtMost,
    [JsonStringEnumMemberName("at_least")] AtLeast,
}
