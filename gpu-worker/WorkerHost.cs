using System.Net.Sockets;
using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.Hosting;
using AudioReprompt.Music;
using AudioReprompt.Worker.Handling;
using AudioReprompt.Worker.LocalApi;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Telemetry;
using Microsoft.AspNetCore.Connections;

namespace AudioReprompt.Worker;

/// <summary>Puts the worker together, and runs it.</summary>
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
        address ??= ListenAddress.Read(options.Worker, []);

        // The empty builder: settings come from config.yaml only, not from appsettings.json or ASPNETCORE_ variables.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address.Host, address.Port);
        });
        AddLogging(builder.Logging, options.Logging);
        builder.Services.AddRoutingCore().AddMetrics().AddStopWithStandardInput();
        AddWorker(builder.Services, options.Worker, engines, planPrompt, time ?? TimeProvider.System);
        configure?.Invoke(builder);

        var app = builder.Build();
        var board = app.Services.GetRequiredService<JobBoard>();
        app.Services.GetRequiredService<WorkerMetrics>().ObserveQueue(() => board.Count().InQueue);
        app.UseStatusCodePages(context => JobEndpoints
            .Error(context.HttpContext.Response.StatusCode, "There is no such operation here.")
            .ExecuteAsync(context.HttpContext));
        app.MapJobs();
        return app;
    }

    /// <summary>Runs a worker until it is told to stop.</summary>
    /// <param name="output">Gets one line when the worker is ready, with the address that it listens on.</param>
    /// <param name="error">Gets one line when it cannot listen.</param>
    /// <returns>The process's exit code: 0 after a clean stop, 1 when the worker cannot listen.</returns>
    public static async Task<int> RunAsync(WebApplication app, ListenAddress address, TextWriter output, TextWriter error)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await error.WriteLineAsync(
                $"worker: port {address.Port} on {address.Host} is taken; choose another with --port (with the audioreprompt command: --worker-port)");
            return 1;
        }
        catch (SocketException exception)
        {
            // No right to the port, or no such address on this machine.
            await error.WriteLineAsync($"worker: cannot listen on {address}: {exception.Message}; choose another with --host and --port");
            return 1;
        }

        await output.WriteLineAsync($"worker listening on {app.Urls.Single()}");
        await output.FlushAsync();
        await app.WaitForShutdownAsync();
        return 0;
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

    private static void AddLogging(ILoggingBuilder logging, LoggingOptions options)
    {
        var least = Enum.Parse<LogLevel>(options.Level, ignoreCase: true);
        logging.SetMinimumLevel(least);
        // A category's own rule goes before the least level, so each has to keep to it.
        logging.AddFilter("Microsoft", level => level >= least && level >= LogLevel.Warning);
        // A port that is taken is told in one line; these two would add their stack traces.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= least && level == LogLevel.Critical);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => level >= least && (level is LogLevel.Warning or LogLevel.Error));
        // Standard output has the line that says where the worker listens, and nothing else.
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (options.Format == "json") logging.AddJsonConsole(json => json.IncludeScopes = true);
        else logging.AddSimpleConsole(text => (text.SingleLine, text.IncludeScopes, text.TimestampFormat) = (true, true, "HH:mm:ss.fff "));
    }
}
