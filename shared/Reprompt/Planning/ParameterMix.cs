using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Planning;

/// <summary>
/// How far a group of directions moves one parameter. The strongest direction leads; the others count by the cube of their weight
/// against it, so that opposite tastes do not cancel out to nothing. The exponent is ours.
/// </summary>
/// <param name="Shift">Against neutral.</param>
/// <param name="Hold">0…1: how much of the parameter the group has taken; what is left is free for the next.</param>
internal readonly record struct ParameterMix(double Shift, double Hold)
{
    public static ParameterMix Of(Correspondence[] correspondences, Directions directions, bool emotions)
    {
        var lead = 0.0;
        foreach (var correspondence in correspondences)
        {
            if (IsEmotion(correspondence) == emotions) lead = Math.Max(lead, directions.Of(correspondence.Finding));
        }

        if (lead == 0) return default;
        double sum = 0, shares = 0;
        foreach (var correspondence in correspondences)
        {
            if (IsEmotion(correspondence) != emotions) continue;
            var ratio = directions.Of(correspondence.Finding) / lead;
            var share = ratio * ratio * ratio;
            sum += share * correspondence.Shift;
            shares += share;
        }

        return new ParameterMix(lead * sum / shares, lead);
    }

    private static bool IsEmotion(Correspondence correspondence) => correspondence.Finding.Direction.Kind == DimensionKind.Emotion;
}
