using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using AudioReprompt.Worker.Outbound;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace AudioReprompt.Worker.Handling;

/// <summary>The WAV could not be brought to its upload address; the message is free of the address's secret.</summary>
public sealed class UploadFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// PUTs a WAV to a pre-signed address, in the form that Azure's blob store asks for and others ignore. The same bytes to the same name: a
/// PUT that arrives twice does no harm, so it is repeated.
/// </summary>
public sealed class WavUpload : IDisposable
{
    private readonly HttpClient _http;
    /// <summary>
    /// What Azure answers when the address may only create and the WAV is there already: an earlier try, or an earlier run of the same job with
    /// the same bytes, arrived. With 409 and with 403.
    /// </summary>
    private static readonly string[] AlreadyThere = ["BlobAlreadyExists", "UnauthorizedBlobOverwrite"];

    private readonly ResiliencePipeline<HttpStatusCode> _pipeline;

    /// <param name="time">Measures time limits and pauses.</param>
    /// <param name="retryDelay">Before the first of three repetitions; doubles.</param>
    /// <param name="hosts">Where it may connect to.</param>
    public WavUpload(TimeProvider time, TimeSpan retryDelay, AllowedHosts hosts)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect could lead to a host that is not on the list.
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would connect to where the worker must not, and nobody would look.
            UseProxy = false,
            ConnectCallback = hosts.ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _pipeline = new ResiliencePipelineBuilder<HttpStatusCode> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpStatusCode>
            {
                MaxRetryAttempts = 3,
                Delay = retryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = attempt => ValueTask.FromResult(
                    (IsConnectionFault(attempt.Outcome.Exception) && !IsForbidden(attempt.Outcome.Exception))
                    || (attempt.Outcome.Exception is null && (attempt.Outcome.Result is HttpStatusCode.TooManyRequests || (int)attempt.Outcome.Result >= 500))),
            })
            // 128 MiB, the largest WAV that the front door takes, at 9 Mbit/s.
            .AddTimeout(TimeSpan.FromMinutes(2))
            .Build();
    }

    /// <exception cref="UploadFailedException">Refused, or not possible after the last repetition.</exception>
    public async Task PutAsync(Uri address, byte[] wav, CancellationToken cancellationToken)
    {
        HttpStatusCode status;
        try
        {
            status = await _pipeline.ExecuteAsync(token => AttemptAsync(address, wav, token), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (IsConnectionFault(exception))
        {
            throw new UploadFailedException($"The upload to {address.Authority} failed: {exception.Message}", exception);
        }

        if ((int)status is < 200 or >= 300)
            throw new UploadFailedException($"The upload to {address.Authority} was answered with {(int)status}.");
    }

    public void Dispose() => _http.Dispose();

    [SuppressMessage("Security", "CA5351", Justification = "Content-MD5 is what blob stores check a transfer with; it guards against accidents only.")]
    private async ValueTask<HttpStatusCode> AttemptAsync(Uri address, byte[] wav, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, address);
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        request.Content = new ByteArrayContent(wav);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        request.Content.Headers.ContentMD5 = MD5.HashData(wav);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var isThere = response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.Forbidden
            && response.Headers.TryGetValues("x-ms-error-code", out var codes) && codes.Any(AlreadyThere.Contains);
        return isThere ? HttpStatusCode.Created : response.StatusCode;
    }

    /// <summary>The same name would lead to the same place.</summary>
    private static bool IsForbidden(Exception? exception) => exception is ForbiddenTargetException || exception?.InnerException is ForbiddenTargetException;

    /// <summary>OperationCanceledException: the handler's time limit for connecting; the caller's own has been dealt with by Polly.</summary>
    private static bool IsConnectionFault(Exception? exception) =>
        exception is HttpRequestException or IOException or TimeoutRejectedException or OperationCanceledException;
}
