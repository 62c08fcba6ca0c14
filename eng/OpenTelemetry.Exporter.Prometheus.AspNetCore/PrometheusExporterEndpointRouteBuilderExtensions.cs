using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter.Prometheus;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The endpoint that Prometheus scrapes.</summary>
public static class PrometheusExporterEndpointRouteBuilderExtensions
{
    private const string DefaultPath = "/metrics";
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>At <c>/metrics</c>, for the meter provider among the application's services.</summary>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPrometheusScrapingEndpoint(DefaultPath);

    /// <summary>For the meter provider among the application's services.</summary>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return endpoints.MapPrometheusScrapingEndpoint(path, meterProvider: null, configureBranchedPipeline: null, optionsName: null);
    }

    /// <param name="path">Default <c>/metrics</c>.</param>
    /// <param name="meterProvider">Built with <c>AddPrometheusExporter</c>; default: the one among the application's services.</param>
    /// <param name="configureBranchedPipeline">Adds middleware that runs before the scrape.</param>
    /// <param name="optionsName">The real package's named options, which this stand-in lacks: null.</param>
    /// <exception cref="ArgumentException"><paramref name="meterProvider"/> has no Prometheus exporter, or options are named.</exception>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(
        this IEndpointRouteBuilder endpoints,
        string? path,
        MeterProvider? meterProvider,
        Action<IApplicationBuilder>? configureBranchedPipeline,
        string? optionsName)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (optionsName is not null) throw new ArgumentException("This stand-in has no options.", nameof(optionsName));
        var exporter = PrometheusExporter.Of(meterProvider ?? endpoints.ServiceProvider.GetRequiredService<MeterProvider>())
            ?? throw new ArgumentException("The meter provider was built without AddPrometheusExporter.", nameof(meterProvider));

        var pipeline = endpoints.CreateApplicationBuilder();
        configureBranchedPipeline?.Invoke(pipeline);
        pipeline.Run(context => Answer(context, exporter));
        return endpoints.MapMethods(path ?? DefaultPath, [HttpMethods.Get], pipeline.Build()).WithDisplayName("Prometheus metrics");
    }

    private static async Task Answer(HttpContext context, PrometheusExporter exporter)
    {
        var text = await exporter.ScrapeAsync(context.RequestAborted);
        if (text is null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        context.Response.ContentType = ContentType;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
