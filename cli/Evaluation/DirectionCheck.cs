using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation;

/// <summary>A finding and what the plans show of it.</summary>
/// <param name="Mean">Of the group. With a tag: of the distances to the mean of the prompt's own label.</param>
/// <param name="OtherMean">Of what it is compared with.</param>
/// <param name="P">One-sided, by permutation: how often as great a difference comes by chance.</param>
/// <param name="Met">The published sign, and <paramref name="P"/> at most <see cref="DirectionCheck.HighestP"/>.</param>
internal sealed record Direction(
    string Group, string Against, string Parameter, int Sign, double Mean, double OtherMean, int Size, int OtherSize, double P, bool Met, string Source);

/// <summary>Whether the published directions are in the plans of the labelled prompts, misread prompts included.</summary>
internal static class DirectionCheck
{
    /// <summary>For about 26 findings at once: 0.05 by Bonferroni is 0.002.</summary>
    public const double HighestP = 0.002;

    private const int Permutations = 9_999;
    private const int Seed = 20_261_123;

    public static IReadOnlyList<Direction> Run(IReadOnlyList<Outcome> outcomes) =>
        [.. Finding.Published.Select((finding, index) => Run(finding, outcomes, new Random(Seed + index)))];

    private static Direction Run(Finding finding, IReadOnlyList<Outcome> outcomes, Random random)
    {
        var read = Finding.Parameters[finding.Parameter];
        var (group, others, against) = finding.Against is { } tag ? ByTag(finding, tag, outcomes, read) : ByLabel(finding, outcomes, read);
        var (mean, otherMean) = (MeanOf(group), MeanOf(others));
        var p = PermutationP(group, others, finding.Sign, random);
        return new Direction(
            finding.Group, against, finding.Parameter, finding.Sign, mean, otherMean, group.Length, others.Length, p, p <= HighestP, finding.Source);
    }

    private static (double[] Group, double[] Others, string Against) ByLabel(Finding finding, IReadOnlyList<Outcome> outcomes, Func<MusicalPlan, double> read)
    {
        // Sour is as high as sweet by publication; its prompts would hide that sweet is higher than the rest.
        var same = Finding.Published
            .Where(other => other.Against is null && other.Parameter == finding.Parameter && other.Sign == finding.Sign)
            .Select(other => other.Group)
            .ToHashSet();
        var against = EvaluationSet.Labels.Where(label => !same.Contains(label)).ToList();
        return (Values(label => label == finding.Group), Values(against.Contains), string.Join(", ", against));

        double[] Values(Func<string, bool> wanted) => [.. outcomes.Where(outcome => wanted(outcome.Prompt.Taste)).Select(outcome => read(outcome.Refined.Plan))];
    }

    private static (double[] Group, double[] Others, string Against) ByTag(
        Finding finding, string against, IReadOnlyList<Outcome> outcomes, Func<MusicalPlan, double> read)
    {
        // Creamy prompts are mostly sweet and rough ones mostly bitter: without the label's mean the taste would be tested, not the texture.
        var means = outcomes.GroupBy(outcome => outcome.Prompt.Taste)
            .ToDictionary(label => label.Key, label => label.Average(outcome => read(outcome.Refined.Plan)));
        return (Values(finding.Group, against), Values(against, finding.Group), against);

        double[] Values(string tag, string without) =>
        [
            .. outcomes
                .Where(outcome => outcome.Prompt.Tags.Contains(tag) && !outcome.Prompt.Tags.Contains(without))
                .Select(outcome => read(outcome.Refined.Plan) - means[outcome.Prompt.Taste]),
        ];
    }

    /// <summary>(b + 1) / (m + 1), where b of m random divisions show at least the difference seen (Phipson &amp; Smyth 2010).</summary>
    private static double PermutationP(double[] group, double[] others, int sign, Random random)
    {
        if (group.Length == 0 || others.Length == 0) return 1;
        double[] all = [.. group, .. others];
        // For a fixed total the difference of the means grows with the group's sum; the tolerance is for sums in another order.
        var seen = (sign * group.Sum()) - 1e-9;
        var asGreat = 0;
        for (var round = 0; round < Permutations; round++)
        {
            double sum = 0;
            for (var i = 0; i < group.Length; i++)
            {
                var other = random.Next(i, all.Length);
                (all[i], all[other]) = (all[other], all[i]);
                sum += all[i];
            }

            if (sign * sum >= seen) asGreat++;
        }

        return (asGreat + 1.0) / (Permutations + 1);
    }

    private static double MeanOf(double[] values) => values.Length == 0 ? 0 : values.Average();
}
