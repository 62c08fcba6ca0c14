using System.ClientModel;
using System.Net.Http.Headers;
using AudioReprompt.Configuration;
using OpenAI.Chat;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace AudioReprompt.Reprompt.Writing.Llm;

/// <summary>
/// What stands between a prompt and the model: the overall time limit, then repetition, then the circuit breaker, then the time limit of
/// one attempt.
/// </summary>
internal sealed class LlmPipeline
{
    /// <summary>Wait before the first repetition; doubles, with jitter.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private static readonly ResiliencePropertyKey<long> StartedKey = new("started");

    private readonly ResiliencePipeline<ChatCompletion> _pipeline;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;

    /// <param name="onOpened">Called when the breaker opens, with the time for which the model is left alone.</param>
    public LlmPipeline(RepromptOptions options, TimeProvider time, Action<TimeSpan> onOpened)
    {
        _time = time;
        _limit = TimeSpan.FromSeconds(options.LlmTimeoutSeconds);
        var builder = new ResiliencePipelineBuilder<ChatCompletion> { TimeProvider = time }.AddTimeout(_limit);
        if (options.LlmRetries > 0) builder.AddRetry(Retry(options.LlmRetries));
        _pipeline = builder
            .AddCircuitBreaker(Breaker(onOpened))
            .AddTimeout(TimeSpan.FromSeconds(options.LlmAttemptTimeoutSeconds))
            .Build();
    }

    /// <summary>How long the model is left alone after repeated failures.</summary>
    public static TimeSpan BreakDuration { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Half of at least so many attempts within 30 s must fail: two prompts with two repetitions each.</summary>
    public static int MinimumThroughput => 6;

    /// <summary>Asks until there is an answer, a failure that no repetition would mend, or the limit is reached.</summary>
    public async Task<ChatCompletion> ExecuteAsync(Func<CancellationToken, ValueTask<ChatCompletion>> ask, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(StartedKey, _time.GetTimestamp());
            return await _pipeline.ExecuteAsync(static (context, ask) => ask(context.CancellationToken), context, ask);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private RetryStrategyOptions<ChatCompletion> Retry(int retries) => new()
    {
        MaxRetryAttempts = retries,
        Delay = RetryDelay,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        // Who asks for a longer pause than is left gets no second try: the user is better served offline, and at once.
        ShouldHandle = outcome => ValueTask.FromResult(
            LlmFailure.IsTransient(outcome.Outcome.Exception) && !(RetryAfter(outcome.Outcome.Exception) >= Left(outcome.Context))),
        DelayGenerator = outcome => ValueTask.FromResult(RetryAfter(outcome.Outcome.Exception)),
    };

    private static CircuitBreakerStrategyOptions<ChatCompletion> Breaker(Action<TimeSpan> onOpened) => new()
    {
        FailureRatio = 0.5,
        MinimumThroughput = MinimumThroughput,
        SamplingDuration = TimeSpan.FromSeconds(30),
        BreakDuration = BreakDuration,
        // 429 does not count: the model is well, and says when to come back.
        ShouldHandle = outcome => ValueTask.FromResult(
            LlmFailure.IsTransient(outcome.Outcome.Exception) && outcome.Outcome.Exception is not ClientResultException { Status: 429 }),
        OnOpened = opened =>
        {
            onOpened(opened.BreakDuration);
            return ValueTask.CompletedTask;
        },
    };

    private TimeSpan Left(ResilienceContext context) =>
        _limit - _time.GetElapsedTime(context.Properties.GetValue(StartedKey, _time.GetTimestamp()));

    private TimeSpan? RetryAfter(Exception? exception)
    {
        if (exception is not ClientResultException refused || refused.GetRawResponse() is not { } response) return null;
        if (!response.Headers.TryGetValue("Retry-After", out var text) || !RetryConditionHeaderValue.TryParse(text, out var header)) return null;
        var wait = header.Delta ?? header.Date - _time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
