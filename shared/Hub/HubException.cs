namespace AudioReprompt.Hub;

/// <summary>What went wrong with the hub.</summary>
public enum HubFault
{
    /// <summary>No connection, no answer in time, 429 or 5xx: another try later may succeed.</summary>
    Unreachable,

    /// <summary>The repository, the revision or the file does not exist, or not for this caller.</summary>
    NotFound,

    /// <summary>Private, gated, or the token is not good for it: a person has to act.</summary>
    NoAccess,

    /// <summary>The repository is not of a kind that is used here.</summary>
    Unsuitable,

    /// <summary>The hub's answer makes no sense, or is hostile.</summary>
    BadAnswer,

    /// <summary>What was downloaded does not have the hash that the hub promised.</summary>
    WrongContent,

    /// <summary>The disk has no room.</summary>
    NoSpace,
}

/// <summary>The hub could not serve; the message is for the user and holds no secret.</summary>
public sealed class HubException(HubFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public HubFault Fault { get; } = fault;

    /// <summary>How long the hub asks to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
