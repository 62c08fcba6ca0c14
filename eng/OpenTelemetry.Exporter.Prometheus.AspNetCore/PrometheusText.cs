using System.Collections;
using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Metrics in the Prometheus text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    /// <summary>
    /// A name has one HELP and one TYPE line with all its samples below, also when several meters use it; their samples are
    /// then told apart by <c>otel_scope_name</c>. Of metrics with the same name and different types the first is written.
    /// Exponential histograms have no form in this version and are left out.
    /// </summary>
    public static string Write(IEnumerable<Metric> metrics)
    {
        var text = new StringBuilder();
        var families = metrics.Where(metric => metric.MetricType != MetricType.ExponentialHistogram)
            .GroupBy(metric => PrometheusName.OfMetric(metric.Name, metric.Unit, metric.MetricType));
        foreach (var family in families)
        {
            var type = TypeOf(family.First().MetricType);
            var sameType = family.Where(metric => TypeOf(metric.MetricType) == type).ToArray();
            if (family.First().Description is { Length: > 0 } description) text.Append($"# HELP {family.Key} {EscapedHelp(description)}\n");
            text.Append($"# TYPE {family.Key} {type}\n");
            foreach (var metric in sameType) WriteSamples(text, family.Key, metric, withScope: sameType.Length > 1);
        }

        return text.ToString();
    }

    /// <summary>A sum that can fall is a gauge to Prometheus.</summary>
    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };

    private static void WriteSamples(StringBuilder text, string name, Metric metric, bool withScope)
    {
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            var labels = Labels(point.Tags, withScope ? metric.MeterName : null);
            if (metric.MetricType == MetricType.Histogram) WriteHistogram(text, name, labels, point);
            else WriteSample(text, name, labels, ValueOf(metric.MetricType, point));
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, string labels, in MetricPoint point)
    {
        var count = 0L;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            var le = $"le=\"{Number(bucket.ExplicitBound)}\"";
            WriteSample(text, name + "_bucket", labels.Length == 0 ? le : $"{labels},{le}", Number(count));
        }

        WriteSample(text, name + "_sum", labels, Number(point.GetHistogramSum()));
        WriteSample(text, name + "_count", labels, Number(point.GetHistogramCount()));
    }

    private static void WriteSample(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value).Append('\n');
    }

    private static string ValueOf(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => Number(point.GetSumLong()),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => Number(point.GetSumDouble()),
        MetricType.LongGauge => Number(point.GetGaugeLastValueLong()),
        MetricType.DoubleGauge => Number(point.GetGaugeLastValueDouble()),
        _ => throw new NotSupportedException($"{type} has no single value."),
    };

    /// <summary>Two keys may become one label name; their values are then joined with <c>;</c>, as the specification says.</summary>
    private static string Labels(ReadOnlyTagCollection tags, string? scope)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (scope is not null) labels["otel_scope_name"] = scope;
        foreach (var (key, value) in tags)
        {
            var name = PrometheusName.OfLabel(key);
            labels[name] = labels.TryGetValue(name, out var other) ? $"{other};{TextOf(value)}" : TextOf(value);
        }

        return string.Join(',', labels.Select(label => $"{label.Key}=\"{EscapedLabel(label.Value)}\""));
    }

    private static string TextOf(object? value) => value switch
    {
        null => "",
        bool truth => truth ? "true" : "false",
        double number => Number(number),
        string text => text,
        IEnumerable list => $"[{string.Join(',', list.Cast<object?>().Select(TextOf))}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double number) => number switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    private static string EscapedHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string EscapedLabel(string text) => EscapedHelp(text).Replace("\"", "\\\"", StringComparison.Ordinal);
}
