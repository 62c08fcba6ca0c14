namespace AudioReprompt.Scoring;

/// <summary>Shares that add up to 1.</summary>
public static class Softmax
{
    /// <param name="logits">Finite, at least one.</param>
    public static double[] Of(IReadOnlyList<double> logits)
    {
        var highest = logits.Max();
        var powers = logits.Select(logit => Math.Exp(logit - highest)).ToArray();
        var sum = powers.Sum();
        return Array.ConvertAll(powers, power => power / sum);
    }
}
