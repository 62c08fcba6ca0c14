using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace AudioReprompt.Tests.StandIns;

/// <summary>A meter of its own, exported by the stand-in, and a server on a free loopback port that is scraped.</summary>
internal sealed class ScrapedMeter : IAsyncDisposable
{
    private readonly WebApplication _server;

    private ScrapedMeter(string name, MeterProvider provider, WebApplication server)
    {
        Meter = new Meter(name);
        Provider = provider;
        _server = server;
        Client = new HttpClient { BaseAddress = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    public Meter Meter { get; }

    public MeterProvider Provider { get; }

    public HttpClient Client { get; }

    public Task<string> ScrapeAsync() => Client.GetStringAsync("/metrics");

    public static async Task<ScrapedMeter> StartAsync(Action<WebApplication, MeterProvider>? map = null, Action<MeterProviderBuilder>? configure = null)
    {
        var name = $"meter-{Guid.NewGuid():N}";
        var metrics = Sdk.CreateMeterProviderBuilder().AddMeter(name + "*").AddPrometheusExporter();
        configure?.Invoke(metrics);
        var provider = metrics.Build();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(provider);
        var server = builder.Build();
        if (map is null) server.MapPrometheusScrapingEndpoint();
        else map(server, provider);
        await server.StartAsync();
        return new ScrapedMeter(name, provider, server);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        Meter.Dispose();
        Provider.Dispose();
    }
}
