using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Planning;

/// <summary>How strongly a profile pulls in each direction, 0…1, by <see cref="Dimension.Index"/>.</summary>
internal sealed class Directions
{
    /// <summary>The temperature studies were on water alone; beside a full taste as much of the temperature is lost. Ours.</summary>
    private const double LostBesideATaste = 0.5;

    private readonly double[] _weights;

    public Directions(IReadOnlyList<Dimension> dimensions, TasteProfile profile)
    {
        _weights = new double[dimensions.Count];
        foreach (var dimension in dimensions) _weights[dimension.Index] = Math.Clamp(WeightOf(dimension, profile), 0, 1);
    }

    public double Of(Finding finding) => _weights[finding.Direction.Index];

    private static double WeightOf(Dimension dimension, TasteProfile profile) => (dimension.Kind, dimension.Key) switch
    {
        (DimensionKind.Taste, var key) => profile.Tastes.GetValueOrDefault(key),
        (DimensionKind.Texture, var key) => profile.Textures.GetValueOrDefault(key),
        (_, "hot") => profile.Temperature * TemperatureShare(profile),
        (_, "cold") => -profile.Temperature * TemperatureShare(profile),
        (_, "pleasant") => profile.Valence,
        (_, "unpleasant") => -profile.Valence,
        (_, "excited") => profile.Arousal,
        (_, "calm") => -profile.Arousal,
        _ => 0,
    };

    private static double TemperatureShare(TasteProfile profile) => 1 - (LostBesideATaste * profile.Tastes.Values.DefaultIfEmpty().Max());
}
