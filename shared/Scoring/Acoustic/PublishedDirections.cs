using AudioReprompt.Audio.Features;

namespace AudioReprompt.Scoring.Acoustic;

/// <summary>A published finding, as it is heard in audio.</summary>
/// <param name="Feature">A key of <see cref="PublishedDirections.Features"/>.</param>
/// <param name="Sign">+1: the taste goes with more of it, −1: with less.</param>
public sealed record PublishedDirection(string Taste, string Feature, int Sign, string Finding, string Source);

/// <summary>
/// The judge's whole knowledge: what the studies say of each taste, and which acoustic feature each of their words is measured by. Fixed before
/// the first file was judged; nothing is trained or fitted.
/// </summary>
public static class PublishedDirections
{
    private const string Mesz = "Mesz, Trevisan, Sigman 2011, Perception 40:209–219";
    private const string Crisinel = "Crisinel, Spence 2010, Neurosci. Lett.";
    private const string Knoeferle = "Knoeferle, Woods, Käppler, Spence 2015, Psychol. Mark. 32:107–120";
    private const string Piquant = "Wang, Keller, Spence 2017, Multisens. Res. 30";
    private const string Chocolate = "Reinoso-Carvalho, Wang, van Ee, Persoone, Spence 2017, Appetite 108:383–390";
    private const string Temperature = "Wang, Spence 2017, Multisens. Res. 30:307–320";

    /// <summary>What is measured, for z-scores: larger is more of what the name says.</summary>
    public static IReadOnlyDictionary<string, Func<AcousticFeatures, double>> Features { get; } = new OrderedDictionary<string, Func<AcousticFeatures, double>>
    {
        ["pitch"] = features => features.MedianPitch,
        ["sharpness"] = features => features.CentroidOctaves,
        ["speed"] = features => features.OnsetsPerSecond,
        ["continuity"] = features => features.Sounding,
        ["roughness"] = features => features.Roughness,
        ["highs"] = features => features.HighDecibels,
        ["attack"] = features => Math.Log2(features.AttackSeconds + 0.005),
        ["decay"] = features => -features.DecayDecibelsPerSecond,
        ["loudness"] = features => features.Lufs,
        ["mode"] = features => features.MajorLessMinor,
    };

    public static IReadOnlyList<PublishedDirection> All { get; } =
    [
        new("sweet", "pitch", 1, "sweet goes with high pitch", Crisinel),
        new("sweet", "speed", -1, "sweet is slow", Mesz),
        new("sweet", "loudness", -1, "sweet is soft", Mesz),
        new("sweet", "roughness", -1, "sweet is consonant; low roughness", $"{Mesz}; {Knoeferle}"),
        new("sweet", "sharpness", -1, "sweet goes with low sharpness", Knoeferle),
        new("sweet", "continuity", 1, "sweet is continuous", Knoeferle),

        new("sour", "pitch", 1, "sour is high-pitched", $"{Mesz}; {Knoeferle}"),
        new("sour", "speed", 1, "sour is fast", $"{Mesz}; {Knoeferle}"),
        new("sour", "roughness", 1, "sour is dissonant and rough", $"{Mesz}; {Knoeferle}"),
        new("sour", "sharpness", 1, "sour is sharp", Knoeferle),

        new("salty", "continuity", -1, "salty is staccato, discontinuous", $"{Mesz}; {Knoeferle}"),

        new("bitter", "pitch", -1, "bitter is low-pitched", $"{Mesz}; {Crisinel}; {Knoeferle}"),
        new("bitter", "continuity", 1, "bitter is legato", Mesz),
        new("bitter", "roughness", 1, "bitter is rough", Knoeferle),

        new("spicy", "speed", 1, "piquant goes with a fast tempo", Piquant),
        new("spicy", "pitch", 1, "piquant goes with high pitch", Piquant),
        new("spicy", "roughness", 1, "piquant goes with a distorted timbre", Piquant),

        new("umami", "pitch", -1, "umami goes with low pitch", Crisinel),

        new("creamy", "continuity", 1, "legato makes chocolate creamier", Chocolate),
        new("creamy", "roughness", -1, "consonance makes chocolate creamier", Chocolate),
        new("creamy", "decay", 1, "reverberation makes chocolate creamier", Chocolate),

        new("crunchy", "continuity", -1, "staccato makes chocolate rougher", Chocolate),
        new("crunchy", "roughness", 1, "dissonance makes chocolate rougher", Chocolate),
        new("crunchy", "decay", -1, "dry sound makes chocolate rougher", Chocolate),

        new("cold", "pitch", 1, "cold water is higher than hot", Temperature),
        new("cold", "speed", 1, "cold water is faster than hot", Temperature),

        new("hot", "pitch", -1, "hot water is lower than cold", Temperature),
        new("hot", "speed", -1, "hot water is slower than cold", Temperature),
    ];
}
