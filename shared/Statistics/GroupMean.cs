namespace AudioReprompt.Statistics;

/// <summary>The mean of the scores that share a label, such as an instrument that was asked for.</summary>
public sealed record GroupMean(string Label, Moments Moments)
{
    /// <param name="scores">A score may come under several labels: a piece has several instruments.</param>
    /// <returns>The highest mean first; equal ones by label.</returns>
    /// <exception cref="SampleException">A score is NaN or infinite; its label is named.</exception>
    public static IReadOnlyList<GroupMean> Of(IEnumerable<(string Label, double Score)> scores)
    {
        var byLabel = scores.ToLookup(score => score.Label, score => score.Score, StringComparer.Ordinal);
        foreach (var label in byLabel)
            if (!label.All(double.IsFinite)) throw new SampleException($"A score of {label.Key} is not a finite number.");
        return [.. byLabel
            .Select(label => new GroupMean(label.Key, Moments.Of([.. label])))
            .OrderByDescending(mean => mean.Moments.Mean)
            .ThenBy(mean => mean.Label, StringComparer.Ordinal)];
    }
}
