using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Holds the text of the last collection, and collects for whoever scrapes.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private static readonly TimeSpan CollectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The SDK knows which exporter belongs to a provider but tells only its own packages. Weak, so that a provider that is
    /// no longer used takes its exporter with it.
    /// </summary>
    private static readonly ConditionalWeakTable<PrometheusExporter, object?> Exporters = [];

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private string _text = "";

    public PrometheusExporter() => Exporters.Add(this, null);

    /// <summary>Set by the reader that this exporter is given to.</summary>
    public Func<int, bool>? Collect { get; set; }

    public static PrometheusExporter? Of(MeterProvider provider) =>
        Exporters.Select(entry => entry.Key).FirstOrDefault(exporter => exporter.ParentProvider == provider);

    /// <summary>One collection at a time: it resets what the instruments gathered, and each scrape wants a whole one.</summary>
    /// <returns>The metrics as text; null when they could not be collected in time, or the provider was disposed.</returns>
    public async Task<string?> ScrapeAsync(CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            return Collect?.Invoke((int)CollectTimeout.TotalMilliseconds) == true ? _text : null;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var metrics = new List<Metric>();
        foreach (var metric in batch) metrics.Add(metric);
        _text = PrometheusText.Write(metrics);
        return ExportResult.Success;
    }
}
