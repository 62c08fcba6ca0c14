using System.Text.Json;
using AudioReprompt.Checkpoints;

namespace AudioReprompt.MusicGen.Checkpoints;

/// <summary>An object of a model's JSON, whose values are checked as they are read; every complaint names file and key.</summary>
internal sealed class ConfigSection(string path, string name, JsonElement values)
{
    public ConfigSection Section(string key) =>
        values.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Object
            ? new ConfigSection(path, key, value)
            : throw Wrong(key, "is missing, or no object");

    public string Text(string key, string otherwise) => Find(key) is not { } value ? otherwise
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw Wrong(key, $"is {value.GetRawText()}, not a text");

    public bool Flag(string key, bool otherwise) => Find(key) is not { } value ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Wrong(key, $"is {value.GetRawText()}, not true or false");

    public int Integer(string key, int otherwise, int least, int most) => Find(key) is { } value ? Integer(key, value, least, most) : otherwise;

    public IReadOnlyList<int> Integers(string key, int[] otherwise, int least, int most) => Find(key) is not { } value ? otherwise
        : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is > 0 and <= 16 ? [.. value.EnumerateArray().Select(item => Integer(key, item, least, most))]
        : throw Wrong(key, $"is {value.GetRawText()}, not a list of numbers");

    public double Number(string key, double otherwise, double least, double most) => Find(key) is not { } value ? otherwise
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most ? number
        : throw Wrong(key, $"is {value.GetRawText()}, not a number from {least} to {most}");

    /// <summary>A key with one value that can be computed here.</summary>
    public void Only(string key, string allowed, string otherwise)
    {
        var value = Text(key, otherwise);
        if (value != allowed) throw Wrong(key, $"is \"{value}\"; only \"{allowed}\" can be computed");
    }

    public CheckpointException Wrong(string key, string what) => new($"{path}: {(name.Length > 0 ? $"{name}." : "")}{key} {what}.");

    private JsonElement? Find(string key) => values.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private int Integer(string key, JsonElement value, int least, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, $"is {value.GetRawText()}, not a whole number from {least} to {most}");
}
