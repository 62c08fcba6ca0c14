using System.Net;
using System.Net.Http.Headers;
using AudioReprompt.Configuration;

namespace AudioReprompt.Hub;

/// <summary>
/// Speaks HTTP with the Hugging Face hub or a mirror: lists a repository, opens a file. The token goes to the endpoint's own origin and
/// nowhere else: neither to the hosts that the hub redirects to, nor into a message.
/// </summary>
/// <remarks>
/// Every call is one attempt and throws <see cref="HubException"/>, of <see cref="HubFault.Unreachable"/> when another may succeed;
/// <see cref="Retry"/> is for that.
/// </remarks>
public sealed class HubClient
{
    /// <summary>From the request to the answer's headers.</summary>
    internal static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long a download may go without a byte.</summary>
    internal static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(45);

    private const int MaxRedirects = 5;

    /// <summary>A list of thousands of files is below 2 MiB.</summary>
    private const int LongestList = 32 * 1024 * 1024;

    private readonly HttpClient _http;
    private readonly Uri _endpoint;
    private readonly HubToken _token;
    private readonly TimeProvider _time;

    /// <param name="http">Over <see cref="CreateHandler"/>, with no time limit of its own (<see cref="Timeout.InfiniteTimeSpan"/>).</param>
    /// <param name="time">Measures time limits and pauses.</param>
    /// <exception cref="ArgumentException">The token cannot stand in a header.</exception>
    public HubClient(HttpClient http, ModelsOptions options, TimeProvider time)
    {
        _http = http;
        _endpoint = new Uri((options.Endpoint.Length == 0 ? ModelsOptions.HuggingFaceUrl : options.Endpoint).TrimEnd('/') + "/");
        _token = new HubToken(options.Token);
        _time = time;
        Retry = new HubRetry(time);
    }

    internal HubRetry Retry { get; }

    /// <summary>
    /// Redirects are followed by the client itself, which knows where the token may go; and nothing is unpacked, because ranges and hashes are
    /// those of the bytes as they lie at the hub.
    /// </summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = AnswerTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    /// <summary>Finds out which commit a revision is and which files it has.</summary>
    /// <exception cref="HubException">It does not exist, may not be read, or the hub cannot be reached at any try.</exception>
    public async Task<HubRevision> ResolveAsync(HubReference reference, CancellationToken cancellationToken) =>
        HubRevision.Parse(reference, await Retry.RunAsync(token => ListAsync(reference, token), cancellationToken));

    private async ValueTask<byte[]> ListAsync(HubReference reference, CancellationToken cancellationToken)
    {
        var address = new Uri(_endpoint, $"api/models/{reference.Repository}/revision/{Uri.EscapeDataString(reference.Revision)}?blobs=true");
        using var response = await SendAsync(address, new HubRequest(reference, null, null), cancellationToken);
        using var limit = new AnswerLimit(AnswerTimeout, _time, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(LongestList, limit.Token);
            return await response.Content.ReadAsByteArrayAsync(limit.Token);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            // The next answer would be as long.
            throw new HubException(HubFault.BadAnswer, $"The hub's list of files of {reference} is longer than {LongestList / (1024 * 1024)} MiB.", exception);
        }
        catch (Exception exception) when (IsOfConnection(exception, cancellationToken))
        {
            throw Unreachable(response.RequestMessage!.RequestUri!, exception);
        }
    }

