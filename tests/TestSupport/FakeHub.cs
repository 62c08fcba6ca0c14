using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AudioReprompt.TestSupport;

/// <summary>What a fake hub was asked.</summary>
public sealed record HubAsked(string Path, string? Authorization, string? Range, string? IfRange, string AcceptEncoding);

/// <summary>
/// A Hugging Face hub on loopback with one repository, and its delivery network on another port, as the hub has it for files in Git LFS. It
/// behaves as the published hub does, unless a test interferes.
/// </summary>
public sealed class FakeHub : IAsyncDisposable
{
    public const string Repository = "acme/tiny-music";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly WebApplication _hub;
    private readonly WebApplication _delivery;
    private readonly ConcurrentDictionary<string, int> _counts = new();

    private FakeHub(Dictionary<string, byte[]> files)
    {
        Files = files;
        _hub = Build(AnswerAsync);
        _delivery = Build(DeliverAsync);
    }

    /// <summary>As it is called, also after it has stopped.</summary>
    public string Url { get; private set; } = "";

    public string DeliveryUrl => _delivery.Urls.Single();

    /// <summary>By name.</summary>
    public Dictionary<string, byte[]> Files { get; }

    /// <summary>Which are in Git LFS; by default weights.</summary>
    public Predicate<string> IsLfs { get; set; } = name => name.EndsWith(".safetensors", StringComparison.Ordinal) || name.Contains(".onnx", StringComparison.Ordinal);

    /// <summary>Is given each request before it is answered, in both servers, and says whether it has answered itself. The number counts the requests for this path, from 1.</summary>
    public Func<HttpContext, string, int, Task<bool>> Interfere { get; set; } = (_, _, _) => Task.FromResult(false);

    /// <summary>Changes the list of files.</summary>
    public Action<JsonObject> Tamper { get; set; } = _ => { };

    public bool KnowsRanges { get; set; } = true;

    public ConcurrentQueue<HubAsked> HubAsked { get; } = new();

    public ConcurrentQueue<HubAsked> DeliveryAsked { get; } = new();

    public static async Task<FakeHub> StartAsync(Dictionary<string, byte[]> files)
    {
        var hub = new FakeHub(files);
        await hub._hub.StartAsync();
        hub.Url = hub._hub.Urls.Single();
        await hub._delivery.StartAsync();
        return hub;
    }

    /// <summary>The hash that names a file's blob.</summary>
    public string BlobName(string name) => IsLfs(name) ? Convert.ToHexStringLower(SHA256.HashData(Files[name])) : GitHash(Files[name]);

