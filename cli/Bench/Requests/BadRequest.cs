namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>How a request reaches the server, and with that what may become of it.</summary>
internal enum Delivery
{
    /// <summary>Right as HTTP: over a connection that is kept, and answered with <see cref="BadRequest.Status"/>.</summary>
    Kept,

    /// <summary>Broken as HTTP: over a connection of its own. Any 4xx is right, and so is a connection that is closed.</summary>
    Alone,

    /// <summary>The caller hangs up in the middle (FIN). Nobody waits for an answer.</summary>
    HungUp,

    /// <summary>As <see cref="HungUp"/>, as a caller that crashed (RST).</summary>
    Reset,
}

/// <summary>A request that must be refused.</summary>
/// <param name="Category">What is wrong with it.</param>
/// <param name="Bytes">The whole of it, or as much as is sent.</param>
/// <param name="Status">The right answer; 0 where any refusal is right.</param>
internal sealed record BadRequest(string Category, byte[] Bytes, Delivery Delivery, int Status)
{
    /// <summary>The answer's <c>errors</c> must name a field.</summary>
    public bool NamesField { get; init; }

    /// <summary>To HEAD: the answer has no body.</summary>
    public bool IsHead { get; init; }
}

/// <summary>What the generator must know of the front door.</summary>
/// <param name="Host">Value of the Host field.</param>
/// <param name="Key">A right API key.</param>
/// <param name="FinishedId">A job that has ended and has audio.</param>
/// <param name="WebhookToken">Of that job.</param>
/// <param name="Signatures">Signs as the front door does.</param>
internal sealed record Target(string Host, string Key, Guid FinishedId, string WebhookToken, FrontDoor.Http.UrlSigner Signatures);
