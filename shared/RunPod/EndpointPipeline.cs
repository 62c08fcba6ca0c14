using System.Net;
using AudioReprompt.Configuration;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace AudioReprompt.RunPod;

/// <summary>One answer, read to its end.</summary>
internal sealed record EndpointReply(HttpStatusCode Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The endpoint is at fault, or busy.</summary>
    public bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)Status >= 500;
}

/// <summary>
/// What stands between a call and the wire: repetition, then the circuit breaker, then the time limit of one attempt. Both pipelines
/// share the breaker, so that whichever call finds the endpoint dead spares the others the wait.
/// </summary>
internal sealed class EndpointPipeline
{
    /// <summary>An endpoint that asks for a longer pause is left to the caller, who can do something else meanwhile.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>The longest <c>wait</c> that an endpoint grants.</summary>
    public static readonly TimeSpan LongestPoll = TimeSpan.FromMinutes(5);

    public EndpointPipeline(RunPodOptions options, TimeProvider time)
    {
        var breaker = new ResiliencePipelineBuilder<EndpointReply> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<EndpointReply>
            {
                FailureRatio = options.BreakFailureRatio,
                MinimumThroughput = options.BreakMinimumRequests,
                SamplingDuration = TimeSpan.FromSeconds(options.BreakSamplingSeconds),
                BreakDuration = TimeSpan.FromSeconds(options.BreakSeconds),
                // 429 does not count: the endpoint is well, and says when to come back.
                ShouldHandle = outcome => ValueTask.FromResult(
                    IsTransient(outcome.Outcome.Exception) || (int?)outcome.Outcome.Result?.Status >= 500),
            })
            .Build();
        var attempt = WithLimit(breaker, TimeSpan.FromSeconds(options.RequestTimeoutSeconds), time);
        var longPoll = WithLimit(breaker, LongestPoll + TimeSpan.FromSeconds(options.RequestTimeoutSeconds), time);
        Repeatable = WithRetry(attempt, options, time, IsWorthARepeat);
        LongPoll = WithRetry(longPoll, options, time, IsWorthARepeat);
        Once = WithRetry(attempt, options, time, CertainlyNotArrived);
        LongOnce = WithRetry(longPoll, options, time, CertainlyNotArrived);
    }

    /// <summary>For calls that do no harm when they arrive twice.</summary>
    public ResiliencePipeline<EndpointReply> Repeatable { get; }

    /// <summary>As <see cref="Repeatable"/>, for calls that the endpoint holds open.</summary>
    public ResiliencePipeline<EndpointReply> LongPoll { get; }

    /// <summary>For calls that must not arrive twice: repeated only after a failure that shows that nothing was accepted.</summary>
    public ResiliencePipeline<EndpointReply> Once { get; }

    /// <summary>As <see cref="Once"/>, for calls that the endpoint holds open.</summary>
    public ResiliencePipeline<EndpointReply> LongOnce { get; }

    private static ResiliencePipeline<EndpointReply> WithLimit(ResiliencePipeline<EndpointReply> breaker, TimeSpan limit, TimeProvider time) =>
        new ResiliencePipelineBuilder<EndpointReply> { TimeProvider = time }.AddPipeline(breaker).AddTimeout(limit).Build();

    private static ResiliencePipeline<EndpointReply> WithRetry(
        ResiliencePipeline<EndpointReply> attempt, RunPodOptions options, TimeProvider time, Predicate<Outcome<EndpointReply>> worthARepeat)
    {
        if (options.Retries == 0) return attempt;
        return new ResiliencePipelineBuilder<EndpointReply> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<EndpointReply>
            {
                MaxRetryAttempts = options.Retries,
                Delay = TimeSpan.FromMilliseconds(options.RetryDelayMilliseconds),
                MaxDelay = LongestWait,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = outcome => ValueTask.FromResult(
                    worthARepeat(outcome.Outcome) && !(outcome.Outcome.Result?.RetryAfter > LongestWait)),
                DelayGenerator = outcome => ValueTask.FromResult(outcome.Outcome.Result?.RetryAfter),
            })
            .AddPipeline(attempt)
            .Build();
    }

    private static bool IsWorthARepeat(Outcome<EndpointReply> outcome) => IsTransient(outcome.Exception) || outcome.Result?.IsTransient == true;

    private static bool IsTransient(Exception? exception) => exception is HttpRequestException or TimeoutRejectedException or IOException;

    private static bool CertainlyNotArrived(Outcome<EndpointReply> outcome) => outcome switch
    {
        {
            Exception: HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
            },
        } => true,
        { Result.Status: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable } => true,
        _ => false,
    };
}
