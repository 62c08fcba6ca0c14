using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace AudioReprompt.Checkpoints;

/// <summary>An object of a model's JSON, whose values are checked as they are read; every complaint names file and key.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The format's own words.")]
public sealed class ConfigSection
{
    private readonly string _path;
    private readonly string _name;
    private readonly JsonElement _values;

    private ConfigSection(string path, string name, JsonElement values) => (_path, _name, _values) = (path, name, values);

    /// <summary>Reads a file that holds a JSON object.</summary>
    /// <param name="read">Takes what it needs from the file's own section, which lives no longer.</param>
    /// <exception cref="CheckpointException">The file is missing or no JSON object, or <paramref name="read"/> refuses a value.</exception>
    public static T ReadFile<T>(string path, Func<ConfigSection, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(new ConfigSection(path, "", document.RootElement))
                : throw new CheckpointException($"{path} is no JSON object.");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(exception is FileNotFoundException ? $"{path} does not exist." : $"{path} cannot be read: {exception.Message}", exception);
        }
    }

    public ConfigSection Section(string key) =>
        _values.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Object
            ? new ConfigSection(_path, key, value)
            : throw Wrong(key, "is missing, or no object");

    /// <summary>A section all of whose values have defaults, and which may therefore be missing itself.</summary>
    public ConfigSection SectionOrDefaults(string key) =>
        Find(key) is null ? new ConfigSection(_path, key, JsonElement.Parse("{}")) : Section(key);

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

    /// <summary>A flag with one value that can be computed here.</summary>
    public void Only(string key, bool allowed, bool otherwise)
    {
        if (Flag(key, otherwise) != allowed) throw Wrong(key, $"is {(allowed ? "false" : "true")}; only {(allowed ? "true" : "false")} can be computed");
    }

    public CheckpointException Wrong(string key, string what) => new($"{_path}: {(_name.Length > 0 ? $"{_name}." : "")}{key} {what}.");

    private JsonElement? Find(string key) => _values.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private int Integer(string key, JsonElement value, int least, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, $"is {value.GetRawText()}, not a whole number from {least} to {most}");
}
