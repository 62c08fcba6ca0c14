using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using AudioReprompt.Checkpoints;
using AudioReprompt.Composing;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.FrontDoor.Dispatch;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.FrontDoor.Live;
using AudioReprompt.FrontDoor.Operations;
using AudioReprompt.FrontDoor.Scoring;
using AudioReprompt.Hosting;
using AudioReprompt.Music;
using AudioReprompt.Onnx;
using AudioReprompt.Reprompt;
using AudioReprompt.RunPod;
using AudioReprompt.Scoring;
using AudioReprompt.Scoring.Aesthetics;
using AudioReprompt.Scoring.Clap;
using AudioReprompt.Storage;
using AudioReprompt.Telemetry;

namespace AudioReprompt.FrontDoor;

/// <summary>The front door on Kestrel: what it is made of, and in which order a request passes through it.</summary>
public static class FrontDoorHost
{
    /// <summary>Reads the configuration, serves until a signal, and returns the exit code.</summary>
    public static Task<int> RunAsync(string[] args) => ServerProcess.RunAsync(
        "front door", args, options => (options.Api.Host, options.Api.Port), (configuration, address) => Build(configuration, address));

    /// <param name="configuration">Validated.</param>
    /// <param name="address">Where it listens; null: where the configuration says.</param>
    /// <param name="replace">Called after all registrations; tests put their own clock, storage or endpoint here.</param>
    public static WebApplication Build(LoadedConfiguration configuration, ListenAddress? address = null, Action<IServiceCollection>? replace = null)
    {
        var options = configuration.Options;
        address ??= ListenAddress.Read(options.Api.Host, options.Api.Port, []);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.Configure(options.Logging);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address.Host, address.Port);
        });
        AddServices(builder.Services, configuration);
        AddLoops(builder.Services);
        replace?.Invoke(builder.Services);
        builder.Host.UseDefaultServiceProvider(provider => provider.ValidateOnBuild = true);
        var app = builder.Build();
        OpenPatiently(app.Services, options.Storage);
        UseMiddleware(app, configuration);
        MapRoutes(app, configuration);
        return app;
    }

    /// <summary>Opens storage, knowledge base and models: what is wrong with them stops the start, not the first request.</summary>
    internal static void OpenAll(IServiceProvider services)
    {
        services.GetRequiredService<IJobStore>();
        services.GetRequiredService<IAudioStore>();
        services.GetRequiredService<UrlSigner>();
        services.GetRequiredService<PromptRefiner>();
        services.GetRequiredService<SongScorer>();
    }

    /// <summary>What is wrong with a folder stays wrong; a storage account may be back in a moment.</summary>
    private static void OpenPatiently(IServiceProvider services, StorageOptions storage)
    {
        var longest = storage.Kind == "azure" ? StorageWait.Longest : TimeSpan.Zero;
        var wait = new StorageWait(longest, StorageWait.Pause, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<StorageWait>>());
        wait.Open(() => OpenAll(services));
    }

    /// <summary>What runs beside the requests for as long as the process lives; where Azure Functions calls, its triggers do this.</summary>
    private static void AddLoops(IServiceCollection services)
    {
        services.AddHostedService(provider => provider.GetRequiredService<Upkeep>());
        services.AddHostedService(provider => provider.GetRequiredService<ScoringLoop>());
        // After the scoring loop, so that it stops before it: nobody hands a job to a loop that has ended.
        services.AddHostedService<Dispatcher>();
        services.AddStopWithStandardInput();
    }

    internal static void AddServices(IServiceCollection services, LoadedConfiguration configuration)
    {
        var options = configuration.Options;
        services.AddSingleton(options.Api).AddSingleton(options.Dispatch).AddSingleton(options.RunPod).AddSingleton(options.Storage).AddSingleton(options.Scoring);
        services.AddSingleton(TimeProvider.System);

        services.AddStorage(configuration);
        services.AddSingleton(provider => PromptRefiner.Load(
            configuration.DataFolder,
            options.Reprompt,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PromptRefiner>>(),
            embeddingsFolder: configuration.EmbeddingsFolder));
        services.AddSingleton(provider => new RunPodClient(
            new HttpClient(RunPodClient.CreateHandler(options.RunPod)) { Timeout = Timeout.InfiniteTimeSpan }, EndpointOf(options), options.RunPod, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PublicAddress>().AddSingleton<Callers>().AddSingleton<JobChanges>().AddSingleton<JobUpdates>().AddSingleton<JobWait>();

        services.AddSingleton<SongQuota>().AddSingleton<AcceptJob>().AddSingleton<JobLookup>().AddSingleton<AudioAnswers>();
        services.AddSingleton<GenerateAudio>().AddSingleton<GenerateAudioNow>().AddSingleton<GetAudio>().AddSingleton<ListAudio>();
        services.AddSingleton<GetAudioContent>().AddSingleton<StreamAudio>().AddSingleton<LiveSongs>().AddSingleton<GetScore>().AddSingleton<PutAudioContent>().AddSingleton<StreamEvents>().AddSingleton<DeleteAudio>();
        services.AddSingleton<RefinePrompt>().AddSingleton<ReceiveWebhook>().AddSingleton<CheckHealth>();

        services.AddSingleton<AudioIntake>().AddSingleton<UploadPlace>().AddSingleton<EndpointRoom>().AddSingleton<EndpointReports>().AddSingleton<DispatchJob>();
        services.AddSingleton<Upkeep>();
        AddScoring(services, configuration);
        if (options.Api.MockedResponse) services.AddSingleton<IMusicEngine, ComposerEngine>().AddSingleton<MockedGeneration>();
        services.AddTelemetry(options.Telemetry, "audioreprompt-front-door", FrontDoorTelemetry.Name);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            // For the OpenAPI document, which asks these rather than the generated code.
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddOpenApi(ApiDocument.Configure);
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. options.Api.CorsOrigins])
            .AllowAnyMethod()
            .AllowAnyHeader()
            .WithExposedHeaders("Location", "Retry-After", "Preference-Applied", RequestIds.Header)));
        services.AddRateLimiter(limiter =>
        {
            limiter.AddPolicy(Endpoints.CostlyPolicy, context => LimitOf(context, options.Api.RateLimitPerMinute));
            limiter.OnRejected = OnRejectedAsync;
        });
    }

    /// <summary>With a CLAP model audio is scored by it; without, tastes come from the acoustic judge and the CLAP scores are null.</summary>
    private static void AddScoring(IServiceCollection services, LoadedConfiguration configuration)
    {
        // One thread: the one that asks, which has the low priority that threads of ONNX Runtime's own would not have.
        if (configuration.Options.Clap.Model.Length > 0)
            services.AddSingleton<IClap>(provider => LoadClap(configuration, provider.GetRequiredService<ILogger<ClapModel>>()));
        if (configuration.AudioboxFolder is { } folder) services.AddSingleton<IAudiobox>(_ => AudioboxModel.Load(folder, new OnnxSettings(Threads: 1)));
        services.AddSingleton(provider => new SongScorer(
            provider.GetService<IClap>(), new AestheticMeasurement(provider.GetService<IAudiobox>()), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ScoreJob>().AddSingleton<ScoringLoop>();
    }

    private static ClapModel LoadClap(LoadedConfiguration configuration, ILogger logger)
    {
        try
        {
            return ClapModel.Load(configuration, logger, threads: 1);
        }
        catch (ArgumentException exception)
        {
            // The model is named and not there: what is wrong with the configuration, and not with the program.
            throw new ConfigurationException([$"clap.model: {exception.Message}"]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // The cache folder cannot be written to, or the device that is asked for is not there.
            throw new CheckpointException($"CLAP cannot be loaded: {exception.Message}", exception);
        }
    }

    /// <summary>What every request passes through, up to its endpoint.</summary>
    internal static void UseMiddleware(IApplicationBuilder app, LoadedConfiguration configuration)
    {
        var services = app.ApplicationServices;
        var requests = services.GetRequiredService<ILoggerFactory>().CreateLogger("AudioReprompt.Requests");
        var callers = services.GetRequiredService<Callers>();
        if (configuration.Options.Telemetry.OtlpEndpoint.Length > 0) app.UseRequestSpans();
        app.Use((context, next) => RequestIds.AssignAsync(context, next, requests));
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = Problems.OnExceptionAsync,
            SuppressDiagnosticsCallback = context => Problems.IsExpected(context.Exception),
        });
        app.UseStatusCodePages(context => Problems.OnEmptyAnswerAsync(context.HttpContext));
        app.Use(Problems.OnRefusedPartAsync);
        app.Use(RequestFraming.CheckAsync);
        app.UseWebPage(configuration.WebFolder, services.GetRequiredService<IAudioStore>().DownloadOrigin);
        app.UseRouting();
        // Only where origins are configured: the middleware does nothing for others, but would bring the expression compiler into memory.
        if (configuration.Options.Api.CorsOrigins.Count > 0) app.UseCors();
        app.Use(callers.CheckAsync);
        app.UseRateLimiter();
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "AudioReprompt API";
            page.SwaggerEndpoint("../openapi/v1.json", "AudioReprompt");
        });
    }

    internal static void MapRoutes(IEndpointRouteBuilder routes, LoadedConfiguration configuration)
    {
        routes.MapApi();
        routes.MapDocument("/openapi/v1.json").WithMetadata(new OpenToAll());
        routes.MapNoPage(configuration.WebFolder);
        routes.MapMetrics(configuration.Options.Telemetry);
    }

    /// <summary>The configured endpoint, else the local worker.</summary>
    private static Uri EndpointOf(AudioRepromptOptions options) =>
        new(options.RunPod.ApiUrl.Length > 0 ? options.RunPod.ApiUrl : $"http://{options.Worker.Host}:{options.Worker.Port}/v2/local");

    private static RateLimitPartition<string> LimitOf(HttpContext context, int perMinute)
    {
        var caller = Callers.Of(context);
        return perMinute == 0
            ? RateLimitPartition.GetNoLimiter(caller)
            : RateLimitPartition.GetSlidingWindowLimiter(caller, _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = perMinute,
                Window = TimeSpan.FromMinutes(1),
                SegmentsPerWindow = 6,
                QueueLimit = 0,
            });
    }

    private static async ValueTask OnRejectedAsync(Microsoft.AspNetCore.RateLimiting.OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        const int segmentSeconds = 10;
        var seconds = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (int)Math.Ceiling(after.TotalSeconds) : segmentSeconds;
        await Problems.Of(StatusCodes.Status429TooManyRequests, string.Create(CultureInfo.InvariantCulture, $"Too many requests; try again in {seconds} s."), seconds)
            .ExecuteAsync(rejected.HttpContext);
    }
}
