using System.Diagnostics;
using AudioReprompt.Checkpoints;
using AudioReprompt.Composing;
using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.Hub;
using AudioReprompt.Music;
using AudioReprompt.MusicGen;
using AudioReprompt.Reprompt;
using AudioReprompt.Worker.Fitness;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Outbound;

namespace AudioReprompt.Worker.Handling;

/// <summary>This product's worker: what makes its music, and what that needs.</summary>
public static partial class MusicWorker
{
    private static readonly TimeSpan UploadRetryDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>A <see cref="WorkerPartsFactory"/>.</summary>
    /// <exception cref="ConfigurationException">The engine that is asked for has no model.</exception>
    /// <exception cref="CheckpointException">The model that is configured cannot be used.</exception>
    public static WorkerParts Create(LoadedConfiguration configuration, bool checksWanted, TimeProvider time, ILoggerFactory logs)
    {
        // Jobs of the front door bring their plan: a worker that serves only those never reads the knowledge base.
        var refiner = new Lazy<PromptRefiner>(() => PromptRefiner.Load(configuration.DataFolder, configuration.EmbeddingsFolder));
        var options = configuration.Options.Worker;
        // Before the first take: a worker that cannot play must not take a job away from one that can.
        IReadOnlyList<IMusicEngine> engines = [.. Engines(configuration, logs)];
        var handler = CreateHandler(
            options,
            engines,
            async (prompt, cancellationToken) => (await refiner.Value.RefineAsync(prompt, cancellationToken)).Plan,
            time,
            logs);
        IReadOnlyList<FitnessCheck> checks = checksWanted
            ? new FitnessChecks(new NvidiaSmi(), Default(options, engines), Environment.GetEnvironmentVariable, logs.CreateLogger<FitnessChecks>()).ForThisMachine()
            : [];
        return new WorkerParts(Handler.Of(handler.HandleAsync, emits: true), checks);
    }

    /// <param name="engines">What it can play with; <see cref="WorkerOptions.Engine"/> must be among them.</param>
    /// <param name="planPrompt">Makes the plan of a job that brings none.</param>
    public static GenerateHandler CreateHandler(
        WorkerOptions options, IReadOnlyList<IMusicEngine> engines, PlanPrompt planPrompt, TimeProvider time, ILoggerFactory logs)
    {
        var uploadHosts = AllowedHosts.ForUploads(options);
        return new GenerateHandler(
            engines,
            new GenerateSettings(Default(options, engines).Name, uploadHosts),
            planPrompt,
            new WavUpload(time, UploadRetryDelay, uploadHosts),
            () => Random.Shared.NextInt64(GenerateLimits.MaxSeed + 1),
            time,
            logs.CreateLogger<GenerateHandler>());
    }

    private static IEnumerable<IMusicEngine> Engines(LoadedConfiguration configuration, ILoggerFactory logs)
    {
        yield return new ComposerEngine();
        var options = configuration.Options;
        if (options.MusicGen.Model.Length > 0) yield return LoadMusicGen(configuration, logs.CreateLogger("AudioReprompt.MusicGen"));
        else if (options.Worker.Engine == MusicGenEngine.EngineName)
            throw new ConfigurationException(["worker.engine is musicgen, but musicgen.model names none; allowed: a model's folder, or org/name after audioreprompt models pull org/name"]);
    }

    private static MusicGenEngine LoadMusicGen(LoadedConfiguration configuration, ILogger logger)
    {
        var name = configuration.Options.MusicGen.Model;
        string folder;
        try
        {
            folder = ModelFolder.Locate(name, HubCache.Open(configuration.ModelCacheFolder, ConfigurationLoader.ProcessEnvironment()));
        }
        catch (ArgumentException exception)
        {
            throw new ConfigurationException([$"musicgen.model: {exception.Message}"]);
        }

        var start = Stopwatch.GetTimestamp();
        MusicGenEngine engine;
        try
        {
            engine = MusicGenEngine.Load(folder, ModelName(name), MusicGenSettings.Of(configuration));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // The cache folder cannot be written to, or the device that is asked for is not there.
            throw new CheckpointException($"MusicGen cannot be loaded: {exception.Message}", exception);
        }

        LogLoaded(logger, engine.Model, engine.Device, Stopwatch.GetElapsedTime(start).TotalSeconds);
        return engine;
    }

    /// <summary>A name of the hub as it is; of a folder its last part, since paths are nobody else's business.</summary>
    private static string ModelName(string configured) => Directory.Exists(configured) ? new DirectoryInfo(configured).Name : configured;

    /// <summary>The engine of jobs that name none.</summary>
    private static IMusicEngine Default(WorkerOptions options, IReadOnlyList<IMusicEngine> engines) => options.Engine == "auto"
        ? engines.FirstOrDefault(engine => engine.Name == MusicGenEngine.EngineName) ?? engines[0]
        : engines.FirstOrDefault(engine => engine.Name == options.Engine)
            ?? throw new ArgumentException($"worker.engine is {options.Engine}, which this worker does not have.", nameof(engines));

    [LoggerMessage(1, LogLevel.Information, "{Model} loaded in {Seconds:0.0} s; runs on {Device}.")]
    private static partial void LogLoaded(ILogger logger, string model, string device, double seconds);
}
