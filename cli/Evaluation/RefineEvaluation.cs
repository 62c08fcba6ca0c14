using System.Diagnostics;
using AudioReprompt.Cli.Bench;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation;

/// <summary>A labelled prompt and what was made of it.</summary>
internal sealed record Outcome(LabelledPrompt Prompt, RefinedPrompt Refined)
{
    /// <summary>Whether the dominant taste is the one that people read.</summary>
    public bool Right => Refined.Profile.DominantTaste == Prompt.Taste;
}

/// <summary>Refines the evaluation set and holds the result against the labels, the publications and the goals. The goals are ours.</summary>
internal static class RefineEvaluation
{
    private const int TimedRounds = 10;

    /// <param name="set">The file of labelled prompts; a relative path is one below <paramref name="dataFolder"/>.</param>
    /// <param name="dataFolder">Holds the knowledge base.</param>
    /// <param name="embeddingsFolder">As the front door has it, so that what is judged is what is served.</param>
    /// <exception cref="InvalidDataException">The set or the knowledge base is broken; names the file and the line.</exception>
    public static async Task<RefineEvaluationReport> RunAsync(
        string set, string dataFolder, string? embeddingsFolder, CancellationToken cancellationToken)
    {
        var prompts = EvaluationSet.Load(dataFolder, set);
        var started = Stopwatch.GetTimestamp();
        var refiner = PromptRefiner.Load(dataFolder, embeddingsFolder);
        var loading = Stopwatch.GetElapsedTime(started);

        var outcomes = new List<Outcome>();
        foreach (var prompt in prompts) outcomes.Add(new Outcome(prompt, await refiner.RefineAsync(prompt.Prompt, cancellationToken)));
        var latencies = await TimeAsync(refiner, prompts, cancellationToken);

        var directions = DirectionCheck.Run(outcomes);
        var contradictions = outcomes
            .SelectMany(outcome => Contradictions.Of(outcome.Refined).Select(what => new Contradiction(outcome.Prompt.Prompt, outcome.Refined.Text, what)))
            .ToList();
        var byTaste = Shares(outcomes, outcome => [outcome.Prompt.Taste], EvaluationSet.Labels);
        var byLanguage = Shares(outcomes, outcome => [outcome.Prompt.Language]);
        var distinct = EvaluationSet.Labels.Select(label => Distinct(label, outcomes)).ToList();
        return new RefineEvaluationReport
        {
            Set = set,
            Prompts = outcomes.Count,
            Goals = Goals(outcomes, byTaste, byLanguage, directions, distinct, contradictions.Count, latencies, loading),
            ByTaste = byTaste,
            ByLanguage = byLanguage,
            ByTag = Shares(outcomes, outcome => outcome.Prompt.Tags),
            Confusion = Confusion(outcomes),
            Means = Means(outcomes),
            Directions = directions,
            Distinct = distinct,
            Contradictions = contradictions,
            Misses = [.. outcomes.Where(outcome => !outcome.Right).Select(Miss.Of)],
        };
    }

