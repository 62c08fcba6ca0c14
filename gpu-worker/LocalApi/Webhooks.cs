using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Outbound;
using AudioReprompt.Worker.Telemetry;

namespace AudioReprompt.Worker.LocalApi;

/// <summary>
/// Calls the webhooks of ended jobs with the record that <c>status</c> would give, as the platform does: any 2xx will do, else two more
/// tries 10 s apart. Neither the board nor the loop ever waits for it.
/// </summary>
internal sealed partial class Webhooks : BackgroundService
{
    private const int Tries = 3;
    private const int MaxAtOnce = 64;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(10);

    /// <summary>What the last calls get when the worker stops: enough for a first try.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    private readonly Channel<EndedJob> _ended = Channel.CreateUnbounded<EndedJob>();
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ILogger<Webhooks> _logger;

    /// <param name="hosts">Where it may connect to.</param>
    public Webhooks(JobBoard board, AllowedHosts hosts, TimeProvider time, ILogger<Webhooks> logger)
    {
        _time = time;
        _logger = logger;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect could lead to a host that is not on the list; a proxy would connect to where the worker must not.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = hosts.ConnectAsync,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        board.Ended += job =>
        {
            if (job.Webhook is not null) _ended.Writer.TryWrite(job);
        };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = stoppingToken };
        try
        {
            await Parallel.ForEachAsync(_ended.Reader.ReadAllAsync(stoppingToken), parallel, CallAsync);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The worker stops; calls still waiting for their next try are given up.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _ended.Writer.TryComplete();
        if (ExecuteTask is { } calls) await Task.WhenAny(calls, Task.Delay(StopGrace, _time, cancellationToken));
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        _http.Dispose();
    }

    private async ValueTask CallAsync(EndedJob job, CancellationToken cancellationToken)
    {
        using var activity = WorkerTelemetry.Start(WorkerTelemetry.WebhookActivity, ActivityKind.Producer, job.Trace);
        var body = JsonSerializer.SerializeToUtf8Bytes(job.Record, LocalApiJson.Wire.JobRecord);
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (attempt > 1) await Task.Delay(BetweenTries, _time, cancellationToken);
            var fault = await TryCallAsync(job.Webhook!, body, cancellationToken);
            if (fault is null) return;
            LogFailed(job.Record.Id, attempt, Tries, fault);
        }

        activity.SetStatus(ActivityStatusCode.Error);
    }

    /// <returns>null when the receiver took the record, else what went wrong.</returns>
    private async Task<string?> TryCallAsync(Uri address, byte[] body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TryTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.IsSuccessStatusCode ? null : $"answered {(int)response.StatusCode}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer in time";
        }
        catch (HttpRequestException exception)
        {
            return exception.Message;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The webhook of job {JobId} failed, try {Attempt} of {Tries}: {Fault}")]
    private partial void LogFailed(string jobId, int attempt, int tries, string fault);
}
