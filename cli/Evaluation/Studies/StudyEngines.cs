using AudioReprompt.Composing;
using AudioReprompt.Configuration;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Hub;
using AudioReprompt.Music;
using AudioReprompt.MusicGen;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>An engine, and what it is given for raw and for refined audio.</summary>
/// <param name="Raw">In words.</param>
/// <param name="Refined">In words.</param>
/// <param name="Parallel">Recordings at a time unless the caller says otherwise.</param>
internal sealed record StudyEngine(IMusicEngine Engine, string Raw, string Refined, int Parallel) : IAsyncDisposable
{
    public static readonly string[] Names = [ComposerEngine.EngineName, MusicGenEngine.EngineName];

    /// <param name="model">A folder or a name of the hub, for engines that have a model; null: the one of the configuration.</param>
    /// <exception cref="ArgumentException">The model is missing, unknown, or not wanted; the message says what is allowed.</exception>
    /// <exception cref="Checkpoints.CheckpointException">The model is broken or does not fit.</exception>
    public static StudyEngine Open(string engine, string? model, LoadedConfiguration configuration)
    {
        if (engine == ComposerEngine.EngineName)
        {
            if (model is not null) throw new ArgumentException($"--model goes with --engine {MusicGenEngine.EngineName}; the {ComposerEngine.EngineName} has none.");
            return new StudyEngine(
                new ComposerEngine(),
                "the neutral plan: the composer does not read texts, so words that nobody refined leave it without a taste",
                "the plan that the refinement made of the words",
                Environment.ProcessorCount);
        }

        var named = model ?? configuration.Options.MusicGen.Model;
        if (named.Length == 0)
            throw new ArgumentException($"--engine {MusicGenEngine.EngineName} needs --model (or musicgen.model): a folder, org/name or org/name@revision.");
        var folder = ModelFolder.Locate(named, HubCache.Open(configuration.ModelCacheFolder, ConfigurationLoader.ProcessEnvironment()));
        var settings = MusicGenSettings.Of(configuration);
        // Of a folder its last part: where it lies is nobody else's business.
        var name = Directory.Exists(named) ? new DirectoryInfo(named).Name : named;
        return new StudyEngine(
            MusicGenEngine.Load(folder, name, settings),
            "the user's own words",
            "the text that the refinement made of the words",
            settings.MostTogether);
    }

    /// <summary>Gives back what a model holds.</summary>
    public ValueTask DisposeAsync() => Engine is IAsyncDisposable model ? model.DisposeAsync() : ValueTask.CompletedTask;

    public static MusicRequest RequestOf(PromptForEngine prompt, Condition condition, double durationSeconds, long seed) => condition == Condition.Raw
        ? new MusicRequest(prompt.Words, MusicalPlan.Neutral, durationSeconds, seed, new SamplingOptions())
        : new MusicRequest(prompt.RefinedText, prompt.RefinedPlan, durationSeconds, seed, new SamplingOptions());
}

/// <summary>What an engine may be given of a prompt.</summary>
internal sealed record PromptForEngine(string Words, string RefinedText, MusicalPlan RefinedPlan);
