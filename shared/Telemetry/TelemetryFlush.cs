using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace AudioReprompt.Telemetry;

/// <summary>Builds the providers with the host, not at the first use, and sends what is pending before the process ends.</summary>
internal sealed class TelemetryFlush(IServiceProvider services) : IHostedService
{
    private const int FlushMilliseconds = 2000;

    private readonly TracerProvider? _traces = services.GetService<TracerProvider>();
    private readonly MeterProvider? _metrics = services.GetService<MeterProvider>();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Has a time limit of its own: also a hurried stop sends what it has.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            _traces?.ForceFlush(FlushMilliseconds);
            _metrics?.ForceFlush(FlushMilliseconds);
        },
        CancellationToken.None);
}
