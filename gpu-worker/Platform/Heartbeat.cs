using System.Net;

namespace AudioReprompt.Worker.Platform;

/// <summary>
/// Tells the platform that this worker lives, and which jobs it has (section 13). On a thread of its own, with blocking calls: a worker whose
/// handlers use up every thread of the pool must not look dead.
/// </summary>
internal sealed partial class Heartbeat : IDisposable
{
    private const int LongestQuery = 65_535;
    private static readonly TimeSpan[] RetryPauses = [TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)];
    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(2);
    private const int LongestReason = 256;

    private readonly PlatformEnvironment _environment;
    private readonly Func<IReadOnlyList<string>> _jobs;
    private readonly Func<TimeSpan, bool> _pause;
    private readonly ManualResetEventSlim _stopped = new();
    private readonly ILogger<Heartbeat> _logger;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    });

    private Thread? _thread;

    /// <param name="jobs">Ids of the jobs that the worker has.</param>
    /// <param name="pause">Waits on the heartbeat's own thread, and says whether to go on; null: the real clock, which needs no other thread.</param>
    public Heartbeat(PlatformEnvironment environment, Func<IReadOnlyList<string>> jobs, ILogger<Heartbeat> logger, Func<TimeSpan, bool>? pause = null)
    {
        (_environment, _jobs, _logger) = (environment, jobs, logger);
        _pause = pause ?? (time => !_stopped.Wait(time));
    }

    /// <summary>Starts the thread; the first ping is sent at once. Does nothing where the platform has not said all that it takes.</summary>
    public void Start()
    {
        if (_environment.PingKey.Length == 0) LogNoKey();
        else if (!_environment.HasPodId) LogNoPod();
        else if (_environment.PingUrl is null) LogNoAddress();
        else (_thread = new Thread(Run) { IsBackground = true, Name = nameof(Heartbeat) }).Start();
    }

    /// <summary>Tells the platform that this worker must be replaced: one try, and no failure matters any more.</summary>
    public void ReportUnhealthy(string check, string reason)
    {
        if (_environment.PingUrl is not { } url || _environment.PingKey.Length == 0) return;
        if (reason.Length > LongestReason) reason = reason[..LongestReason];
        Send(
            PlatformUrl.With(
                url,
                $"status=unhealthy&check={Uri.EscapeDataString(check)}&reason={Uri.EscapeDataString(reason)}&runpod_version={PlatformEnvironment.Version}"),
            ReportLimit);
    }

    public void Dispose()
    {
        _stopped.Set();
        _http.Dispose();
    }

    private void Run()
    {
        do Ping();
        while (_pause(_environment.PingInterval));
    }

    private void Ping()
    {
        for (var attempt = 0; ; attempt++)
        {
            var (status, fault, retryAfter) = Send(UrlOf(_jobs()), 2 * _environment.PingInterval);
            // Whatever else it says, the platform has heard us.
            if (fault is null && status is not (429 or 500 or 502 or 503 or 504)) return;
            if (attempt == RetryPauses.Length)
            {
                LogFailed(fault ?? $"status {status}");
                return;
            }

            var pause = retryAfter is { } asked && asked > RetryPauses[attempt] ? asked : RetryPauses[attempt];
            if (pause > TimeSpan.Zero && !_pause(pause)) return;
        }
    }

    private string UrlOf(IReadOnlyList<string> jobs)
    {
        var version = $"runpod_version={PlatformEnvironment.Version}";
        if (jobs.Count == 0) return PlatformUrl.With(_environment.PingUrl!, version);
        return PlatformUrl.With(_environment.PingUrl!, $"job_id={JoinUpTo(LongestQuery, jobs)}&{version}");
    }

    /// <summary>Whole ids only, as many as fit.</summary>
    private static string JoinUpTo(int limit, IReadOnlyList<string> ids)
    {
        var text = new System.Text.StringBuilder();
        foreach (var id in ids.Select(Uri.EscapeDataString))
        {
            if (text.Length + id.Length + 3 > limit) break;
            if (text.Length > 0) text.Append("%2C");
            text.Append(id);
        }

        return text.ToString();
    }

    private (int Status, string? Fault, TimeSpan? RetryAfter) Send(string url, TimeSpan limit)
    {
        if (PlatformUrl.Parse(url) is not { } address) return (0, "the ping address is no http or https address", null);
        using var over = new CancellationTokenSource(limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = HttpVersion.Version11 };
            request.Headers.TryAddWithoutValidation("Authorization", _environment.PingKey);
            request.Headers.TryAddWithoutValidation("User-Agent", $"RunPod-DotNet-Worker/{PlatformEnvironment.Version}");
            using var response = _http.Send(request, over.Token);
            return ((int)response.StatusCode, null, response.Headers.RetryAfter?.Delta);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return (0, exception is OperationCanceledException ? $"no answer within {limit.TotalSeconds:0} s" : exception.Message, null);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "No heartbeat: RUNPOD_AI_API_KEY is not set.")]
    private partial void LogNoKey();

    [LoggerMessage(2, LogLevel.Information, "No heartbeat: RUNPOD_POD_ID is not set, so this is no pod.")]
    private partial void LogNoPod();

    [LoggerMessage(3, LogLevel.Error, "No heartbeat: RUNPOD_WEBHOOK_PING is not set.")]
    private partial void LogNoAddress();

    [LoggerMessage(4, LogLevel.Error, "Ping Request Error: {Fault}")]
    private partial void LogFailed(string fault);
}
