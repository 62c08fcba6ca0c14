using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Profiling;

/// <summary>What the foods of a sentence leave behind besides their taste.</summary>
internal static class Impressions
{
    /// <summary>By English name: the weight of the strongest food that has it, 0…1. What is taken away leaves nothing behind.</summary>
    public static IReadOnlyDictionary<string, double> Of(IReadOnlyList<Mention> mentions, ImpressionKind kind)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var mention in mentions)
        {
            if (mention.Effect == MentionEffect.Removes) continue;
            foreach (var impression in mention.Entry.Impressions)
            {
                if (impression.Kind != kind) continue;
                var weight = Math.Round(mention.Scaled(1), 3);
                if (weight > weights.GetValueOrDefault(impression.English)) weights[impression.English] = weight;
            }
        }

        return weights;
    }

    /// <summary>The mean of what the foods' emotions are worth, each food by its weight; 0 where none has an emotion.</summary>
    public static double MeanEmotion(IReadOnlyList<Mention> mentions, Func<Impression, double> value)
    {
        double sum = 0, shares = 0;
        foreach (var mention in mentions)
        {
            if (mention.Effect == MentionEffect.Removes) continue;
            foreach (var impression in mention.Entry.Impressions)
            {
                if (impression.Kind != ImpressionKind.Emotion) continue;
                sum += mention.Scaled(1) * value(impression);
                shares += mention.Scaled(1);
            }
        }

        return shares > 0 ? sum / shares : 0;
    }
}