    /// <summary>As <c>git hash-object</c> prints it.</summary>
#pragma warning disable CA5350 // Git's choice, not ours.
    public static string GitHash(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350

    /// <summary>
    /// Sends fewer bytes than announced: the server then closes the connection, behind them and not over them as a reset would, so that exactly
    /// these arrive.
    /// </summary>
    /// <param name="length">That is announced.</param>
    public static async Task BreakAfterAsync(HttpContext context, ReadOnlyMemory<byte> bytes, int length, string tag)
    {
        context.Response.ContentLength = length;
        context.Response.Headers.ETag = tag;
        await context.Response.Body.WriteAsync(bytes);
    }

    /// <summary>Answers every request for a path of either server in the test's way.</summary>
    public void Answer(string path, Func<HttpContext, Task> answer) => AnswerFirst(path, int.MaxValue, answer);

    /// <summary>Answers the first requests for a path in the test's way, the others as ever.</summary>
    public void AnswerFirst(string path, int times, Func<HttpContext, Task> answer) => Interfere = async (context, asked, number) =>
    {
        if (asked != path || number > times) return false;
        await answer(context);
        return true;
    };

    /// <summary>Nobody listens any more.</summary>
    public async Task StopAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _hub.StopAsync(atOnce.Token);
        await _delivery.StopAsync(atOnce.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _hub.DisposeAsync();
        await _delivery.DisposeAsync();
    }

    /// <summary>A delivery network has tags of its own.</summary>
    public static string DeliveryTag(string name) => $"\"delivered-{name.Replace('/', '-')}\"";

    private static WebApplication Build(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(answer);
        return app;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = Note(context, HubAsked);
        if (await Interfere(context, path, Count(path))) return;
        if (path.StartsWith($"/api/models/{Repository}/revision/", StringComparison.Ordinal)) await ListAsync(context);
        else if (path.StartsWith($"/{Repository}/resolve/{Commit}/", StringComparison.Ordinal)) await ResolveAsync(context, path[$"/{Repository}/resolve/{Commit}/".Length..]);
        else await RefuseAsync(context, 404, "RepoNotFound", "Repository not found");
    }

    private async Task DeliverAsync(HttpContext context)
    {
        var path = Note(context, DeliveryAsked);
        if (!await Interfere(context, path, Count(path))) await SendAsync(context, path[1..], DeliveryTag(path[1..]));
    }

    private static string Note(HttpContext context, ConcurrentQueue<HubAsked> asked)
    {
        var headers = context.Request.Headers;
        var path = context.Request.Path.Value!;
        asked.Enqueue(new HubAsked(path, headers.Authorization, headers.Range, headers.IfRange, headers.AcceptEncoding.ToString()));
        return path;
    }

    private int Count(string path) => _counts.AddOrUpdate(path, 1, (_, count) => count + 1);

    private Task ListAsync(HttpContext context)
    {
        var siblings = Files.Select(file => (JsonNode)Sibling(file.Key, file.Value)).ToArray();
        var list = new JsonObject { ["id"] = Repository, ["sha"] = Commit, ["private"] = false, ["gated"] = false, ["siblings"] = new JsonArray(siblings) };
        Tamper(list);
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(list.ToJsonString());
    }

    private JsonObject Sibling(string name, byte[] content)
    {
        var sibling = new JsonObject { ["rfilename"] = name, ["size"] = content.Length, ["blobId"] = GitHash(content) };
        // The blobId of a file in LFS is that of its pointer.
        if (IsLfs(name))
        {
            sibling["blobId"] = GitHash(Encoding.ASCII.GetBytes("pointer"));
            sibling["lfs"] = new JsonObject { ["sha256"] = BlobName(name), ["size"] = content.Length, ["pointerSize"] = 135 };
        }

        return sibling;
    }

    private async Task ResolveAsync(HttpContext context, string name)
    {
        if (!Files.TryGetValue(name, out var content))
        {
            await RefuseAsync(context, 404, "EntryNotFound", "Entry not found");
            return;
        }

        context.Response.Headers["X-Repo-Commit"] = Commit;
        if (!IsLfs(name))
        {
            await SendAsync(context, name, $"\"{BlobName(name)}\"");
            return;
        }

        context.Response.Headers["X-Linked-Etag"] = $"\"{BlobName(name)}\"";
        context.Response.Headers["X-Linked-Size"] = $"{content.Length}";
        context.Response.Redirect($"{DeliveryUrl}/{name}");
    }

    private async Task SendAsync(HttpContext context, string name, string tag)
    {
        var content = Files[name];
        var from = 0;
        var request = context.Request.Headers;
        var isSame = request.IfRange.Count == 0 || request.IfRange == tag;
        if (KnowsRanges && isSame && request.Range is [{ } range])
        {
            from = int.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        context.Response.Headers.ETag = tag;
        context.Response.ContentLength = content.Length - from;
        await context.Response.Body.WriteAsync(content.AsMemory(from));
    }

    /// <summary>Refuses as the hub does.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string? code, string message)
    {
        context.Response.StatusCode = status;
        if (code is not null) context.Response.Headers["X-Error-Code"] = code;
        context.Response.Headers["X-Error-Message"] = message;
        return context.Response.WriteAsync(message);
    }
}
