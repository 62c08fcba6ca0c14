using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AudioReprompt.Configuration;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace AudioReprompt.RunPod;

/// <summary>
/// The caller's side of a RunPod endpoint, or of a worker's local API. Safe for concurrent calls. Make one per endpoint: the circuit
/// breaker is the client's own. The key goes into the <c>Authorization</c> header and nowhere else.
/// </summary>
/// <remarks>
/// Every call throws <see cref="EndpointUnreachableException"/> when another try later may succeed, <see cref="EndpointRefusedException"/>
/// when it would not, <see cref="EndpointException"/> when the answer cannot be read, and <see cref="OperationCanceledException"/> only when
/// the caller's token was tripped.
/// </remarks>
public sealed class RunPodClient
{
    /// <summary>A longer answer is not read; the platform's own limit is 20 MB.</summary>
    public const int MaxResponseBytes = 64 * 1024 * 1024;

    private const int LongestQuote = 300;

    private readonly HttpClient _http;
    private readonly Uri _endpoint;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly EndpointPipeline _pipeline;
    private readonly TimeProvider _time;

    /// <summary>What the endpoint is called in messages.</summary>
    private string Name => _endpoint.Authority;

    /// <param name="http">
    /// Over <see cref="CreateHandler"/>, with no time limit of its own (<see cref="Timeout.InfiniteTimeSpan"/>): the client sets one per attempt.
    /// </param>
    /// <param name="endpoint">From <see cref="EndpointAddress.Parse"/>.</param>
    /// <param name="time">Measures time limits, pauses and the open circuit.</param>
    /// <exception cref="ArgumentException">The key cannot stand in a header.</exception>
    public RunPodClient(HttpClient http, Uri endpoint, RunPodOptions options, TimeProvider time)
    {
        _http = http;
        _endpoint = EndpointAddress.Parse(endpoint.OriginalString);
        _authorization = Bearer(options.ApiKey);
        _pipeline = new EndpointPipeline(options, time);
        _time = time;
    }

