using AudioReprompt.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AudioReprompt.Telemetry;

/// <summary>OpenTelemetry as the <c>telemetry</c> section says; what is not configured is not built and costs nothing.</summary>
public static class TelemetrySetup
{
    /// <summary>
    /// Time series that one instrument may have. Memory for all of them is taken at once: the library's own 2,000 cost some 3 MB, and
    /// no instrument of ours comes near.
    /// </summary>
    private const int MaxSeries = 200;

    /// <param name="service">As it stands in <c>service.name</c>.</param>
    /// <param name="source">Name of the program's own activity source and meter.</param>
    public static void AddTelemetry(this IServiceCollection services, TelemetryOptions options, string service, string source)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(service);
        if (options.OtlpEndpoint.Length > 0)
        {
            // Listening makes the framework create the activities whose context travels with every request.
            services.AddSingleton(Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(source, "Microsoft.AspNetCore", "System.Net.Http")
                .AddOtlpExporter(otlp => Send(otlp, options, "v1/traces"))
                .Build());
        }

        if (options.Metrics || options.OtlpEndpoint.Length > 0)
        {
            var meters = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(source, "Microsoft.AspNetCore.Hosting", "System.Net.Http", "System.Runtime")
                .AddView(_ => new MetricStreamConfiguration { CardinalityLimit = MaxSeries });
            if (options.Metrics) meters.AddPrometheusExporter();
            if (options.OtlpEndpoint.Length > 0) meters.AddOtlpExporter(otlp => Send(otlp, options, "v1/metrics"));
            services.AddSingleton(meters.Build());
        }

        services.AddHostedService<TelemetryFlush>();
    }

    /// <summary>
    /// Names the spans of requests by verb and route, as OpenTelemetry's conventions for HTTP ask; the framework alone does not. Goes
    /// first into the pipeline, and does nothing while nobody listens.
    /// </summary>
    public static void UseRequestSpans(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } activity)
            {
                var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
                activity.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
                activity.SetTag("http.request.method", context.Request.Method);
                activity.SetTag("http.route", route);
                activity.SetTag("http.response.status_code", context.Response.StatusCode);
            }
        }
    });

    /// <summary>Maps <c>/metrics</c> where metrics are on.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes, TelemetryOptions options)
    {
        if (!options.Metrics) return;
        routes.MapPrometheusScrapingEndpoint("/metrics", routes.ServiceProvider.GetRequiredService<MeterProvider>(), null, null);
    }

    private static void Send(OtlpExporterOptions otlp, TelemetryOptions options, string path)
    {
        otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
        otlp.Endpoint = new Uri($"{options.OtlpEndpoint.TrimEnd('/')}/{path}");
    }
}
