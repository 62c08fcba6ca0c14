using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.InteropServices;
using AudioReprompt.Checkpoints;
using AudioReprompt.Configuration;
using AudioReprompt.Hosting;
using AudioReprompt.Worker.Fitness;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Platform;
using AudioReprompt.Worker.Telemetry;

namespace AudioReprompt.Worker;

/// <summary>What a program brings that is a worker: its handler, and what must be so before it takes jobs.</summary>
/// <param name="Handler">Made once, before the first job.</param>
public sealed record WorkerParts(Handler Handler, IReadOnlyList<FitnessCheck> Checks);

/// <summary>Makes the parts.</summary>
/// <param name="checksWanted">Platform mode; elsewhere nothing is checked.</param>
public delegate WorkerParts WorkerPartsFactory(LoadedConfiguration configuration, bool checksWanted, TimeProvider time, ILoggerFactory logs);

/// <summary>The worker as a process: reads flags and environment, chooses what to be, and says how it ended.</summary>
public static class WorkerProgram
{
    /// <returns>0 after a clean stop, 1 when it is unfit or could not start, 2 for a bad flag or configuration.</returns>
    public static async Task<int> RunAsync(string[] args, WorkerPartsFactory create)
    {
        Console.WriteLine($"--- Starting Serverless Worker |  Version {PlatformEnvironment.Version} ---");
        try
        {
            var arguments = WorkerArguments.Read(args);
            if (arguments.Help)
            {
                Console.WriteLine(WorkerArguments.Usage);
                return ServerProcess.Done;
            }

            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var platform = PlatformEnvironment.Read(Environment.GetEnvironmentVariable, StoredKey.Find(home));
            return WorkerModes.Choose(arguments, platform) switch
            {
                WorkerMode.Platform => await RunPlatformAsync(arguments, platform, create),
                WorkerMode.Test => await RunTestAsync(arguments, platform, create),
                var serving => await ServeAsync(arguments, platform, serving == WorkerMode.Realtime, create),
            };
        }
        catch (BadArgumentException exception)
        {
            await Console.Error.WriteLineAsync($"worker: {exception.Message}\n\n{WorkerArguments.Usage}");
            return exception.ExitCode;
        }
        catch (Exception exception) when (exception is ConfigurationException or FormatException)
        {
            await Console.Error.WriteLineAsync($"worker: {exception.Message}");
            return ServerProcess.BadInput;
        }
        catch (CheckpointException exception)
        {
            // A worker without its model takes no jobs: another machine may have it whole.
            await Console.Error.WriteLineAsync($"worker: {exception.Message}");
            return ServerProcess.Failed;
        }
    }

    private static async Task<int> RunPlatformAsync(WorkerArguments arguments, PlatformEnvironment platform, WorkerPartsFactory create)
    {
        var time = TimeProvider.System;
        var configuration = ConfigurationLoader.LoadDefault();
        var options = configuration.Options.Worker;
        using var logs = OpenLog(arguments, platform, configuration.Options.Logging);
        using var stopping = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var telemetry = PlatformTelemetry.Start(configuration.Options.Telemetry);
        using var meter = new Meter(WorkerTelemetry.Name);

        var parts = create(configuration, true, time, logs);
        var handler = arguments.Debugger ? DebuggedHandler.Of(parts.Handler, Process.GetCurrentProcess().StartTime, time) : parts.Handler;
        var settings = new PlatformSettings(
            new JobLoopSettings(TimeSpan.FromSeconds(options.ShutdownGraceSeconds), options.RefreshWorker),
            new GpuConcurrency(
                new ConfiguredConcurrency(configuration, time, logs.CreateLogger<ConfiguredConcurrency>()).Next,
                new NvidiaSmi(),
                options.GpuMegabytesPerJob,
                logs.CreateLogger<GpuConcurrency>()).Next,
            options.ErrorTraceback,
            parts.Checks,
            OutboxRoot(options, platform));
        using var worker = new PlatformWorker(platform, handler, settings, new WorkerMetrics(meter), time, logs);
        return await worker.RunAsync(stopping.Token);

        void Stop(PosixSignalContext signal)
        {
            // The default would end the process at once.
            signal.Cancel = true;
            stopping.Cancel();
        }
    }

    private static async Task<int> RunTestAsync(WorkerArguments arguments, PlatformEnvironment platform, WorkerPartsFactory create)
    {
        var configuration = ConfigurationLoader.LoadDefault();
        using var logs = OpenLog(arguments, platform, configuration.Options.Logging);
        using var stopping = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            stopping.Cancel();
        });
        var runner = new JobRunner(
            create(configuration, false, TimeProvider.System, logs).Handler,
            platform.Worker,
            configuration.Options.Worker.ErrorTraceback,
            logs.CreateLogger<JobRunner>());
        var run = new LocalTestRun(runner, Directory.GetCurrentDirectory(), logs.CreateLogger<LocalTestRun>());
        return await run.RunAsync(arguments.TestInput, arguments.TestOutput, stopping.Token);
    }

    private static Task<int> ServeAsync(WorkerArguments arguments, PlatformEnvironment platform, bool realtime, WorkerPartsFactory create)
    {
        Override("AUDIOREPROMPT__LOGGING__LEVEL", LevelOf(arguments) is { } level ? level.ToString() : null);
        var concurrency = realtime ? platform.RealtimeConcurrency : arguments.ApiConcurrency;
        Override("AUDIOREPROMPT__WORKER__CONCURRENCY", concurrency?.ToString(CultureInfo.InvariantCulture));
        return ServerProcess.RunAsync(
            "worker",
            [],
            options => realtime
                ? ("0.0.0.0", platform.RealtimePort)
                : (arguments.Host ?? options.Worker.Host, arguments.Port ?? options.Worker.Port),
            (configuration, address) => WorkerHost.Build(
                configuration.Options,
                logs => create(configuration, false, TimeProvider.System, logs).Handler,
                platform,
                address));
    }

    /// <summary>Flags go before every other setting, also before the environment.</summary>
    private static void Override(string variable, string? value)
    {
        if (value is not null) Environment.SetEnvironmentVariable(variable, value);
    }

    private static PlatformLog OpenLog(WorkerArguments arguments, PlatformEnvironment platform, LoggingOptions options) => new(
        Console.OpenStandardOutput(),
        LevelOf(arguments) ?? Enum.Parse<LogLevel>(options.Level, ignoreCase: true),
        platform.EndpointId is not null);

    /// <summary>The flag, then the platform's two variables. RunPod's own worker dies of a level that is none; this one takes the configured.</summary>
    private static LogLevel? LevelOf(WorkerArguments arguments) =>
        arguments.LogLevel ?? FromVariable("RUNPOD_LOG_LEVEL") ?? FromVariable("RUNPOD_DEBUG_LEVEL");

    private static LogLevel? FromVariable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } level ? PlatformLog.LevelOf(level) : null;

    /// <summary>By worker, as two must not post each other's results. A worker without an id would not find them again.</summary>
    private static string? OutboxRoot(WorkerOptions options, PlatformEnvironment platform)
    {
        if (!platform.HasPodId) return null;
        var root = options.Outbox.Length > 0 ? options.Outbox : Path.Combine(Path.GetTempPath(), "audioreprompt-outbox");
        return Path.Combine(root, Uri.EscapeDataString(platform.Worker.Id));
    }
}
