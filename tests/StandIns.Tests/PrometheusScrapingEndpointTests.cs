using System.Net;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace AudioReprompt.Tests.StandIns;

/// <summary>The endpoint over HTTP on the loopback address.</summary>
public sealed class PrometheusScrapingEndpointTests
{
    [Fact]
    public async Task Get_NothingMeasured_IsEmptyTextOfVersion004()
    {
        await using var scraped = await ScrapedMeter.StartAsync();

        using var response = await scraped.Client.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Get_OtherPathAndProvider_AnswersThere()
    {
        await using var scraped = await ScrapedMeter.StartAsync((server, provider) =>
            server.MapPrometheusScrapingEndpoint("/internal/metrics", provider, configureBranchedPipeline: null, optionsName: null));
        scraped.Meter.CreateCounter<long>("c").Add(1);

        Assert.Equal("# TYPE c_total counter\nc_total 1\n", await scraped.Client.GetStringAsync("/internal/metrics"));
        Assert.Equal(HttpStatusCode.NotFound, (await scraped.Client.GetAsync("/metrics")).StatusCode);
    }

    [Fact]
    public async Task Get_BranchedPipeline_RunsBeforeTheScrape()
    {
        await using var scraped = await ScrapedMeter.StartAsync((server, provider) => server.MapPrometheusScrapingEndpoint(
            null,
            provider,
            branch => branch.Use((context, next) =>
            {
                context.Response.Headers["X-Branch"] = "yes";
                return next(context);
            }),
            optionsName: null));

        using var response = await scraped.Client.GetAsync("/metrics");

        Assert.Equal(["yes"], response.Headers.GetValues("X-Branch"));
    }

    [Fact]
    public async Task Post_IsNotAllowed()
    {
        await using var scraped = await ScrapedMeter.StartAsync();

        using var response = await scraped.Client.PostAsync("/metrics", null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Get_ManyAtOnceWhileCounting_EachIsWholeAndNoneGoesBack()
    {
        await using var scraped = await ScrapedMeter.StartAsync();
        var counter = scraped.Meter.CreateCounter<long>("c");
        using var end = new CancellationTokenSource();
        var counting = Task.Run(() =>
        {
            while (!end.IsCancellationRequested) counter.Add(1, new KeyValuePair<string, object?>("a", "b"));
        });
        counter.Add(1, new KeyValuePair<string, object?>("a", "b"));

        var scrapes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var values = new List<long>();
            for (var round = 0; round < 25; round++) values.Add(Value(await scraped.ScrapeAsync()));
            return values;
        }));

        await end.CancelAsync();
        await counting;
        Assert.All(scrapes, values => Assert.Equal(values.Order(), values));

        static long Value(string text)
        {
            var lines = text.Split('\n');
            Assert.Equal(["# TYPE c_total counter", ""], [lines[0], lines[2]]);
            Assert.StartsWith("c_total{a=\"b\"} ", lines[1], StringComparison.Ordinal);
            return long.Parse(lines[1].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task Get_ProviderDisposed_IsUnavailable()
    {
        await using var scraped = await ScrapedMeter.StartAsync();
        scraped.Provider.Dispose();

        using var response = await scraped.Client.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public void Map_ProviderWithoutExporter_SaysSo()
    {
        using var provider = Sdk.CreateMeterProviderBuilder().Build();
        var server = WebApplication.CreateSlimBuilder().Build();

        Assert.Throws<ArgumentException>(() => server.MapPrometheusScrapingEndpoint(null, provider, null, null));
    }
}
