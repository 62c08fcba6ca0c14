using AudioReprompt.Configuration;
using AudioReprompt.Evaluation.Studies;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>The scorers that a study can be judged by.</summary>
internal static class Scorers
{
    public static readonly string[] Names = ["acoustic"];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="configuration">Where a scorer with a model finds it.</param>
    public static IScorer Open(string name, LoadedConfiguration configuration)
    {
        return name == Names[0] ? new AcousticScorer() : throw new ArgumentException($"{name} is no scorer; allowed: {string.Join(", ", Names)}.", nameof(name));
    }
}
