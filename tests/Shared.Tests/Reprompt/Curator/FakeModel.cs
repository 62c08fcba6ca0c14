using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AudioReprompt.Reprompt.Curator;

/// <summary>What the model was asked.</summary>
internal sealed record Asked(string Path, string? Authorization, JsonNode Body)
{
    public string System => Message(0, "system");

    public string User => Message(1, "user");

    /// <summary>The data between the delimiters.</summary>
    public JsonNode Data
    {
        get
        {
            const string Opening = "<input>\n", Closing = "\n</input>";
            Assert.StartsWith(Opening, User, StringComparison.Ordinal);
            Assert.EndsWith(Closing, User, StringComparison.Ordinal);
            return JsonNode.Parse(User[Opening.Length..^Closing.Length])!;
        }
    }

    private string Message(int index, string role)
    {
        var message = Body["messages"]![index]!;
        Assert.Equal(role, (string?)message["role"]);
        return message["content"] is JsonArray parts ? string.Concat(parts.Select(part => (string?)part!["text"])) : (string)message["content"]!;
    }
}

/// <summary>An OpenAI-compatible API on loopback that does what the test says and keeps what it was asked.</summary>
internal sealed class FakeModel : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<Asked> _asked = Channel.CreateUnbounded<Asked>();
    private int _requests;

    private FakeModel(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single() + "/v1";

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Is given the number of the request, from 1.</summary>
    public required Func<HttpContext, int, Task> Answer { get; set; }

    public static async Task<FakeModel> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var model = new FakeModel(builder.Build()) { Answer = answer };
        model._app.Run(model.AnswerAsync);
        await model._app.StartAsync();
        return model;
    }

    /// <summary>The next request that nobody has looked at.</summary>
    public Task<Asked> NextAsync() => _asked.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var number = Interlocked.Increment(ref _requests);
        using var reader = new StreamReader(context.Request.Body);
        var body = JsonNode.Parse(await reader.ReadToEndAsync())!;
        _asked.Writer.TryWrite(new Asked(context.Request.Path, context.Request.Headers.Authorization, body));
        try
        {
            await Answer(context, number);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client hung up, as some tests want it to.
        }
    }
}

/// <summary>What a model can do.</summary>
internal static class Replies
{
    /// <summary>A well-formed completion with this content.</summary>
    public static Task ContentAsync(this HttpContext context, string content, string finishReason = "stop") =>
        context.JsonAsync(200, Completion(content, finishReason));

    /// <summary>A well-formed completion with this prompt in it.</summary>
    public static Task PromptAsync(this HttpContext context, string prompt) =>
        context.ContentAsync(new JsonObject { ["prompt"] = prompt }.ToJsonString());

    public static Task JsonAsync(this HttpContext context, int status, string json, string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return context.Response.WriteAsync(json);
    }

    /// <summary>Nothing until the client hangs up.</summary>
    public static Task HangAsync(this HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);

    /// <summary>A byte now and then, for ever.</summary>
    public static async Task TrickleAsync(this HttpContext context)
    {
        context.Response.ContentType = "application/json";
        while (true)
        {
            await context.Response.Body.WriteAsync(" "u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromMilliseconds(5), context.RequestAborted);
        }
    }

    /// <summary>A completion of 10 MB.</summary>
    /// <param name="announced">With its length in the header.</param>
    /// <param name="folded">Compressed to a thousandth of it.</param>
    public static async Task FloodAsync(this HttpContext context, bool announced, bool folded)
    {
        var bytes = Encoding.UTF8.GetBytes(Completion(new string('x', 10_000_000), "stop"));
        if (folded)
        {
            using var small = new MemoryStream();
            using (var folding = new GZipStream(small, CompressionLevel.Fastest)) folding.Write(bytes);
            bytes = small.ToArray();
            context.Response.Headers.ContentEncoding = "gzip";
        }

        context.Response.ContentType = "application/json";
        if (announced) context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static string Completion(string content, string finishReason) => new JsonObject
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion",
        ["created"] = 1_790_000_000,
        ["model"] = "fake",
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content },
            ["finish_reason"] = finishReason,
        }),
        ["usage"] = new JsonObject { ["prompt_tokens"] = 1, ["completion_tokens"] = 1, ["total_tokens"] = 2 },
    }.ToJsonString();
}
