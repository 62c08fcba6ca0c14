using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace AudioReprompt.Tests.StandIns;

/// <summary>
/// The text of version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/), names and labels by the
/// OpenTelemetry specification "Prometheus and OpenMetrics Compatibility".
/// </summary>
public sealed class PrometheusTextTests
{
    [Fact]
    public async Task Scrape_Counter_HasTotalAndItsSum()
    {
        await using var scraped = await ScrapedMeter.StartAsync();
        var counter = scraped.Meter.CreateCounter<long>("audioreprompt.jobs", "{job}", "Jobs that were taken.");
        counter.Add(1, new KeyValuePair<string, object?>("engine", "composer"));
        counter.Add(2, new KeyValuePair<string, object?>("engine", "composer"));
        counter.Add(5, new("engine", "musicgen"), new("cold.start", true));

        Assert.Equal(
            """
            # HELP audioreprompt_jobs_total Jobs that were taken.
            # TYPE audioreprompt_jobs_total counter
            audioreprompt_jobs_total{engine="composer"} 3
            audioreprompt_jobs_total{cold_start="true",engine="musicgen"} 5

            """,
            await scraped.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_TwoTimes_CounterGoesOn()
    {
        await using var scraped = await ScrapedMeter.StartAsync();
        var counter = scraped.Meter.CreateCounter<double>("time", "s");
        counter.Add(1.5);
        Assert.Equal("# TYPE time_seconds_total counter\ntime_seconds_total 1.5\n", await scraped.ScrapeAsync());

        counter.Add(1);

        Assert.Equal("# TYPE time_seconds_total counter\ntime_seconds_total 2.5\n", await scraped.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_GaugesAndUpDownCounter_AreGauges()
    {
        await using var scraped = await ScrapedMeter.StartAsync();
        var queued = scraped.Meter.CreateUpDownCounter<long>("jobs.queued", description: "Jobs that wait.");
        queued.Add(5);
        queued.Add(-7);
        scraped.Meter.CreateObservableGauge("memory.used", () => 1024L, "By");
        scraped.Meter.CreateObservableGauge("load", () => double.NaN, "1");
        scraped.Meter.CreateGauge<double>("cost").Record(double.PositiveInfinity);

        Assert.Equal(
            """
            # HELP jobs_queued Jobs that wait.
            # TYPE jobs_queued gauge
            jobs_queued -2
            # TYPE memory_used_bytes gauge
            memory_used_bytes 1024
            # TYPE load_ratio gauge
            load_ratio NaN
            # TYPE cost gauge
            cost +Inf

            """,
            await scraped.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_Histogram_HasCumulativeBucketsSumAndCount()
    {
        await using var scraped = await ScrapedMeter.StartAsync(configure: metrics =>
            metrics.AddView("*", new ExplicitBucketHistogramConfiguration { Boundaries = [0.5, 1, 2.5] }));
        var histogram = scraped.Meter.CreateHistogram<double>("http.server.request.duration", "s", "Duration of requests.");
        foreach (var duration in new[] { 0.25, 0.5, 0.75, 2, 100 }) histogram.Record(duration, new KeyValuePair<string, object?>("http.route", "/a"));
        histogram.Record(1, new KeyValuePair<string, object?>("http.route", "/b"));

        Assert.Equal(
            """
            # HELP http_server_request_duration_seconds Duration of requests.
            # TYPE http_server_request_duration_seconds histogram
            http_server_request_duration_seconds_bucket{http_route="/a",le="0.5"} 2
            http_server_request_duration_seconds_bucket{http_route="/a",le="1"} 3
            http_server_request_duration_seconds_bucket{http_route="/a",le="2.5"} 4
            http_server_request_duration_seconds_bucket{http_route="/a",le="+Inf"} 5
            http_server_request_duration_seconds_sum{http_route="/a"} 103.5
            http_server_request_duration_seconds_count{http_route="/a"} 5
            http_server_request_duration_seconds_bucket{http_route="/b",le="0.5"} 0
            http_server_request_duration_seconds_bucket{http_route="/b",le="1"} 1
            http_server_request_duration_seconds_bucket{http_route="/b",le="2.5"} 1
            http_server_request_duration_seconds_bucket{http_route="/b",le="+Inf"} 1
            http_server_request_duration_seconds_sum{http_route="/b"} 1
            http_server_request_duration_seconds_count{http_route="/b"} 1

            """,
            await scraped.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_SpecialCharacters_AreEscaped()
    {
        await using var scraped = await ScrapedMeter.StartAsync();
        scraped.Meter.CreateCounter<long>("c", description: "a \\ b\n\"c\"").Add(1, new KeyValuePair<string, object?>("1.path", "C:\\x \"y\"\nz é"));

        Assert.Equal(
            "# HELP c_total a \\\\ b\\n\"c\"\n# TYPE c_total counter\nc_total{_1_path=\"C:\\\\x \\\"y\\\"\\nz é\"} 1\n",
            await scraped.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_LabelValuesThatAreNoText_AreWrittenTheSameOnEveryMachine()
    {
        await using var scraped = await ScrapedMeter.StartAsync();
        scraped.Meter.CreateCounter<long>("c").Add(1, new("a", 1.5), new("b", null), new("d", new[] { "x", "y" }), new("e", 7));

        Assert.Equal("# TYPE c_total counter\nc_total{a=\"1.5\",b=\"\",d=\"[x,y]\",e=\"7\"} 1\n", await scraped.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_TwoKeysWithOneLabelName_ValuesAreJoined()
    {
        await using var scraped = await ScrapedMeter.StartAsync();
        scraped.Meter.CreateCounter<long>("c").Add(1, new("a.b", "x"), new("a_b", "y"));

        Assert.Equal("# TYPE c_total counter\nc_total{a_b=\"x;y\"} 1\n", await scraped.ScrapeAsync());
    }

    [Theory]
    [InlineData("requests", "", "requests_total")]
    [InlineData("requests_total", "", "requests_total")]
    [InlineData("time_seconds_total", "s", "time_seconds_total")]
    [InlineData("a.b-c//d", "", "a_b_c_d_total")]
    [InlineData("sent", "By", "sent_bytes_total")]
    [InlineData("sent", "MiBy", "sent_mebibytes_total")]
    [InlineData("sent", "By/s", "sent_bytes_per_second_total")]
    [InlineData("sent", "{packet}/s", "sent_per_second_total")]
    [InlineData("sent", "{packet}", "sent_total")]
    [InlineData("sent", "1", "sent_total")]
    [InlineData("sent", "%", "sent_percent_total")]
    [InlineData("sent", "codes", "sent_codes_total")]
    public async Task Scrape_NameAndUnit_BecomeOneName(string name, string unit, string expected)
    {
        await using var scraped = await ScrapedMeter.StartAsync();
        scraped.Meter.CreateCounter<long>(name, unit).Add(1);

        Assert.Equal($"# TYPE {expected} counter\n{expected} 1\n", await scraped.ScrapeAsync());
    }

    [Fact]
    public async Task Scrape_SameNameInTwoMeters_IsOneFamilyToldApartByScope()
    {
        await using var scraped = await ScrapedMeter.StartAsync();
        using var other = new Meter(scraped.Meter.Name + "-other");
        scraped.Meter.CreateCounter<long>("c").Add(1);
        scraped.Meter.CreateObservableGauge("c.total", () => 9);
        other.CreateCounter<long>("c").Add(2);

        Assert.Equal(
            $$"""
            # TYPE c_total counter
            c_total{otel_scope_name="{{scraped.Meter.Name}}"} 1
            c_total{otel_scope_name="{{scraped.Meter.Name}}-other"} 2

            """,
            await scraped.ScrapeAsync());
    }
}
