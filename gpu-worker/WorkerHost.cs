using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.Hosting;
using AudioReprompt.Music;
using AudioReprompt.Telemetry;
using AudioReprompt.Worker.Handling;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.LocalApi;
using AudioReprompt.Worker.Telemetry;

namespace AudioReprompt.Worker;

/// <summary>Puts the worker together.</summary>
public static class WorkerHost
{
    /// <summary>The worker with its local API, not started.</summary>
    /// <param name="engines">What it can play with; <see cref="WorkerOptions.Engine"/> must be among them.</param>
    /// <param name="planPrompt">Makes the plan of a job that brings none.</param>
    /// <param name="address">Where it listens; null: where the options say.</param>
    /// <param name="configure">Adds what a host needs beyond the worker, such as exporters.</param>
    public static WebApplication Build(
        AudioRepromptOptions options,
        IReadOnlyList<IMusicEngine> engines,
        PlanPrompt planPrompt,
        ListenAddress? address = null,
        TimeProvider? time = null,
        Action<WebApplicationBuilder>? configure = null)
    {
        if (engines.All(engine => engine.Name != options.Worker.Engine))
            throw new ArgumentException($"worker.engine is {options.Worker.Engine}, which this worker does not have.", nameof(engines));
        address ??= ListenAddress.Read(options.Worker.Host, options.Worker.Port, []);

        // The empty builder: settings come from config.yaml only, not from appsettings.json or ASPNETCORE_ variables.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address.Host, address.Port);
        });
        builder.Logging.Configure(options.Logging);
        builder.Services.AddRoutingCore().AddMetrics().AddStopWithStandardInput();
        builder.Services.AddTelemetry(options.Telemetry, "audioreprompt-worker", WorkerTelemetry.Name);
        AddWorker(builder.Services, options.Worker, engines, planPrompt, time ?? TimeProvider.System);
        configure?.Invoke(builder);

        var app = builder.Build();
        var board = app.Services.GetRequiredService<JobBoard>();
        app.Services.GetRequiredService<WorkerMetrics>().ObserveQueue(() => board.Count().InQueue);
        if (options.Telemetry.OtlpEndpoint.Length > 0) app.UseRequestSpans();
        app.UseStatusCodePages(context => JobEndpoints
            .Error(context.HttpContext.Response.StatusCode, "There is no such operation here.")
            .ExecuteAsync(context.HttpContext));
        app.MapJobs();
        app.MapMetrics(options.Telemetry);
        return app;
    }

    private static void AddWorker(
        IServiceCollection services, WorkerOptions options, IReadOnlyList<IMusicEngine> engines, PlanPrompt planPrompt, TimeProvider time)
    {
        var grace = TimeSpan.FromSeconds(options.ShutdownGraceSeconds);
        services.AddSingleton(time);
        services.AddSingleton(WorkerIdentity.FromEnvironment());
        services.AddSingleton<WorkerMetrics>();

        services.AddSingleton(new WavUpload(time, retryDelay: TimeSpan.FromMilliseconds(500)));
        services.AddSingleton(provider => new GenerateHandler(
            engines,
            new GenerateSettings(options.Engine, options.UploadHosts),
            planPrompt,
            provider.GetRequiredService<WavUpload>(),
            () => Random.Shared.NextInt64(GenerateLimits.MaxSeed + 1),
            time,
            provider.GetRequiredService<ILogger<GenerateHandler>>()));
        services.AddSingleton<JobHandler>(provider => provider.GetRequiredService<GenerateHandler>().HandleAsync);

        services.AddSingleton(provider => new JobBoard(provider.GetRequiredService<WorkerIdentity>(), new JobBoardLimits(), time));
        services.AddSingleton<IJobSource>(provider => provider.GetRequiredService<JobBoard>());
        services.AddSingleton(new JobLoopSettings(options.Concurrency, grace));
        services.AddHostedService<Webhooks>();
        services.AddHostedService<JobLoop>();

        // Beyond the grace period: time for handlers to honour their token, for the last webhooks and answers.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = grace + TimeSpan.FromSeconds(10));
        services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
    }
}
