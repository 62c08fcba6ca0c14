using AudioReprompt.Composing;
using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.Music;
using AudioReprompt.Reprompt;
using AudioReprompt.Worker.Fitness;
using AudioReprompt.Worker.Jobs;

namespace AudioReprompt.Worker.Handling;

/// <summary>This product's worker: what makes its music, and what that needs.</summary>
public static class MusicWorker
{
    private static readonly TimeSpan UploadRetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>A <see cref="WorkerPartsFactory"/>.</summary>
    public static WorkerParts Create(LoadedConfiguration configuration, bool checksWanted, TimeProvider time, ILoggerFactory logs)
    {
        // Jobs of the front door bring their plan: a worker that serves only those never reads the knowledge base.
        var refiner = new Lazy<PromptRefiner>(() => PromptRefiner.Load(configuration.DataFolder, configuration.EmbeddingsFolder));
        var options = configuration.Options.Worker;
        // Loaded beside the loop: the first take does not wait for a model.
        var engines = new Lazy<IReadOnlyList<IMusicEngine>>(() => [new ComposerEngine()]);
        var handler = new Lazy<GenerateHandler>(() => CreateHandler(
            options,
            engines.Value,
            async (prompt, cancellationToken) => (await refiner.Value.RefineAsync(prompt, cancellationToken)).Plan,
            time,
            logs));
        IReadOnlyList<FitnessCheck> checks = [];
        if (checksWanted)
        {
            var engine = new LazyEngine(options.Engine, () => engines.Value.First(engine => engine.Name == options.Engine));
            checks = new FitnessChecks(new NvidiaSmi(), engine, Environment.GetEnvironmentVariable, logs.CreateLogger<FitnessChecks>()).ForThisMachine();
        }

        return new WorkerParts(Handler.Of((job, cancellationToken) => handler.Value.HandleAsync(job, cancellationToken)), checks, () => _ = handler.Value);
    }

    /// <param name="engines">What it can play with; <see cref="WorkerOptions.Engine"/> must be among them.</param>
    /// <param name="planPrompt">Makes the plan of a job that brings none.</param>
    public static GenerateHandler CreateHandler(
        WorkerOptions options, IReadOnlyList<IMusicEngine> engines, PlanPrompt planPrompt, TimeProvider time, ILoggerFactory logs)
    {
        if (engines.All(engine => engine.Name != options.Engine))
            throw new ArgumentException($"worker.engine is {options.Engine}, which this worker does not have.", nameof(engines));
        return new GenerateHandler(
            engines,
            new GenerateSettings(options.Engine, options.UploadHosts),
            planPrompt,
            new WavUpload(time, UploadRetryDelay, options.UploadPrivateAddresses ? UploadTargets.Any : UploadTargets.Of(options.UploadHosts)),
            () => Random.Shared.NextInt64(GenerateLimits.MaxSeed + 1),
            time,
            logs.CreateLogger<GenerateHandler>());
    }

    /// <summary>An engine that is made at its first use.</summary>
    private sealed class LazyEngine(string name, Func<IMusicEngine> make) : IMusicEngine
    {
        public string Name => name;

        public string Model => make().Model;

        public Task<GeneratedAudio> GenerateAsync(MusicRequest request, IProgress<double>? progress, CancellationToken cancellationToken) =>
            make().GenerateAsync(request, progress, cancellationToken);
    }
}
