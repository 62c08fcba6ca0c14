using AudioReprompt.Configuration;
using AudioReprompt.Telemetry;

namespace AudioReprompt.Worker.Telemetry;

/// <summary>Traces and metrics of a worker that has no host; nothing is built unless they go somewhere.</summary>
internal sealed class PlatformTelemetry : IDisposable
{
    private readonly ServiceProvider _services;

    private PlatformTelemetry(ServiceProvider services) => _services = services;

    /// <returns>null: nothing is exported.</returns>
    public static PlatformTelemetry? Start(TelemetryOptions options)
    {
        if (options.OtlpEndpoint.Length == 0) return null;
        var services = new ServiceCollection();
        services.AddTelemetry(options, "audioreprompt-worker", WorkerTelemetry.Name);
        var built = new PlatformTelemetry(services.BuildServiceProvider());
        // Making the flush makes the providers.
        _ = built._services.GetServices<IHostedService>().Count();
        return built;
    }

    public void Dispose()
    {
        foreach (var flush in _services.GetServices<IHostedService>()) flush.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
        _services.Dispose();
    }
}
