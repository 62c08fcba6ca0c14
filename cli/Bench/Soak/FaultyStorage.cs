using Microsoft.AspNetCore.Http;

namespace AudioReprompt.Cli.Bench.Soak;

/// <summary>
/// Stands between the programs and one service of the storage account, and goes wrong in a share of the calls: errors of the account, silence,
/// connections that break before the call or after it took effect.
/// </summary>
/// <param name="server">The service itself.</param>
/// <param name="share">0…1.</param>
internal sealed class FaultyStorage(string server, double share, int seed) : IAsyncDisposable
{
    /// <summary>Longer than the product waits for one try (8 s).</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();
    private LoopbackProxy? _proxy;
    private volatile bool _isCalm;
    private int _faults;
    private int _calls;

    private enum Fault
    {
        None,
        InternalError,
        ServerBusy,
        Conflict,
        Silence,
        ResetBefore,
        ResetAfter,
    }

    public string Url => _proxy!.Url;

    public int Faults => Volatile.Read(ref _faults);

    public int Calls => Volatile.Read(ref _calls);

    public async Task StartAsync() => _proxy = await LoopbackProxy.StartAsync(AnswerAsync);

    /// <summary>From now on nothing goes wrong.</summary>
    public void CalmDown() => _isCalm = true;

    public ValueTask DisposeAsync() => _proxy?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task AnswerAsync(LoopbackProxy proxy, HttpContext context)
    {
        try
        {
            Interlocked.Increment(ref _calls);
            var body = await LoopbackProxy.BodyAsync(context);
            var fault = Draw();
            if (fault != Fault.None) Interlocked.Increment(ref _faults);
            switch (fault)
            {
                case Fault.InternalError:
                    Refuse(context, 500, "InternalError");
                    return;
                case Fault.ServerBusy:
                    Refuse(context, 503, "ServerBusy");
                    return;
                case Fault.Conflict:
                    // Of the errors that every service of the account may answer the one with status 409.
                    Refuse(context, 409, "AccountBeingCreated");
                    return;
                case Fault.Silence:
                    await Task.Delay(Silence, context.RequestAborted);
                    context.Abort();
                    return;
                case Fault.ResetBefore:
                    context.Abort();
                    return;
            }

            using var answer = await proxy.AskAsync(context, server, body);
            if (fault == Fault.ResetAfter) context.Abort();
            else await LoopbackProxy.GiveAsync(context, answer);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The service is away, or the caller is: a broken connection either way.
            context.Abort();
        }
    }

    private Fault Draw()
    {
        if (_isCalm) return Fault.None;
        lock (_lock) return _random.NextDouble() < share ? (Fault)_random.Next(1, 7) : Fault.None;
    }

    private static void Refuse(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["x-ms-error-code"] = code;
    }
}
