using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation;

/// <summary>A finding and what the plans show of it.</summary>
/// <param name="Mean">Of the group. With a tag: of the distances to what both together have within the same label.</param>
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
        var (strata, against) = finding.Against is { } tag ? (ByTag(finding.Group, tag, outcomes, read), tag) : ByLabel(finding, outcomes, read);
        double[] group = [.. strata.SelectMany(stratum => stratum.Group)];
        double[] others = [.. strata.SelectMany(stratum => stratum.Others)];
        var p = group.Length == 0 || others.Length == 0 ? 1 : PermutationP(strata, finding.Sign, random);
        return new Direction(
            finding.Group, against, finding.Parameter, finding.Sign, MeanOf(group), MeanOf(others), group.Length, others.Length, p, p <= HighestP, finding.Source);
    }

    /// <summary>Values that are exchangeable among each other when the finding does not hold.</summary>
    private sealed record Stratum(double[] Group, double[] Others);

    private static (List<Stratum> Strata, string Against) ByLabel(Finding finding, IReadOnlyList<Outcome> outcomes, Func<MusicalPlan, double> read)
    {
        // Sour is as high as sweet by publication; its prompts would hide that sweet is higher than the rest.
        var same = Finding.Published
            .Where(other => other.Against is null && other.Parameter == finding.Parameter && other.Sign == finding.Sign)
            .Select(other => other.Group)
            .ToHashSet();
        var against = EvaluationSet.Labels.Where(label => !same.Contains(label)).ToList();
        return ([new Stratum(Values(label => label == finding.Group), Values(against.Contains))], string.Join(", ", against));

        double[] Values(Func<string, bool> wanted) =>
            [.. outcomes.Where(outcome => wanted(outcome.Prompt.Taste)).Select(outcome => read(outcome.Refined.Plan))];
    }

    /// <summary>Creamy prompts are mostly sweet and rough ones mostly bitter: only within a label is the texture tested, and not the taste.</summary>
    private static List<Stratum> ByTag(string tag, string against, IReadOnlyList<Outcome> outcomes, Func<MusicalPlan, double> read)
    {
        return
        [
            .. outcomes.GroupBy(outcome => outcome.Prompt.Taste)
                .Select(label => (Group: Values(label, tag, against), Others: Values(label, against, tag)))
                .Where(label => label.Group.Length > 0 && label.Others.Length > 0)
                .Select(label => Centred(label.Group, label.Others)),
        ];

        double[] Values(IEnumerable<Outcome> label, string with, string without) =>
        [
            .. label.Where(outcome => outcome.Prompt.Tags.Contains(with) && !outcome.Prompt.Tags.Contains(without))
                .Select(outcome => read(outcome.Refined.Plan)),
        ];

        static Stratum Centred(double[] group, double[] others)
        {
            var mean = group.Concat(others).Average();
            return new Stratum([.. group.Select(value => value - mean)], [.. others.Select(value => value - mean)]);
        }
    }

    /// <summary>(b + 1) / (m + 1), where b of m random divisions show at least the difference seen (Phipson &amp; Smyth 2010).</summary>
    private static double PermutationP(List<Stratum> strata, int sign, Random random)
    {
        var pools = strata.ConvertAll(stratum => (Size: stratum.Group.Length, Values: (double[])[.. stratum.Group, .. stratum.Others]));
        // For fixed totals the difference grows with the group's sum; the tolerance is for the same sum in another order.
        var seen = (sign * strata.Sum(stratum => stratum.Group.Sum())) - 1e-9;
        var asGreat = 0;
        for (var round = 0; round < Permutations; round++)
            if (sign * pools.Sum(pool => SumOfDrawn(pool.Values, pool.Size, random)) >= seen) asGreat++;
        return (asGreat + 1.0) / (Permutations + 1);
    }

    /// <summary>Shuffles so far that the first <paramref name="count"/> are drawn at random.</summary>
    private static double SumOfDrawn(double[] values, int count, Random random)
    {
        double sum = 0;
        for (var i = 0; i < count; i++)
        {
            var other = random.Next(i, values.Length);
            (values[i], values[other]) = (values[other], values[i]);
            sum += values[i];
        }

        return sum;
    }

    private static double MeanOf(double[] values) => values.Length == 0 ? 0 : values.Average();
}
