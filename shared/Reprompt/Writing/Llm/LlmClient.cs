using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using AudioReprompt.Configuration;
using OpenAI;
using OpenAI.Chat;

namespace AudioReprompt.Reprompt.Writing.Llm;

/// <summary>
/// One request to an OpenAI-compatible API. It neither repeats nor limits time: <see cref="LlmPipeline"/> does. The key goes into the
/// <c>Authorization</c> header and nowhere else.
/// </summary>
internal sealed class LlmClient : IDisposable
{
    /// <summary>A longer answer is not read; a prompt of 500 characters needs a hundredth of it.</summary>
    public const int MaxResponseBytes = 256 * 1024;

    /// <summary>For models without a key, as local ones are: the SDK wants one.</summary>
    private const string NoKey = "none";

    private readonly HttpClient _http;
    private readonly ChatClient _chat;

    /// <param name="handler">The way to the network; disposed with the client.</param>
    /// <exception cref="ArgumentException">The key cannot stand in a header.</exception>
    public LlmClient(RepromptOptions options, HttpMessageHandler handler)
    {
        var address = options.LlmUrl.Length > 0 ? options.LlmUrl : RepromptOptions.MoonshotUrl;
        var key = new ApiKeyCredential(KeyOf(options));
        _http = new HttpClient(new SizeLimit(handler)) { Timeout = Timeout.InfiniteTimeSpan };
        _chat = new ChatClient(options.LlmModel, key, new OpenAIClientOptions
        {
            Endpoint = new Uri(address.TrimEnd('/')),
            Transport = new HttpClientPipelineTransport(_http),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false },
        });
    }

    /// <summary>Connections that are renewed now and then, and redirects not followed: the key is for one address only.</summary>
    public static SocketsHttpHandler CreateHandler(RepromptOptions options) => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromSeconds(options.LlmAttemptTimeoutSeconds),
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
    };

    public async ValueTask<ChatCompletion> AskAsync(LlmQuestion question, CancellationToken cancellationToken) =>
        await _chat.CompleteChatAsync(question.Messages, question.Options(), cancellationToken);

    public void Dispose() => _http.Dispose();

    private static string KeyOf(RepromptOptions options)
    {
        var key = options.LlmKey.Trim();
        // The message must not show the key, as the header's own check would.
        if (key.Any(character => character is <= ' ' or > '~'))
            throw new ArgumentException("MOONSHOT_API_KEY holds characters that cannot stand in a header.", nameof(options));
        return key.Length > 0 ? key : NoKey;
    }

    /// <summary>Reads an answer to its end, or to the limit; decompressed bytes count.</summary>
    private sealed class SizeLimit(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                await response.Content.LoadIntoBufferAsync(MaxResponseBytes, cancellationToken);
                return response;
            }
            catch
            {
                // Closes the connection with what it still holds.
                response.Dispose();
                throw;
            }
        }
    }
}
