using System.ClientModel;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace AudioReprompt.Reprompt.Writing.Llm;

/// <summary>What a failed request to the model is called. The reasons are ours throughout: nothing of the answer, no key, no prompt.</summary>
internal static class LlmFailure
{
    public const string Busy = "too many requests at once";
    public const string LeftAlone = "left alone after repeated failures";

    /// <summary>Another try may succeed.</summary>
    public static bool IsTransient(Exception? exception) => exception switch
    {
        ClientResultException { Status: 0 } unanswered => !IsTooLarge(unanswered),
        ClientResultException refused => refused.Status is 408 or 429 or >= 500,
        TimeoutRejectedException => true,
        HttpRequestException or IOException => !IsTooLarge(exception),
        // Not the caller's, which no strategy repeats: the handler's own time limit for connecting.
        OperationCanceledException => true,
        _ => false,
    };

    public static string ReasonOf(Exception exception) => exception switch
    {
        BrokenCircuitException => LeftAlone,
        TimeoutRejectedException or OperationCanceledException => "no answer in time",
        _ when IsTooLarge(exception) => "answer too large",
        ClientResultException { Status: 401 or 403 } refused => $"key refused ({refused.Status})",
        ClientResultException { Status: 429 } => "rate limited (429)",
        ClientResultException { Status: >= 500 } failed => $"server error ({failed.Status})",
        ClientResultException { Status: > 0 } refused => $"request refused ({refused.Status})",
        ClientResultException or HttpRequestException or IOException => "cannot be reached",
        // An answer in which the client misses what it needs.
        _ => "answer cannot be read",
    };

    private static bool IsTooLarge(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } ||
        (exception.InnerException is { } inner && IsTooLarge(inner));
}
