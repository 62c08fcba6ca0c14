using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AudioReprompt.Cli.Bench.Soak;

/// <summary>An HTTP server on a free port of loopback that hands requests on, and knows nothing else.</summary>
internal sealed class LoopbackProxy : IAsyncDisposable
{
    /// <summary>Of the connection between two messages; each proxy makes its own.</summary>
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Proxy-Connection", "Host", "Expect", "Content-Length",
    };

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromMinutes(2) };
    private readonly WebApplication _app;

    private LoopbackProxy(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    /// <param name="answer">Called for each request, with the proxy, several at once.</param>
    public static async Task<LoopbackProxy> StartAsync(Func<LoopbackProxy, HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var proxy = new LoopbackProxy(builder.Build());
        proxy._app.Run(context => answer(proxy, context));
        await proxy._app.StartAsync();
        return proxy;
    }

    /// <returns>The answer of <paramref name="server"/> to this request. The caller disposes it.</returns>
    /// <exception cref="HttpRequestException">Nobody listens there, or the connection broke.</exception>
    public async Task<HttpResponseMessage> AskAsync(HttpContext context, string server, byte[] body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), server + RawTarget(context));
        if (body.Length > 0 || context.Request.ContentLength is not null) request.Content = new ByteArrayContent(body);
        foreach (var (name, values) in context.Request.Headers)
        {
            if (HopByHop.Contains(name)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)) request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        return await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, context.RequestAborted);
    }

    public static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    /// <summary>Hands an answer back as it came.</summary>
    public static async Task GiveAsync(HttpContext context, HttpResponseMessage answer)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!HopByHop.Contains(name)) context.Response.Headers[name] = values.ToArray();
        }

        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        // To HEAD the length is told and no body sent.
        if (HttpMethods.IsHead(context.Request.Method)) context.Response.ContentLength = answer.Content.Headers.ContentLength;
        else if (body.Length > 0) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private static string RawTarget(HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
}
