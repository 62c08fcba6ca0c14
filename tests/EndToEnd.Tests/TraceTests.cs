using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Tests.EndToEnd;

public sealed class TraceTests
{
    [Fact]
    public async Task Post_WithOtlpConfigured_IsOneTraceFromPostToWavAcrossBothProcesses()
    {
        await using var collector = await Collector.StartAsync();
        await using (var servers = new Servers(new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address }))
        {
            var worker = await servers.StartWorkerAsync();
            var door = await servers.StartFrontDoorAsync();
            await servers.UntilAsync(await servers.GenerateAsync(1, seed: 1), "completed");
            // What is pending is sent before a process ends.
            await door.StopAsync(Programs.Patience);
            await worker.StopAsync(Programs.Patience);
        }

        var post = Assert.Single(collector.Spans, span => span.Name == "POST /api/audio/generate");
        var trace = collector.Spans.Where(span => span.TraceId == post.TraceId).Select(span => span.Name).ToHashSet();
        string[] expected = ["POST /api/audio/generate", "dispatch", "generate", "PUT /api/audio/{id}/content"];
        Assert.Empty(expected.Except(trace));
        Assert.Contains("/v1/metrics", collector.Paths);

        // The addresses that worker and front door call each other by are in the spans, the right that their query gives is not.
        Assert.Contains(collector.Texts, text => text.Contains("/api/runpod/webhook/", StringComparison.Ordinal));
        Assert.All((string[])["token=", "signature=", "expires="], right =>
            Assert.DoesNotContain(collector.Texts, text => text.Contains(right, StringComparison.Ordinal)));
    }

    private sealed record Span(string TraceId, string Name);

    /// <summary>Receives OTLP over HTTP and reads trace ids and names out of the protobuf (opentelemetry-proto, trace/v1).</summary>
    private sealed class Collector(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentBag<Span> Spans { get; } = [];

        public ConcurrentBag<string> Paths { get; } = [];

        /// <summary>All that was received; the strings in it can be read as they are.</summary>
        public ConcurrentBag<string> Texts { get; } = [];

        public string Address => app.Urls.First();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var collector = new Collector(app);
            app.MapPost("/v1/{signal}", async (HttpContext context, string signal) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                collector.Paths.Add(context.Request.Path);
                collector.Texts.Add(Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length));
                if (signal == "traces") collector.Read(body.ToArray());
                return Results.Bytes([], "application/x-protobuf");
            });
            await app.StartAsync();
            return collector;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private void Read(byte[] request)
        {
            // ExportTraceServiceRequest.resource_spans = 1, ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2, Span.trace_id = 1, .name = 5.
            foreach (var span in Fields(request, 1).SelectMany(item => Fields(item, 2)).SelectMany(item => Fields(item, 2)))
                Spans.Add(new Span(Convert.ToHexStringLower(Fields(span, 1).Single()), Encoding.UTF8.GetString(Fields(span, 5).Single())));
        }

        /// <summary>The length-delimited fields of a message that have this number.</summary>
        private static List<byte[]> Fields(byte[] message, int number)
        {
            var found = new List<byte[]>();
            var at = 0;
            ulong Varint()
            {
                ulong value = 0;
                for (var shift = 0; ; shift += 7)
                {
                    var next = message[at++];
                    value |= (ulong)(next & 0x7F) << shift;
                    if (next < 0x80) return value;
                }
            }

            while (at < message.Length)
            {
                var tag = Varint();
                switch (tag & 7)
                {
                    case 0: Varint(); break;
                    case 1: at += 8; break;
                    case 5: at += 4; break;
                    default:
                        var length = (int)Varint();
                        if ((int)(tag >> 3) == number) found.Add(message[at..(at + length)]);
                        at += length;
                        break;
                }
            }

            return found;
        }
    }
}