    /// <returns>Milliseconds of each call, ascending; everything is warm.</returns>
    private static async Task<List<double>> TimeAsync(PromptRefiner refiner, IReadOnlyList<LabelledPrompt> set, CancellationToken cancellationToken)
    {
        var latencies = new List<double>();
        for (var round = 0; round < TimedRounds; round++)
        {
            foreach (var prompt in set)
            {
                var started = Stopwatch.GetTimestamp();
                await refiner.RefineAsync(prompt.Prompt, cancellationToken);
                latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        latencies.Sort();
        return latencies;
    }

    private static List<Measurement> Goals(
        List<Outcome> outcomes,
        IReadOnlyList<Share> byTaste,
        IReadOnlyList<Share> byLanguage,
        IReadOnlyList<Direction> directions,
        List<Share> distinct,
        int contradictions,
        List<double> latencies,
        TimeSpan loading)
    {
        var right = outcomes.Count(outcome => outcome.Right);
        var worstTaste = byTaste.MinBy(share => share.Percent)!;
        var worstLanguage = byLanguage.MinBy(share => share.Percent)!;
        var leastDistinct = distinct.MinBy(share => share.Percent)!;
        var missed = directions.Count(direction => !direction.Met);
        return
        [
            new("accuracy", "dominant taste as people read it", 100.0 * right / outcomes.Count, "%", Goal.AtLeast(95), $"{right} of {outcomes.Count}"),
            new("accuracy_worst_taste", "the same, worst taste", worstTaste.Percent, "%", Goal.AtLeast(80), worstTaste.ToString()),
            new("accuracy_worst_language", "the same, worst language", worstLanguage.Percent, "%", Goal.AtLeast(85), worstLanguage.ToString()),
            new("directions_missed", "published directions not in the plans", missed, "", Goal.AtMost(0), $"of {directions.Count}"),
            new("distinct_texts", "distinct texts, worst taste", leastDistinct.Percent, "%", Goal.AtLeast(90), leastDistinct.ToString()),
            new("contradictions", "texts that contradict their plan", contradictions, "", Goal.AtMost(0), $"of {outcomes.Count}"),
            new("latency_p50", "one refinement, median", At(0.5), "ms", Goal.AtMost(2), $"{latencies.Count} calls"),
            new("latency_p99", "one refinement, 99th percentile", At(0.99), "ms", Goal.AtMost(10), $"{latencies.Count} calls"),
            new("load", "loading the knowledge base, cold", loading.TotalMilliseconds, "ms", Goal.AtMost(300), "once"),
            new("memory", "resident memory of this whole process, peak", ResidentMemory.Peak() / 1e6, "MB", Goal.AtMost(150), "once"),
        ];

        // Nearest rank.
        double At(double share) => latencies[(int)Math.Ceiling(share * latencies.Count) - 1];
    }

    private static List<Share> Shares(List<Outcome> outcomes, Func<Outcome, IEnumerable<string>> keys, IReadOnlyList<string>? order = null)
    {
        var groups = outcomes.SelectMany(outcome => keys(outcome).Select(key => (Key: key, outcome.Right))).ToLookup(entry => entry.Key, entry => entry.Right);
        return [.. (order ?? [.. groups.Select(group => group.Key).Order(StringComparer.Ordinal)])
            .Where(groups.Contains)
            .Select(key => new Share(key, groups[key].Count(right => right), groups[key].Count()))];
    }

    private static Share Distinct(string label, List<Outcome> outcomes)
    {
        var texts = outcomes.Where(outcome => outcome.Prompt.Taste == label).Select(outcome => outcome.Refined.Text).ToList();
        return new Share(label, texts.Distinct(StringComparer.Ordinal).Count(), texts.Count);
    }

    private static OrderedDictionary<string, IReadOnlyDictionary<string, int>> Confusion(List<Outcome> outcomes)
    {
        var confusion = new OrderedDictionary<string, IReadOnlyDictionary<string, int>>();
        foreach (var label in EvaluationSet.Labels)
        {
            var row = new OrderedDictionary<string, int>();
            foreach (var read in EvaluationSet.Labels)
                row[read] = outcomes.Count(outcome => outcome.Prompt.Taste == label && outcome.Refined.Profile.DominantTaste == read);
            confusion[label] = row;
        }

        return confusion;
    }

    private static OrderedDictionary<string, IReadOnlyDictionary<string, double>> Means(List<Outcome> outcomes)
    {
        var means = new OrderedDictionary<string, IReadOnlyDictionary<string, double>>();
        foreach (var label in EvaluationSet.Labels)
        {
            var plans = outcomes.Where(outcome => outcome.Prompt.Taste == label).Select(outcome => outcome.Refined.Plan).ToList();
            if (plans.Count == 0) continue;
            var row = new OrderedDictionary<string, double>();
            foreach (var (parameter, read) in Finding.Parameters) row[parameter] = Math.Round(plans.Average(read), 3);
            means[label] = row;
        }

        return means;
    }
}
