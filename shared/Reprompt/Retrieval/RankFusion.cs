using System.Runtime.InteropServices;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>One ranking from several: reciprocal rank fusion (Cormack, Clarke, Büttcher 2009), which needs no common scale of scores.</summary>
internal static class RankFusion
{
    /// <summary>The constant of the paper: how little the first places stand out.</summary>
    public const int K = 60;

    /// <param name="rankings">Entries, best first; none twice in one ranking.</param>
    /// <returns>Entries with their fused scores, best first; ties by entry.</returns>
    public static List<Hit> Fuse(params ReadOnlySpan<IReadOnlyList<int>> rankings)
    {
        var scores = new Dictionary<int, double>();
        foreach (var ranking in rankings)
        {
            for (var rank = 0; rank < ranking.Count; rank++)
                CollectionsMarshal.GetValueRefOrAddDefault(scores, ranking[rank], out _) += 1.0 / (K + rank + 1);
        }

        return [.. scores.Select(score => new Hit(score.Key, score.Value)).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Entry)];
    }
}
