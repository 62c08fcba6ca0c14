namespace AudioReprompt.Contracts;

/// <summary>What is wrong with an input, by field; each message says what is allowed.</summary>
public sealed class FieldErrors
{
    private readonly SortedDictionary<string, string[]> _byField = new(StringComparer.Ordinal);

    public bool Any => _byField.Count > 0;

    /// <summary>Field → messages, in the shape of a problem document's <c>errors</c>.</summary>
    public IReadOnlyDictionary<string, string[]> ByField => _byField;

    public void Add(string field, string message) =>
        _byField[field] = _byField.TryGetValue(field, out var earlier) ? [.. earlier, message] : [message];

    /// <summary>All messages in one line, for answers that have room for one text only.</summary>
    public override string ToString() =>
        string.Join("; ", _byField.SelectMany(entry => entry.Value.Select(message => $"{entry.Key}: {message}")));
}
