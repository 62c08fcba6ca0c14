namespace AudioReprompt.Worker.Platform;

/// <summary>Puts addresses together as text, before anything parses them (section 3 of the worker protocol).</summary>
internal static class PlatformUrl
{
    /// <summary>Fills a job's id in. Ids of the platform need no escape; whatever else comes must not lead to another path.</summary>
    public static string ForJob(string template, string jobId) => template.Replace("$ID", Uri.EscapeDataString(jobId), StringComparison.Ordinal);

    /// <summary>Appends parameters, which begin with neither <c>?</c> nor <c>&amp;</c>.</summary>
    public static string With(string url, string parameters) => $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{parameters}";

    /// <returns>null: the text is no address over http or https.</returns>
    public static Uri? Parse(string url)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        // A blank in the query ("NVIDIA GeForce") goes out as +, as RunPod's own worker sends it.
        if (query >= 0) url = string.Concat(url.AsSpan(0, query), url[query..].Replace(' ', '+'));
        return Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
    }
}
