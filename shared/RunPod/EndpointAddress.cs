namespace AudioReprompt.RunPod;

/// <summary>The address below which an endpoint's operations stand.</summary>
public static class EndpointAddress
{
    private static readonly string[] Operations = ["/runsync", "/run"];

    /// <summary>
    /// Takes <c>https://api.runpod.ai/v2/ID</c>, also as existing settings spell it: with <c>/run</c>, <c>/runsync</c> or a slash at its end.
    /// </summary>
    /// <returns>The address without a slash at its end.</returns>
    /// <exception cref="ArgumentException">Not an address over http or https, or one with a user, a query or a fragment.</exception>
    public static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            // The text stays out of the message: a user or a query may be a secret.
            throw new ArgumentException(
                "The endpoint's address must be like https://api.runpod.ai/v2/ENDPOINT or http://127.0.0.1:8000, without user, query or fragment.",
                nameof(text));
        }

        var path = address.AbsolutePath.TrimEnd('/');
        var operation = Operations.FirstOrDefault(operation => path.EndsWith(operation, StringComparison.Ordinal)) ?? "";
        return new Uri(address.GetLeftPart(UriPartial.Authority) + path[..^operation.Length].TrimEnd('/'));
    }

    /// <summary>The address of one operation, such as <c>status/abc</c>.</summary>
    internal static Uri Of(Uri endpoint, string operation) => new($"{endpoint.AbsoluteUri.TrimEnd('/')}/{operation}");
}