    /// <summary>Opens a file at the commit of a revision.</summary>
    /// <param name="offset">Of the first byte that is wanted.</param>
    /// <param name="validator">Of the bytes that are there already; null when it is not known.</param>
    internal async ValueTask<HubContent> OpenAsync(
        HubRevision revision, HubFile file, long offset, EntityTagHeaderValue? validator, CancellationToken cancellationToken)
    {
        var path = string.Join('/', file.Name.Split('/').Select(Uri.EscapeDataString));
        var address = new Uri(_endpoint, $"{revision.Repository}/resolve/{revision.Commit}/{path}");
        var range = offset == 0 ? null : new HubRange(offset, validator);
        var response = await SendAsync(address, new HubRequest(revision.Reference, new HubPromise(revision, file), range), cancellationToken);
        try
        {
            var start = Start(response, offset, file);
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            // A weak tag says that the meaning is the same, not the bytes (RFC 9110, 13.1.5).
            var tag = response.Headers.ETag is { IsWeak: false } strong ? strong : null;
            return new HubContent(response, stream, start, tag, response.RequestMessage!.RequestUri!.Authority, _time);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <returns>Where in the file the answer's bytes begin.</returns>
    private static long Start(HttpResponseMessage response, long offset, HubFile file)
    {
        if (response.StatusCode != HttpStatusCode.PartialContent) return 0;
        var range = response.Content.Headers.ContentRange;
        return range?.From == offset && (range.Length is null || range.Length == file.Size)
            ? offset
            : throw new HubException(HubFault.BadAnswer, $"{response.RequestMessage!.RequestUri!.Authority} was asked for {file.Name} from byte {offset} and sent another part.");
    }

    /// <summary>Sends a GET and follows where it leads.</summary>
    private async Task<HttpResponseMessage> SendAsync(Uri address, HubRequest wanted, CancellationToken cancellationToken)
    {
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            var isHub = IsOfEndpoint(address);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("audioreprompt", typeof(HubClient).Assembly.GetName().Version!.ToString(3)));
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (isHub) request.Headers.Authorization = _token.Header;
            wanted.Range?.AddTo(request.Headers);

            var response = await AnswerAsync(request, cancellationToken);
            try
            {
                if (isHub) wanted.Promise?.Check(response.Headers);
                if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent) return response;
                if (Next(response, address) is not { } next) throw await RefusalAsync(response, wanted, cancellationToken);
                address = next;
            }
            catch
            {
                response.Dispose();
                throw;
            }

            response.Dispose();
        }

        throw new HubException(HubFault.BadAnswer, $"{_endpoint.Authority} redirects more than {MaxRedirects} times.");
    }

    private async Task<HubException> RefusalAsync(HttpResponseMessage response, HubRequest wanted, CancellationToken cancellationToken)
    {
        using var limit = new AnswerLimit(AnswerTimeout, _time, cancellationToken);
        try
        {
            return await HubRefusal.ReadAsync(response, _endpoint, wanted, _token, _time, limit.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Unreachable(response.RequestMessage!.RequestUri!, exception);
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var limit = new AnswerLimit(AnswerTimeout, _time, cancellationToken);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (Exception exception) when (IsOfConnection(exception, cancellationToken))
        {
            throw Unreachable(request.RequestUri!, exception);
        }
    }

    /// <returns>null when the answer does not lead on.</returns>
    private static Uri? Next(HttpResponseMessage response, Uri address)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location) return null;
        var next = new Uri(address, location);
        // What was asked for in secret is not fetched in the open.
        if (next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && address.Scheme == Uri.UriSchemeHttp)) return next;
        throw new HubException(HubFault.BadAnswer, $"{address.Authority} redirects to an address that is not https, which is refused.");
    }

    private bool IsOfEndpoint(Uri address) =>
        address.Scheme == _endpoint.Scheme && address.Host == _endpoint.Host && address.Port == _endpoint.Port;

    private static bool IsOfConnection(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static HubException Unreachable(Uri address, Exception exception) => new(
        HubFault.Unreachable,
        exception is OperationCanceledException
            ? $"{address.Authority} did not answer within {AnswerTimeout.TotalSeconds} s."
            : $"{address.Authority} cannot be reached: {exception.Message}",
        exception);
}

/// <summary>The caller's token, which is also tripped after some time.</summary>
internal sealed class AnswerLimit : IDisposable
{
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _either;

    public AnswerLimit(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _time = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, cancellationToken);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _time.Dispose();
    }
}
