using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Planning;

/// <summary>A word of music that is true of a plan.</summary>
/// <param name="Fit">How strongly the profile pulls towards what the word goes with.</param>
/// <param name="Finding">For the direction that speaks most for it.</param>
internal sealed record FittingWord(MusicWord Word, double Fit, Finding Finding);

/// <summary>Finds the words of music that are true of a plan and go with what is tasted.</summary>
internal sealed class WordChooser(IReadOnlyList<MusicWord> words)
{
    /// <summary>A word that fits less is not worth its place. Ours.</summary>
    private const double Telling = 0.15;

    private readonly (MusicWord Word, Finding[] Findings)[] _words = [.. words.Select(word => (word, FindingsOf(word)))];

    /// <summary>The best first; of equals, the first in the file.</summary>
    public IReadOnlyList<FittingWord> Fitting(MusicalPlan plan, Directions directions)
    {
        var fitting = new List<FittingWord>();
        foreach (var (word, findings) in _words)
        {
            var (fit, strongest, finding) = (0.0, 0.0, findings[0]);
            for (var index = 0; index < findings.Length; index++)
            {
                var pull = word.Directions[index].Weight * directions.Of(findings[index]);
                fit += pull;
                if (pull > strongest) (strongest, finding) = (pull, findings[index]);
            }

            if (fit >= Telling && word.IsTrueOf(plan)) fitting.Add(new FittingWord(word, fit, finding));
        }

        return [.. fitting.OrderByDescending(word => word.Fit)];
    }

    private static Finding[] FindingsOf(MusicWord word) =>
        [.. word.Directions.Select(direction => new Finding(
            direction.Dimension,
            $"“{word.English}” goes with {direction.Dimension.English}",
            $"«{word.Spanish}» va con lo {direction.Dimension.Spanish}",
            word.Source))];
}
