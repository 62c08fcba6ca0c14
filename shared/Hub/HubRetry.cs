using Polly;
using Polly.Retry;

namespace AudioReprompt.Hub;

/// <summary>Repeats what the hub may grant at another try: no connection, no answer in time, 429, 5xx.</summary>
internal sealed class HubRetry
{
    public const int Retries = 5;

    /// <summary>A hub that asks for a longer pause is left to the user.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly ResiliencePipeline _pipeline;

    public HubRetry(TimeProvider time) => _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = Retries,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromSeconds(30),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = outcome => ValueTask.FromResult(
                outcome.Outcome.Exception is HubException { Fault: HubFault.Unreachable } fault && !(fault.RetryAfter > LongestWait)),
            DelayGenerator = outcome => ValueTask.FromResult((outcome.Outcome.Exception as HubException)?.RetryAfter),
        })
        .Build();

    public ValueTask RunAsync(Func<CancellationToken, ValueTask> attempt, CancellationToken cancellationToken) => _pipeline.ExecuteAsync(attempt, cancellationToken);

    public ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> attempt, CancellationToken cancellationToken) =>
        _pipeline.ExecuteAsync(attempt, cancellationToken);
}
