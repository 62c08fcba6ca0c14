using System.Text.Json;
using System.Text.Json.Nodes;

namespace AudioReprompt.Worker.Validation;

/// <summary>The input with its defaults, or what is wrong with it; never both.</summary>
public sealed record ValidationResult(JsonElement? ValidatedInput, IReadOnlyList<string> Errors);

/// <summary>
/// Checks an input against a schema, with the messages of RunPod's own validator (section 23). Constraints hold for every value: RunPod's skips
/// them where a default of the same type exists.
/// </summary>
public static class InputValidator
{
    /// <param name="raw">Is left as it is.</param>
    public static ValidationResult Validate(JsonElement raw, IReadOnlyDictionary<string, FieldRules> schema) =>
        Validate(raw, schema.ToDictionary(entry => entry.Key, entry => (FieldRules?)entry.Value));

    /// <param name="schema">Rules as text, in JSON.</param>
    /// <inheritdoc cref="Validate(JsonElement, IReadOnlyDictionary{string, FieldRules})" path="/param[@name='raw']"/>
    public static ValidationResult Validate(JsonElement raw, IReadOnlyDictionary<string, string> schema) =>
        Validate(raw, schema.ToDictionary(entry => entry.Key, entry => FieldRules.Parse(entry.Value)));

    private static ValidationResult Validate(JsonElement raw, Dictionary<string, FieldRules?> schema)
    {
        if (raw.ValueKind != JsonValueKind.Object) return new ValidationResult(null, ["The input must be an object."]);
        var input = JsonObject.Create(raw)!;
        var errors = new List<string>();
        errors.AddRange(input.Where(field => !schema.ContainsKey(field.Key)).Select(field => $"Unexpected input. {field.Key} is not a valid input option."));
        errors.AddRange(schema.Where(rule => rule.Value is null).Select(rule => $"Schema error, {rule.Key} is not a dictionary."));
        var rules = schema.Where(rule => rule.Value is not null).Select(rule => (Key: rule.Key, Rules: rule.Value!)).ToList();
        foreach (var (key, rule) in rules) errors.AddRange(CheckPresence(key, rule, input));
        foreach (var (key, rule) in rules) errors.AddRange(CheckValue(key, rule, raw, input));
        return errors.Count > 0 ? new ValidationResult(null, errors) : new ValidationResult(JsonSerializer.SerializeToElement(input), []);
    }

    /// <summary>Fills a default in where there is one.</summary>
    private static IEnumerable<string> CheckPresence(string key, FieldRules rules, JsonObject input)
    {
        if (rules.Types is not { Count: > 0 }) yield return $"Schema error, missing type for {key}.";
        if (rules.Required is null || (rules.Required.Value && !input.ContainsKey(key))) yield return $"{key} is a required input.";
        if (rules.Required is not false || input.ContainsKey(key)) yield break;
        if (rules.Default is { } absent) input[key] = JsonNode.Parse(absent.GetRawText());
        else yield return $"Schema error, missing default value for {key}.";
    }

    private static IEnumerable<string> CheckValue(string key, FieldRules rules, JsonElement raw, JsonObject input)
    {
        if (rules.Types is not { Count: > 0 } types) yield break;
        var isPresent = raw.TryGetProperty(key, out var value);
        if (isPresent && !types.Any(type => Is(value, type)))
            yield return $"{key} should be {string.Join(" or ", types.Select(NameOf))} type, not {NameOf(value)}.";
        if (rules.Constraints is not { } holds || !(isPresent || input.ContainsKey(key))) yield break;
        if (!holds(isPresent ? value : rules.Default!.Value)) yield return $"{key} does not meet the constraints.";
    }

    private static bool Is(JsonElement value, FieldType type) => type switch
    {
        FieldType.Int => value.ValueKind is JsonValueKind.True or JsonValueKind.False || IsWhole(value),
        FieldType.Float => value.ValueKind == JsonValueKind.Number,
        FieldType.String => value.ValueKind == JsonValueKind.String,
        FieldType.Bool => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        FieldType.Object => value.ValueKind == JsonValueKind.Object,
        FieldType.Array => value.ValueKind == JsonValueKind.Array,
        _ => value.ValueKind == JsonValueKind.Null,
    };

    /// <summary>By how it is written, as in Python: 1.0 is no int.</summary>
    private static bool IsWhole(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0;

    private static string NameOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => NameOf(IsWhole(value) ? FieldType.Int : FieldType.Float),
        JsonValueKind.String => NameOf(FieldType.String),
        JsonValueKind.True or JsonValueKind.False => NameOf(FieldType.Bool),
        JsonValueKind.Object => NameOf(FieldType.Object),
        JsonValueKind.Array => NameOf(FieldType.Array),
        _ => NameOf(FieldType.Null),
    };

    private static string NameOf(FieldType type) => type switch
    {
        FieldType.Int => "int",
        FieldType.Float => "float",
        FieldType.String => "string",
        FieldType.Bool => "bool",
        FieldType.Object => "object",
        FieldType.Array => "array",
        _ => "null",
    };
}
