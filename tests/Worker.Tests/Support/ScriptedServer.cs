using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AudioReprompt.Worker.Tests.Support;

/// <summary>One request that a <see cref="ScriptedServer"/> received.</summary>
internal sealed record Received(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>A peer on loopback that does what the test says and keeps what it received.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<Received> _received = Channel.CreateUnbounded<Received>();
    private int _requests;

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.Single());

    public int Requests => Volatile.Read(ref _requests);

    /// <param name="answer">Is given the number of the request, from 1.</param>
    /// <param name="port">0: a free one.</param>
    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, int, Task> answer, int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        var server = new ScriptedServer(builder.Build());
        server._app.Run(async context =>
        {
            var number = Interlocked.Increment(ref server._requests);
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            server._received.Writer.TryWrite(new Received(
                context.Request.Method,
                context.Request.Path + context.Request.QueryString.Value,
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                body.ToArray()));
            try
            {
                await answer(context, number);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The client hung up, as some tests want it to.
            }
        });
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Answers every request with this status and JSON.</summary>
    public static Task<ScriptedServer> StartAsync(int status, string json = "") => StartAsync((context, _) => context.AnswerAsync(status, json));

    /// <summary>The next request that nobody has looked at.</summary>
    public Task<Received> NextAsync() => _received.Reader.ReadAsync().AsTask().InTime();

    /// <summary>A port where nobody listens.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }
}

internal static class Answers
{
    public static Task AnswerAsync(this HttpContext context, int status, string json = "")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    /// <summary>Answers nothing until the client hangs up.</summary>
    public static Task HangAsync(this HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);
}
