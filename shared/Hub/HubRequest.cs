using System.Net.Http.Headers;

namespace AudioReprompt.Hub;

/// <summary>What is asked of the hub, whichever hosts it leads over.</summary>
/// <param name="Promise">What the hub must say of the file; null for a list.</param>
/// <param name="Range">null for all of it.</param>
internal sealed record HubRequest(HubReference Reference, HubPromise? Promise, HubRange? Range);

/// <summary>A file from some byte on.</summary>
/// <param name="Validator">Of the bytes before; null when it is not known.</param>
internal sealed record HubRange(long Offset, EntityTagHeaderValue? Validator)
{
    public void AddTo(HttpRequestHeaders headers)
    {
        headers.Range = new RangeHeaderValue(Offset, null);
        if (Validator is not null) headers.IfRange = new RangeConditionHeaderValue(Validator);
    }
}

/// <summary>
/// A file as the list has it, against what the hub says when it is opened: commit, hash and size stand in <c>X-Repo-Commit</c>,
/// <c>X-Linked-Etag</c> and <c>X-Linked-Size</c> of its own answer, before any redirect.
/// </summary>
internal sealed record HubPromise(HubRevision Revision, HubFile File)
{
    /// <exception cref="HubException">It speaks of another content: better known before gigabytes than after.</exception>
    public void Check(HttpResponseHeaders headers)
    {
        Check(headers, "X-Repo-Commit", Revision.Commit);
        Check(headers, "X-Linked-Etag", File.BlobName);
        Check(headers, "X-Linked-Size", $"{File.Size}");
    }

    private void Check(HttpResponseHeaders headers, string name, string expected)
    {
        if (!headers.TryGetValues(name, out var values)) return;
        var value = values.First();
        if (value.StartsWith("W/", StringComparison.Ordinal)) value = value[2..];
        if (value.Trim('"') != expected)
            throw new HubException(HubFault.BadAnswer, $"The hub lists {File.Name} of {Revision.Reference} with {expected} and gives another one ({name}).");
    }
}
