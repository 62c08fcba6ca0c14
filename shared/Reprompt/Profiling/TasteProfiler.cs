using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Profiling;

/// <summary>Weighs what was understood: one number by taste and texture, one each for temperature, valence and arousal.</summary>
internal sealed class TasteProfiler(IReadOnlyList<Dimension> dimensions)
{
    /// <summary>Below this a taste is not worth a word.</summary>
    private const double Noticeable = 0.05;

    /// <summary>From this weight on a word is one for the taste: "not too much cheese" limits umami, not every trace. Ours.</summary>
    private const double Typical = 0.5;

    /// <summary>How much a second mention of the same taste adds, against the strongest. Ours.</summary>
    private const double Repetition = 0.4;

    /// <summary>How much of a taste is gone when a word for it is taken away, by the square of the word's weight. Ours.</summary>
    private const double Removal = 1.1;

    /// <summary>What is gone at most: even without sugar a lemonade keeps a trace. Ours.</summary>
    private const double MostRemoved = 0.95;

    /// <summary>A negated mood leans the other way, less strongly: "not happy" is not yet "sad". Ours.</summary>
    private const double NegatedMood = -0.6;

    /// <summary>The surroundings' temperature where the food has none. Ours.</summary>
    private const double SurroundingsShare = 0.5;

    /// <summary>How much the feeling that a food is known for counts in a sentence without a mood. Ours.</summary>
    private const double FoodEmotionShare = 0.3;

    public TasteProfile Profile(PromptUnderstanding understanding)
    {
        var mentions = understanding.Mentions;
        var weights = WeighTastes(mentions);
        var tastes = Of(DimensionKind.Taste, weights);
        return new TasteProfile(
            tastes,
            Of(DimensionKind.Texture, weights),
            Math.Round(Temperature(mentions), 3),
            Feeling(mentions, entry => entry.Valence, emotion => emotion.Valence),
            Feeling(mentions, entry => entry.Arousal, emotion => emotion.Arousal))
        {
            Flavours = Impressions.Of(mentions, ImpressionKind.Flavour),
            Body = Impressions.Of(mentions, ImpressionKind.Body),
            Emotions = Impressions.Of(mentions, ImpressionKind.Emotion),
            Colours = Impressions.Of(mentions, ImpressionKind.Colour),
            Confidence = Certainty.Of(understanding, tastes),
        };
    }

    /// <summary>A mood's number as it counts in this mention.</summary>
    public static double Signed(Mention mention, double value) =>
        mention.Effect == MentionEffect.Removes ? value * NegatedMood : mention.Scaled(value);

    private Dictionary<string, double> Of(DimensionKind kind, double[] weights)
    {
        var noticed = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var dimension in dimensions)
        {
            if (dimension.Kind == kind && weights[dimension.Index] >= Noticeable)
                noticed[dimension.Key] = Math.Round(weights[dimension.Index], 3);
        }

        return noticed;
    }

    private double[] WeighTastes(IReadOnlyList<Mention> mentions)
    {
        var sums = new Accumulator[dimensions.Count];
        sums.AsSpan().Fill(Accumulator.Empty);
        foreach (var mention in mentions)
        {
            foreach (var (dimension, weight) in mention.Entry.Weights)
                sums[dimension.Index] = sums[dimension.Index].Plus(mention, weight);
        }

        return Array.ConvertAll(sums, sum => sum.Total);
    }

    private static double Temperature(IReadOnlyList<Mention> mentions)
    {
        double word = 0, served = 0, around = 0;
        foreach (var mention in mentions)
        {
            var temperature = Signed(mention, mention.Entry.Temperature);
            if (mention.AboutSurroundings) around = Stronger(around, temperature);
            else if (mention.Entry.Kind == EntryKind.Temperature) word = Stronger(word, temperature);
            else if (mention.Effect != MentionEffect.Removes) served = Stronger(served, temperature);
        }

        return word != 0 ? word : served != 0 ? served : around * SurroundingsShare;
    }

    private static double Stronger(double one, double two) => Math.Abs(two) > Math.Abs(one) ? two : one;

    /// <summary>The mood of the sentence; what most people feel about the food fills a part of what the mood leaves open.</summary>
    private static double Feeling(IReadOnlyList<Mention> mentions, Func<LexiconEntry, double> value, Func<Impression, double> emotion)
    {
        Accumulator up = Accumulator.Empty, down = Accumulator.Empty;
        foreach (var mention in mentions)
        {
            if (!mention.Entry.IsContext) continue;
            var signed = Signed(mention, value(mention.Entry));
            if (signed > 0) up = up.Plus(signed);
            else down = down.Plus(-signed);
        }

        var mood = up.Total - down.Total;
        return Math.Round(mood + ((1 - Math.Abs(mood)) * FoodEmotionShare * Impressions.MeanEmotion(mentions, emotion)), 3);
    }

    /// <summary>
    /// Weights of one dimension, summed so that the order does not matter and the sum stays within 0…1: the strongest counts
    /// fully, each further one fills a share of what is left.
    /// </summary>
    private readonly record struct Accumulator(double Strongest, double LeftByAll, double Kept, double Ceiling)
    {
        public static Accumulator Empty { get; } = new(0, 1, 1, 1);

        public double Total
        {
            get
            {
                var leftByOthers = LeftByAll / (1 - (Repetition * Strongest));
                var total = Strongest + ((1 - Strongest) * (1 - leftByOthers));
                return Math.Min(total * Kept, Ceiling);
            }
        }

        public Accumulator Plus(double weight) =>
            this with { Strongest = Math.Max(Strongest, weight), LeftByAll = LeftByAll * (1 - (Repetition * weight)) };

        public Accumulator Plus(Mention mention, double entryWeight)
        {
            var weight = mention.Scaled(entryWeight);
            return mention.Effect switch
            {
                // Only what is mostly of this taste takes it away: no sugar is less sweet, no cheese hardly less salty.
                MentionEffect.Removes => weight > 0 ? Without(weight) : this,
                _ when weight < 0 => Without(-weight),
                MentionEffect.Limits when entryWeight >= Typical => Plus(weight) with { Ceiling = Math.Min(Ceiling, weight) },
                _ => Plus(weight),
            };
        }

        private Accumulator Without(double weight) => this with { Kept = Kept * (1 - Math.Min(Removal * weight * weight, MostRemoved)) };
    }
}
