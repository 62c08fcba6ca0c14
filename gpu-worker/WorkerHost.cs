using System.Diagnostics.Metrics;
using AudioReprompt.Configuration;
using AudioReprompt.Hosting;
using AudioReprompt.Music;
using AudioReprompt.Telemetry;
using AudioReprompt.Worker.Handling;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.LocalApi;
using AudioReprompt.Worker.Outbound;
using AudioReprompt.Worker.Platform;
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
        time ??= TimeProvider.System;
        return Build(
            options,
            logs => Handler.Of(MusicWorker.CreateHandler(options.Worker, engines, planPrompt, time, logs).HandleAsync, emits: true),
            PlatformEnvironment.Read(Environment.GetEnvironmentVariable),
            address,
            time,
            configure);
    }

    /// <summary>The local API around any handler, not started.</summary>
    /// <param name="platform">A heartbeat and a realtime route, where it asks for them.</param>
    public static WebApplication Build(
        AudioRepromptOptions options,
        Func<ILoggerFactory, Handler> createHandler,
        PlatformEnvironment platform,
        ListenAddress? address = null,
        TimeProvider? time = null,
        Action<WebApplicationBuilder>? configure = null)
    {
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
        AddWorker(builder.Services, options.Worker, createHandler, platform, time ?? TimeProvider.System);
        configure?.Invoke(builder);

        var app = builder.Build();
        var board = app.Services.GetRequiredService<JobBoard>();
        app.Services.GetRequiredService<WorkerMetrics>().ObserveQueue(() => board.Count().InQueue);
        if (options.Telemetry.OtlpEndpoint.Length > 0) app.UseRequestSpans();
        app.UseStatusCodePages(context => JobEndpoints
            .Error(context.HttpContext.Response.StatusCode, "There is no such operation here.")
            .ExecuteAsync(context.HttpContext));
        app.MapJobs(platform.EndpointId, app.Services.GetRequiredService<JobRunner>().HasStream);
        app.MapOpenApi();
        app.MapMetrics(options.Telemetry);
        return app;
    }

    private static void AddWorker(
        IServiceCollection services, WorkerOptions options, Func<ILoggerFactory, Handler> createHandler, PlatformEnvironment platform, TimeProvider time)
    {
        var grace = TimeSpan.FromSeconds(options.ShutdownGraceSeconds);
        services.AddSingleton(time);
        services.AddSingleton(platform.Worker);
        services.AddSingleton(provider => new WorkerMetrics(provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton(provider => new JobRunner(
            createHandler(provider.GetRequiredService<ILoggerFactory>()),
            platform.Worker,
            options.ErrorTraceback,
            provider.GetRequiredService<ILogger<JobRunner>>()));

        services.AddSingleton(provider => new JobBoard(platform.Worker, new JobBoardLimits(), time));
        services.AddSingleton<IJobSource>(provider => provider.GetRequiredService<JobBoard>());
        services.AddSingleton(new JobLoopSettings(grace));
        services.AddSingleton(provider => new Concurrency(_ => options.Concurrency, provider.GetRequiredService<ILogger<Concurrency>>(), changes: false));
        services.AddSingleton<JobLoop>();
        services.AddSingleton(provider => new Heartbeat(
            platform, provider.GetRequiredService<JobBoard>().Unfinished, provider.GetRequiredService<ILogger<Heartbeat>>()));
        if (platform is { PingUrl: not null, HasPodId: true }) services.AddHostedService<HeartbeatHost>();
        var webhookHosts = AllowedHosts.ForWebhooks(options);
        services.AddSingleton(new SubmissionReader(webhookHosts));
        services.AddHostedService(provider => new Webhooks(
            provider.GetRequiredService<JobBoard>(), webhookHosts, time, provider.GetRequiredService<ILogger<Webhooks>>()));
        services.AddHostedService<JobLoopHost>();

        // Beyond the grace period: time for handlers to honour their token, for the last webhooks and answers.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = grace + TimeSpan.FromSeconds(10));
        services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
    }
}
