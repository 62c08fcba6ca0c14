using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Understanding;

/// <summary>The modifiers read so far that still wait for the word they act on.</summary>
/// <param name="Factor">What the next word's weights are multiplied with.</param>
/// <param name="Effect">What the next word does.</param>
/// <param name="Reach">How many unknown words may still stand in between.</param>
/// <param name="Share">The part of the meal that the next food is, 0…1; null where the sentence does not say.</param>
/// <param name="RemovedLast">The last mention was taken away, so that a list word takes the next one away too.</param>
internal readonly record struct PendingModifier(double Factor, MentionEffect Effect, int Reach, bool RemovedLast, double? Share = null)
{
    // "not a very good and sweet" reaches farther than "very": a negation may have an article and a verb after it.
    private const int NegationReach = 3;
    private const int DegreeReach = 1;

    // "ninety percent of my plate was chips".
    private const int ShareReach = 4;

    /// <summary>"not too spicy", "no muy dulce": what is left of the taste.</summary>
    private const double NegatedDegree = 0.4;

    public static PendingModifier Nothing { get; } = new(1, MentionEffect.Adds, 0, false);

    private bool IsNegation => Effect == MentionEffect.Removes;

    public PendingModifier PastUnknownWord()
    {
        if (RemovedLast) return this with { RemovedLast = Reach > 0, Reach = Reach - 1 };
        return Reach > 0 ? this with { Reach = Reach - 1 } : Nothing;
    }

    /// <summary>"90 % pretzels", "a sip of espresso": how much of the meal comes next.</summary>
    public PendingModifier WithShare(double share) => this with { Share = share, Reach = ShareReach };

    public PendingModifier AfterMention() => IsNegation ? Nothing with { RemovedLast = true, Reach = 1 } : Nothing;

    public PendingModifier Then(Modifier modifier) => modifier.Kind switch
    {
        ModifierKind.Negate => new PendingModifier(1, MentionEffect.Removes, NegationReach, false),
        ModifierKind.List => RemovedLast ? new PendingModifier(1, MentionEffect.Removes, NegationReach, false) : this,
        ModifierKind.Intensify when IsNegation => new PendingModifier(NegatedDegree, MentionEffect.Limits, DegreeReach, false),
        ModifierKind.Diminish or ModifierKind.Limit when IsNegation => this,
        ModifierKind.Intensify or ModifierKind.Diminish => new PendingModifier(Factor * modifier.Factor, Effect, DegreeReach, false),
        ModifierKind.Limit => new PendingModifier(modifier.Factor, MentionEffect.Limits, DegreeReach, false),
        ModifierKind.Share => WithShare(modifier.Factor),
        _ => Nothing,
    };
}
