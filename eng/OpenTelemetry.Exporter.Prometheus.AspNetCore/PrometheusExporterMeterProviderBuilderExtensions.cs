using OpenTelemetry.Exporter.Prometheus;

namespace OpenTelemetry.Metrics;

/// <summary>Lets a meter provider be scraped.</summary>
public static class PrometheusExporterMeterProviderBuilderExtensions
{
    /// <summary>Metrics are collected when somebody scrapes, and at no other time.</summary>
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddReader(new BaseExportingMetricReader(new PrometheusExporter())
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Cumulative,
        });
    }
}
