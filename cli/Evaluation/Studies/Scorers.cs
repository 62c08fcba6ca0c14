using AudioReprompt.Configuration;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Hosting;
using AudioReprompt.Scoring.Clap;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>The scorers that a study can be judged by.</summary>
internal static class Scorers
{
    public static readonly string[] Names = ["acoustic", ClapScorer.ScorerName];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="configuration">Where a scorer with a model finds it.</param>
    /// <returns>The caller's; to be disposed of where it is disposable.</returns>
    /// <exception cref="ArgumentException">No scorer of the name, or the model that it needs is not there; the message says how to get it.</exception>
    /// <exception cref="Checkpoints.CheckpointException">The model is broken.</exception>
    public static IScorer Open(string name, LoadedConfiguration configuration) => name switch
    {
        "acoustic" => new AcousticScorer(),
        ClapScorer.ScorerName => new ClapScorer(Clap(configuration), configuration.Options.Clap.LongAudio),
        _ => throw new ArgumentException($"{name} is no scorer; allowed: {string.Join(", ", Names)}.", nameof(name)),
    };

    private static ClapModel Clap(LoadedConfiguration configuration)
    {
        using var logging = LoggerFactory.Create(builder => builder.Configure(configuration.Options.Logging));
        return ClapModel.Load(configuration, logging.CreateLogger(typeof(ClapModel).FullName!));
    }
}
