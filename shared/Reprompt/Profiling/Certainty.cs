using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Profiling;

/// <summary>How sure a profile's dominant taste is. The shape of the measure is ours; `evaluate refine` shows what it is worth.</summary>
internal static class Certainty
{
    /// <summary>A taste below this weight is only hinted at.</summary>
    private const double FullWeight = 0.6;

    /// <summary>Ahead of the second taste by this share of its own weight, the first is not in doubt.</summary>
    private const double ClearLead = 0.5;

    /// <summary>What is left where no word of a sentence without a taste is known.</summary>
    private const double LeastOfNeutral = 0.3;

    /// <returns>0…1, to three digits.</returns>
    public static double Of(PromptUnderstanding understanding, IReadOnlyDictionary<string, double> tastes) =>
        Math.Round(tastes.Count == 0 ? OfNeutral(understanding) : OfDominant(understanding.Mentions, tastes), 3);

    private static double OfNeutral(PromptUnderstanding understanding) =>
        1 - ((1 - LeastOfNeutral) * understanding.UnknownShare);

    private static double OfDominant(IReadOnlyList<Mention> mentions, IReadOnlyDictionary<string, double> tastes)
    {
        var ranked = tastes.OrderByDescending(taste => taste.Value).ThenBy(taste => taste.Key, StringComparer.Ordinal).ToList();
        var (first, second) = (ranked[0], ranked.Count > 1 ? ranked[1].Value : 0);
        var lead = (first.Value - second) / first.Value / ClearLead;
        var strength = Math.Min(first.Value / FullWeight, 1);
        return Evidence(mentions, first.Key) * strength * (0.5 + (0.5 * Math.Min(lead, 1)));
    }

    /// <summary>1 where a word names the taste, less where its food was guessed from a misspelling or a description.</summary>
    private static double Evidence(IReadOnlyList<Mention> mentions, string taste)
    {
        double best = 0;
        foreach (var mention in mentions)
        {
            if (mention.Effect == MentionEffect.Removes) continue;
            if (mention.Entry.Weights.Any(weight => weight.Dimension.Key == taste && weight.Weight > 0))
                best = Math.Max(best, mention.ReadAs is null ? 1 : Math.Min(mention.Scale, 1));
        }

        return best;
    }
}
