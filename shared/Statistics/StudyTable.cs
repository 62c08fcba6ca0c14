namespace AudioReprompt.Statistics;

/// <summary>The scores of one prompt as it was written and as it was refined.</summary>
/// <param name="Group">The taste that the prompt is counted under; empty where it has none, and then it stands in the last line alone.</param>
public sealed record ScoredPair(string Id, string Group, double Raw, double Refined);

/// <summary>One line of the table of a study.</summary>
/// <param name="Name">A taste, or <see cref="StudyTable.All"/>.</param>
/// <param name="GainPercent">
/// 100·(mean refined − mean raw) / mean raw; null where the mean of the raw scores is not above 0, because a part of it means nothing then.
/// </param>
/// <param name="Wins">Pairs whose refined score is higher.</param>
/// <param name="Test">null where <paramref name="Undefined"/> says why.</param>
/// <param name="Wilcoxon">null where <paramref name="Undefined"/> says why.</param>
/// <param name="HolmP">Corrected for the tests of all groups; null of the last line and where there is no p.</param>
/// <param name="Undefined">Why there is no p; null where there is one.</param>
public sealed record StudyRow(
    string Name,
    Moments Raw,
    Moments Refined,
    double? GainPercent,
    int Wins,
    PairedTTest? Test,
    WilcoxonSignedRank? Wilcoxon,
    double? HolmP,
    string? Undefined)
{
    public int Pairs => Raw.Count;
}

/// <summary>Raw against refined, by taste and for all prompts together.</summary>
/// <param name="Groups">In the order asked for.</param>
/// <param name="Overall">Every pair, with or without a taste; tested apart, so that it is not part of Holm's correction.</param>
public sealed record StudyTable(IReadOnlyList<StudyRow> Groups, StudyRow Overall)
{
    /// <summary>The name of the last line; no group may have it.</summary>
    public const string All = "all";

    /// <summary>Groups in the order in which they are met first.</summary>
    /// <inheritdoc cref="Of(IReadOnlyList{ScoredPair}, IReadOnlyList{string})"/>
    public static StudyTable Of(IReadOnlyList<ScoredPair> pairs) =>
        Of(pairs, [.. pairs.Select(pair => pair.Group).Where(group => group.Length > 0).Distinct(StringComparer.Ordinal)]);

    /// <param name="groups">The lines and their order; one without pairs says so.</param>
    /// <exception cref="SampleException">A score is NaN or infinite, or a group is not among <paramref name="groups"/>; the pair is named.</exception>
    /// <exception cref="ArgumentException">A group is named twice or <see cref="All"/>.</exception>
    public static StudyTable Of(IReadOnlyList<ScoredPair> pairs, IReadOnlyList<string> groups)
    {
        if (groups.Contains(All)) throw new ArgumentException($"No group may be named {All}: the last line is.", nameof(groups));
        if (groups.Distinct(StringComparer.Ordinal).Count() < groups.Count) throw new ArgumentException("A group is named twice.", nameof(groups));
        foreach (var pair in pairs)
        {
            if (!double.IsFinite(pair.Raw) || !double.IsFinite(pair.Refined))
                throw new SampleException($"The pair {pair.Id} has a score that is not a finite number.");
            if (pair.Group.Length > 0 && !groups.Contains(pair.Group))
                throw new SampleException($"The pair {pair.Id} is of {pair.Group}, which is none of {string.Join(", ", groups)}.");
        }

        var byGroup = pairs.ToLookup(pair => pair.Group, StringComparer.Ordinal);
        var rows = groups.Select(group => RowOf(group, [.. byGroup[group]])).ToArray();
        var holm = HolmCorrection.Adjust([.. rows.Select(row => row.Test?.P)]);
        return new StudyTable([.. rows.Zip(holm, (row, p) => row with { HolmP = p })], RowOf(All, pairs));
    }

    private static StudyRow RowOf(string name, IReadOnlyList<ScoredPair> pairs)
    {
        double[] raw = [.. pairs.Select(pair => pair.Raw)];
        double[] refined = [.. pairs.Select(pair => pair.Refined)];
        var row = new StudyRow(
            name,
            Moments.Of(raw),
            Moments.Of(refined),
            null,
            pairs.Count(pair => pair.Refined > pair.Raw),
            null,
            null,
            null,
            pairs.Count switch { 0 => "no pairs", 1 => "a single pair has no spread to test against", _ => null });
        if (row.Raw.Mean is { } before and > 0) row = row with { GainPercent = 100 * (row.Refined.Mean!.Value - before) / before };
        if (pairs.Count < Samples.FewestPairs) return row;

        var test = PairedTTest.Of(raw, refined);
        return row with { Test = test, Wilcoxon = WilcoxonSignedRank.Of(raw, refined), Undefined = test.Undefined };
    }
}