    /// <summary>
    /// Connections that are renewed now and then, so that a changed DNS entry is noticed, and redirects not followed: the key is for one
    /// address only.
    /// </summary>
    public static SocketsHttpHandler CreateHandler(RunPodOptions options) => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromSeconds(options.RequestTimeoutSeconds),
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
    };

    /// <summary>
    /// Submits a job. Repeated only when it certainly did not arrive; after <see cref="EndpointException"/> or a time-out the job may exist
    /// at the endpoint.
    /// </summary>
    public async Task<EndpointJob> RunAsync(EndpointJobRequest request, CancellationToken cancellationToken)
    {
        var body = request.ToJson();
        var reply = await SendAsync(_pipeline.Once, HttpMethod.Post, "run", body, cancellationToken);
        return EndpointJob.Parse(Accepted(reply, "run"));
    }

    /// <summary>
    /// Submits a job and waits for its end at the endpoint. The job may go on after the wait: then its record is not terminal, and its id can
    /// be asked for. A broken connection loses the id of a job that runs: for long jobs <see cref="RunAsync"/> is better.
    /// </summary>
    /// <param name="wait">1 s to 5 min; null: the endpoint's 90 s.</param>
    /// <exception cref="ArgumentOutOfRangeException">The endpoint grants no such wait.</exception>
    public async Task<EndpointJob> RunSyncAsync(EndpointJobRequest request, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(_pipeline.LongOnce, HttpMethod.Post, $"runsync{Query(wait)}", request.ToJson(), cancellationToken);
        return EndpointJob.Parse(Accepted(reply, "runsync"));
    }

    /// <summary>What a streaming handler has yielded since the last call; each chunk is given once.</summary>
    /// <param name="wait">How long the endpoint holds the call while there is nothing, 1 s to 5 min; null: its 10 s.</param>
    /// <returns>null when the endpoint does not know the job, or no longer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The endpoint grants no such wait.</exception>
    public async Task<EndpointStream?> StreamAsync(string id, TimeSpan? wait, CancellationToken cancellationToken)
    {
        // A call whose answer was lost has drained its chunks; a repetition gets those that follow, which is all that is left to get.
        var reply = await SendAsync(_pipeline.LongPoll, HttpMethod.Get, $"stream/{Uri.EscapeDataString(id)}{Query(wait)}", default, cancellationToken);
        return reply.Status == HttpStatusCode.NotFound ? null : EndpointStream.Parse(Accepted(reply, "stream"));
    }

    /// <summary>Queues a job again that has failed or timed out, with the same id; its old output is gone.</summary>
    /// <returns>null when the endpoint does not know the job, or no longer.</returns>
    public async Task<EndpointJob?> RetryAsync(string id, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(_pipeline.Once, HttpMethod.Post, $"retry/{Uri.EscapeDataString(id)}", default, cancellationToken);
        return reply.Status == HttpStatusCode.NotFound ? null : EndpointJob.Parse(Accepted(reply, "retry"));
    }

    /// <summary>Removes every job that waits; running ones are not touched.</summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> PurgeQueueAsync(CancellationToken cancellationToken)
    {
        var reply = await SendAsync(_pipeline.Repeatable, HttpMethod.Post, "purge-queue", default, cancellationToken);
        return EndpointPurge.Parse(Accepted(reply, "purge-queue"));
    }

    /// <returns>null when the endpoint does not know the job, or no longer.</returns>
    public async Task<EndpointJob?> StatusAsync(string id, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(_pipeline.Repeatable, HttpMethod.Get, $"status/{Uri.EscapeDataString(id)}", default, cancellationToken);
        return reply.Status == HttpStatusCode.NotFound ? null : EndpointJob.Parse(Accepted(reply, "status"));
    }

    /// <summary>Cancels a job; one that has ended or is not known is left as it is.</summary>
    public async Task CancelAsync(string id, CancellationToken cancellationToken)
    {
        var reply = await SendAsync(_pipeline.Repeatable, HttpMethod.Post, $"cancel/{Uri.EscapeDataString(id)}", default, cancellationToken);
        if (reply.Status != HttpStatusCode.NotFound) Accepted(reply, "cancel");
    }

    public async Task<EndpointHealth> HealthAsync(CancellationToken cancellationToken)
    {
        var reply = await SendAsync(_pipeline.Repeatable, HttpMethod.Get, "health", default, cancellationToken);
        return EndpointHealth.Parse(Accepted(reply, "health"));
    }

    private static string Query(TimeSpan? wait)
    {
        if (wait is not { } time) return "";
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.FromSeconds(1), nameof(wait));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, EndpointPipeline.LongestPoll, nameof(wait));
        return $"?wait={(long)time.TotalMilliseconds}";
    }

    private async Task<EndpointReply> SendAsync(
        ResiliencePipeline<EndpointReply> pipeline, HttpMethod method, string operation, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(token => AttemptAsync(method, operation, body, token), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller no longer wants the answer; that is no fault of the endpoint.
            throw;
        }
        catch (BrokenCircuitException exception)
        {
            throw new EndpointUnreachableException($"The endpoint {Name} failed repeatedly and is left alone for a while.", exception)
            {
                RetryAfter = exception.RetryAfter,
            };
        }
        catch (Exception exception) when (exception is TimeoutRejectedException or OperationCanceledException)
        {
            // OperationCanceledException: the HttpClient's own time limit, or the handler's for connecting.
            throw new EndpointUnreachableException($"The endpoint {Name} did not answer {operation.Split('/', '?')[0]} in time.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new EndpointUnreachableException($"The endpoint {Name} cannot be reached: {exception.Message}", exception);
        }
    }

    private async ValueTask<EndpointReply> AttemptAsync(
        HttpMethod method, string operation, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // A request can be sent once only, so each attempt makes its own.
        using var request = new HttpRequestMessage(method, EndpointAddress.Of(_endpoint, operation));
        request.Headers.Authorization = _authorization;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (method == HttpMethod.Post)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxResponseBytes, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            // Not transient: the next answer would be as long.
            throw new EndpointException($"The endpoint's answer is longer than {MaxResponseBytes / (1024 * 1024)} MiB.", exception);
        }

        var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new EndpointReply(response.StatusCode, content, RetryAfter(response.Headers.RetryAfter));
    }

    private ReadOnlyMemory<byte> Accepted(EndpointReply reply, string operation)
    {
        if (reply.IsSuccess) return reply.Body;
        var status = (int)reply.Status;
        if (reply.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new EndpointUnreachableException($"The endpoint {Name} refused the key ({status}); check RUNPOD_API_KEY.")
            {
                KeyRefused = true,
            };
        }

        var message = Cut($"The endpoint {Name} answered {operation} with {status}: {Quote(reply)}");
        throw reply.IsTransient
            ? new EndpointUnreachableException(message) { RetryAfter = reply.RetryAfter }
            : new EndpointRefusedException(reply.Status, message);
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? header?.Date - _time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static AuthenticationHeaderValue? Bearer(string key)
    {
        key = key.Trim();
        // The message must not show the key, as the header's own check would.
        if (key.Any(character => character is <= ' ' or > '~'))
            throw new ArgumentException("RUNPOD_API_KEY holds characters that cannot stand in a header.", nameof(key));
        return key.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", key);
    }

    private static string Quote(EndpointReply reply) =>
        reply.Body.IsEmpty ? "no text." : Encoding.UTF8.GetString(reply.Body.Span[..Math.Min(reply.Body.Length, LongestQuote * 4)]).ReplaceLineEndings(" ");

    private static string Cut(string text) => text.Length <= LongestQuote ? text : string.Concat(text.AsSpan(0, LongestQuote - 1), "…");
}
