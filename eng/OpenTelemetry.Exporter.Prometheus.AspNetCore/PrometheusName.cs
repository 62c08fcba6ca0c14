using System.Text;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>
/// From the names of OpenTelemetry to those of Prometheus, by the OpenTelemetry specification "Prometheus and OpenMetrics
/// Compatibility": <c>http.server.request.duration</c> in <c>s</c> is <c>http_server_request_duration_seconds</c>.
/// </summary>
internal static class PrometheusName
{
    /// <summary>Name, unit and, for a counter, <c>_total</c>, each once.</summary>
    public static string OfMetric(string name, string unit, MetricType type)
    {
        var isCounter = type is MetricType.LongSum or MetricType.DoubleSum;
        var isGauge = type is MetricType.LongGauge or MetricType.DoubleGauge;
        var result = Sanitized(name, allowColon: true);
        if (isCounter) result = Without(result, "_total");
        var suffix = unit == "1" ? (isGauge ? "ratio" : "") : OfUnit(unit);
        if (suffix.Length > 0 && !result.EndsWith("_" + suffix, StringComparison.Ordinal)) result += "_" + suffix;
        return isCounter ? result + "_total" : result;
    }

    public static string OfLabel(string key) => Sanitized(key, allowColon: false);

    private static string OfUnit(string unit)
    {
        var plain = WithoutAnnotations(unit);
        var slash = plain.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return Plural(plain);
        var (counted, per) = (Plural(plain[..slash]), Singular(plain[(slash + 1)..]));
        if (per.Length == 0) return counted;
        return counted.Length == 0 ? "per_" + per : $"{counted}_per_{per}";
    }

    /// <summary>Units of UCUM as Prometheus spells them; one that is not here keeps its own name.</summary>
    private static string Plural(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "KBy" => "kilobytes",
        "MBy" => "megabytes",
        "GBy" => "gigabytes",
        "Hz" => "hertz",
        "%" => "percent",
        _ => Sanitized(unit, allowColon: false).Trim('_'),
    };

    private static string Singular(string unit) => unit switch
    {
        "d" => "day",
        "h" => "hour",
        "min" => "minute",
        "s" => "second",
        _ => Sanitized(unit, allowColon: false).Trim('_'),
    };

    /// <summary><c>{request}</c> says what is counted, not in which unit.</summary>
    private static string WithoutAnnotations(string unit)
    {
        var plain = new StringBuilder();
        var inside = false;
        foreach (var character in unit)
        {
            if (character == '{') inside = true;
            else if (character == '}') inside = false;
            else if (!inside) plain.Append(character);
        }

        return plain.ToString();
    }

    /// <summary>Letters, digits and single underscores, no digit first.</summary>
    private static string Sanitized(string name, bool allowColon)
    {
        var result = new StringBuilder();
        foreach (var character in name)
        {
            var allowed = char.IsAsciiLetterOrDigit(character) || (allowColon && character == ':') ? character : '_';
            if (result.Length == 0 && char.IsAsciiDigit(allowed)) result.Append('_');
            if (allowed != '_' || result.Length == 0 || result[^1] != '_') result.Append(allowed);
        }

        return result.ToString();
    }

    private static string Without(string name, string suffix) =>
        name.EndsWith(suffix, StringComparison.Ordinal) ? name[..^suffix.Length] : name;
}
