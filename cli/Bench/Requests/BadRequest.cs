namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>How a request is sent.</summary>
internal enum Sending
{
    /// <summary>Its framing is right: it goes over a connection that is kept, and gets an answer of ours.</summary>
    Framed,

    /// <summary>It is no HTTP that a server must understand: it has a connection of its own, and being hung up on is an answer too.</summary>
    Alone,

    /// <summary>The connection is closed before the request is complete; nobody waits for an answer.</summary>
    Abandoned,
}

/// <summary>A request that has to be refused.</summary>
/// <param name="Kind">What is wrong with it.</param>
/// <param name="Bytes">As it goes over the wire.</param>
/// <param name="Allowed">The statuses that are right for it.</param>
/// <param name="NamesField">The answer has to say which field is at fault.</param>
internal sealed record BadRequest(string Kind, byte[] Bytes, Sending Sending, IReadOnlyList<int> Allowed, bool NamesField = false);
