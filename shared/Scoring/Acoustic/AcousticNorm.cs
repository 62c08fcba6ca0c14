using AudioReprompt.Audio.Features;

namespace AudioReprompt.Scoring.Acoustic;

/// <summary>What a feature is standardised by.</summary>
/// <param name="Name">A key of <see cref="PublishedDirections.Features"/>.</param>
public sealed record FeatureNorm(string Name, double Mean, double Deviation)
{
    public double Standardised(AcousticFeatures features) => (PublishedDirections.Features[Name](features) - Mean) / Deviation;
}

/// <summary>
/// Mean and standard deviation of each feature over 132 pieces of 10 s by composer-2: seeds 1 to 12 of the ten tastes, textures and temperatures
/// and the neutral plan, as <c>evaluate composer --seeds 12 --seconds 10</c> renders them. Fixed, whatever the composer becomes: scores of two
/// studies can be compared only where they have one scale.
/// </summary>
public static class AcousticNorm
{
    /// <summary>In the order of <see cref="PublishedDirections.Features"/>, which is that of an embedding.</summary>
    public static IReadOnlyList<FeatureNorm> Features { get; } =
    [
        new("pitch", 59.99, 14.10),
        new("sharpness", 3.866, 1.050),
        new("speed", 2.179, 1.182),
        new("continuity", 0.9125, 0.1628),
        new("roughness", 0.06054, 0.01968),
        new("highs", -29.94, 11.47),
        new("attack", -4.216, 1.113),
        new("decay", -38.94, 40.24),
        new("loudness", -18.20, 0.6461),
        new("mode", 0.1896, 0.1305),
    ];
}
