using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AudioReprompt.Contracts;

/// <summary>
/// Reads the members of one JSON object, with a range for each, and collects every problem rather than stopping at the
/// first. An optional member that is null counts as absent.
/// </summary>
public sealed class JsonFields
{
    private readonly JsonElement _object;
    private readonly FieldErrors _errors;

    private JsonFields(JsonElement value, FieldErrors errors) => (_object, _errors) = (value, errors);

    /// <summary>Reads the members of <paramref name="value"/>; those not <paramref name="known"/> are reported.</summary>
    /// <param name="name">What the object is called in messages, such as <c>body</c> or <c>input</c>.</param>
    /// <returns>null when <paramref name="value"/> is no object, which is then reported.</returns>
    public static JsonFields? Of(JsonElement value, string name, ReadOnlySpan<string> known, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.Add(name, $"must be a JSON object, not {Kind(value)}.");
            return null;
        }

        foreach (var member in value.EnumerateObject())
        {
            var field = NameOf(member);
            if (field is null || !known.Contains(field))
                errors.Add(Shorten(field ?? "?"), $"is not a field of {name}; allowed: {string.Join(", ", known)}.");
        }

        return new JsonFields(value, errors);
    }

    /// <summary>Parses a whole body. A member name that comes twice is refused: which of the two counts would be a guess.</summary>
    /// <returns>null when the text is not JSON, which is then reported under <paramref name="name"/>.</returns>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8, string name, FieldErrors errors)
    {
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            var place = exception.LineNumber is { } line ? $" (line {line + 1}, byte {exception.BytePositionInLine + 1})" : "";
            errors.Add(name, $"is not valid JSON{place}.");
            return null;
        }
        catch (InvalidOperationException)
        {
            // A member name with a lone surrogate cannot be compared with the others.
            errors.Add(name, "is not valid JSON: a name holds half a surrogate pair.");
            return null;
        }
    }

    public bool TryGet(string field, out JsonElement value) =>
        _object.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;

    public double Number(string field, double min, double max, double fallback)
    {
        if (!TryGet(field, out var value)) return fallback;
        if (value.ValueKind != JsonValueKind.Number)
            _errors.Add(field, $"must be a number from {Plain(min)} to {Plain(max)}, not {Kind(value)}.");
        else if (!value.TryGetDouble(out var number) || !(number >= min && number <= max))
            _errors.Add(field, $"must be from {Plain(min)} to {Plain(max)}; found {Shorten(value.GetRawText())}.");
        else
            return number;
        return fallback;
    }

    /// <returns>The value, or null when the member is absent or at fault.</returns>
    public long? WholeNumber(string field, long min, long max)
    {
        if (!TryGet(field, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Number)
            _errors.Add(field, $"must be a whole number from {min} to {max}, not {Kind(value)}.");
        else if (AsInteger(value) is not { } number || number < min || number > max)
            _errors.Add(field, $"must be a whole number from {min} to {max}; found {Shorten(value.GetRawText())}.");
        else
            return number;
        return null;
    }

    public bool Boolean(string field, bool fallback)
    {
        if (!TryGet(field, out var value)) return fallback;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        _errors.Add(field, $"must be true or false, not {Kind(value)}.");
        return fallback;
    }

    /// <returns>The text, or null when the member is absent or at fault.</returns>
    public string? Text(string field)
    {
        if (!TryGet(field, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String)
        {
            _errors.Add(field, $"must be a string, not {Kind(value)}.");
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // JSON can spell half a surrogate pair, which is no text.
            _errors.Add(field, "must be valid Unicode text; it holds half a surrogate pair.");
            return null;
        }
    }

    /// <summary>The text that describes the music: required, cut of blanks at its ends, counted in code points, without control characters.</summary>
    public string Prompt(string field = "prompt")
    {
        const int min = GenerateLimits.MinPromptCharacters, max = GenerateLimits.MaxPromptCharacters;
        if (!TryGet(field, out _))
        {
            _errors.Add(field, $"is required: a sentence of {min} to {max} characters.");
            return "";
        }

        if (Text(field)?.Trim() is not { } text) return "";
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length++;
            if (!Rune.IsControl(rune)) continue;
            _errors.Add(field, $"may not hold control characters; found U+{rune.Value:X4} as character {length}.");
            return "";
        }

        if (length is < min or > max)
            _errors.Add(field, $"must have {min} to {max} characters; this one has {length}.");
        return text;
    }

    private static long? AsInteger(JsonElement value)
    {
        if (value.TryGetInt64(out var integer)) return integer;
        // 10.0 and 1e3 are whole numbers too; beyond 2^53 a double no longer says which one was meant.
        return value.TryGetDouble(out var number) && Math.Abs(number) <= 1L << 53 && number == Math.Truncate(number)
            ? (long)number
            : null;
    }

    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in a name: certainly none of ours.
            return null;
        }
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };

    private static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");

    private static string Plain(double number) => number.ToString(CultureInfo.InvariantCulture);
}
