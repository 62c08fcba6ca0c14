using AudioReprompt.Audio.Features;

namespace AudioReprompt.Scoring.Acoustic;

/// <summary>
/// Matches recordings with tastes by <see cref="PublishedDirections"/> alone. Features are z-scored over the set, because the studies speak of more
/// and less and not of values; a taste's score is Σ sign · z / √(number of its findings), the standardised evidence for it (a cosine but for a
/// factor that is the same for all tastes), and the taste of the highest score is what was heard.
/// </summary>
public static class MachineListener
{
    /// <summary>z by feature for each recording.</summary>
    public static List<IReadOnlyDictionary<string, double>> Standardise(IReadOnlyList<AcousticFeatures> recordings)
    {
        var standardised = recordings.Select(_ => new Dictionary<string, double>()).ToList();
        foreach (var (name, read) in PublishedDirections.Features)
        {
            var values = recordings.Select(read).ToList();
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / values.Count);
            for (var index = 0; index < values.Count; index++) standardised[index][name] = deviation > 0 ? (values[index] - mean) / deviation : 0;
        }

        return [.. standardised];
    }

    /// <param name="z">By feature.</param>
    /// <param name="among">What there is to choose from.</param>
    public static string Hear(IReadOnlyDictionary<string, double> z, IReadOnlyList<string> among) => among.MaxBy(taste => Score(z, taste))!;

    public static double Score(IReadOnlyDictionary<string, double> z, string taste)
    {
        var (sum, count) = (0.0, 0);
        foreach (var direction in PublishedDirections.All)
        {
            if (direction.Taste != taste) continue;
            sum += direction.Sign * z[direction.Feature];
            count++;
        }

        return sum / Math.Sqrt(count);
    }
}
