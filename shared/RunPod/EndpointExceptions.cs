using System.Net;

namespace AudioReprompt.RunPod;

/// <summary>The endpoint answered something that is no answer to the call; whether the call took effect is not known.</summary>
public class EndpointException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The endpoint cannot serve now: no connection, no answer in time, 429, 5xx, a refused key, or an open circuit. Another try later
/// may succeed.
/// </summary>
public sealed class EndpointUnreachableException(string message, Exception? inner = null) : EndpointException(message, inner)
{
    /// <summary>How long the endpoint asks to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The key was refused (401, 403): an operator has to act.</summary>
    public bool KeyRefused { get; init; }
}

/// <summary>The endpoint refused the call; the same call would be refused again.</summary>
public sealed class EndpointRefusedException(HttpStatusCode statusCode, string message) : EndpointException(message)
{
    public HttpStatusCode StatusCode { get; } = statusCode;
}
