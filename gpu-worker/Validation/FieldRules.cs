using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace AudioReprompt.Worker.Validation;

/// <summary>Types of JSON values as a schema names them.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "These are the schema's own words.")]
public enum FieldType
{
    /// <summary>A number without a fraction; true and false pass, as in Python.</summary>
    Int,

    /// <summary>Any number.</summary>
    Float,
    String,
    Bool,
    Object,
    Array,
    Null,
}

/// <summary>What one field of an input must be.</summary>
public sealed record FieldRules
{
    /// <summary>Any of them; null or none is a fault of the schema.</summary>
    public IReadOnlyList<FieldType>? Types { get; init; }

    /// <summary>null is a fault of the schema: it has to be said.</summary>
    public bool? Required { get; init; }

    /// <summary>Of a field that is not required; null is a fault of the schema.</summary>
    public JsonElement? Default { get; init; }

    /// <summary>Is given the value, or the default; null: any value will do.</summary>
    public Func<JsonElement, bool>? Constraints { get; init; }

    /// <summary>Reads rules that are JSON: <c>{"type": "int", "required": false, "default": 5}</c>.</summary>
    /// <returns>null: the text is no object.</returns>
    public static FieldRules? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var rules = document.RootElement;
            if (rules.ValueKind != JsonValueKind.Object) return null;
            return new FieldRules
            {
                Types = rules.TryGetProperty("type", out var type) && TypeOf(type) is { } known ? [known] : null,
                Required = rules.TryGetProperty("required", out var required) ? required.ValueKind == JsonValueKind.True : null,
                Default = rules.TryGetProperty("default", out var absent) ? absent.Clone() : null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Also by the names that Python has for them.</summary>
    private static FieldType? TypeOf(JsonElement type) => type.ValueKind != JsonValueKind.String ? null : type.GetString() switch
    {
        "int" or "integer" => FieldType.Int,
        "float" or "number" => FieldType.Float,
        "str" or "string" => FieldType.String,
        "bool" or "boolean" => FieldType.Bool,
        "dict" or "object" => FieldType.Object,
        "list" or "array" => FieldType.Array,
        "null" => FieldType.Null,
        _ => null,
    };
}
