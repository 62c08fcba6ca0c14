using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace AudioReprompt.Tokenizers;

/// <summary>A value of a JSON file that knows where it stands, so that a refusal can name the file and the JSON path.</summary>
/// <param name="Element">The value itself.</param>
/// <param name="File">The file as it is named in messages.</param>
/// <param name="Path">Such as <c>model.vocab[3]</c>; empty for the whole file.</param>
internal readonly record struct JsonValue(JsonElement Element, string File, string Path)
{
    /// <summary>Reads a file whose content is one JSON object.</summary>
    /// <param name="read">Gets the object, which is gone afterwards.</param>
    /// <exception cref="InvalidDataException">The file is no JSON object in UTF-8, or <paramref name="read"/> says so.</exception>
    public static T Read<T>(string file, Func<JsonValue, T> read)
    {
        var bytes = System.IO.File.ReadAllBytes(file);
        if (!Utf8.IsValid(bytes)) throw new InvalidDataException($"{file} is not UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = new JsonValue(document.RootElement, file, "");
            root.RequireKind(JsonValueKind.Object, "a JSON object");
            return read(root);
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException($"{file} is not JSON: {cause.Message}", cause);
        }
        catch (InvalidOperationException cause)
        {
            // A member's name with half a surrogate pair, which shows only when names are compared.
            throw new InvalidDataException($"{file} has a name that is no text: {cause.Message}", cause);
        }
    }

    /// <summary>The member of that name, or null where it is missing or <c>null</c>.</summary>
    public JsonValue? Optional(string name)
    {
        RequireKind(JsonValueKind.Object, "an object");
        return Element.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? this with { Element = member, Path = PathOf(name) }
            : null;
    }

    /// <exception cref="InvalidDataException">The member is missing or <c>null</c>.</exception>
    public JsonValue Member(string name) => Optional(name) ?? throw new InvalidDataException($"{File}: {PathOf(name)} is missing.");

    /// <summary>The member's text, the kind of thing that this object is.</summary>
    public string Type() => Member("type").Text();

    public bool Boolean(string name, bool absent) => Optional(name) is not { } member ? absent : member.Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw member.Expected("true or false"),
    };

    public string Text() => TryGetText(Element, out var text) ? text : throw Expected("a text");

    /// <exception cref="InvalidDataException">No whole number from 0 to <see cref="int.MaxValue"/>.</exception>
    public int Id() => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var id) && id >= 0
        ? id
        : throw Expected("an id, a whole number from 0");

    public IReadOnlyList<JsonValue> Items()
    {
        RequireKind(JsonValueKind.Array, "a list");
        var items = new List<JsonValue>(Element.GetArrayLength());
        foreach (var element in Element.EnumerateArray()) items.Add(Item(items.Count, element));
        return items;
    }

    /// <summary>For loops over many items, which build no path unless something is wrong.</summary>
    public JsonValue Item(int index, JsonElement element) =>
        this with { Element = element, Path = string.Create(CultureInfo.InvariantCulture, $"{Path}[{index}]") };

    /// <inheritdoc cref="Item"/>
    public JsonValue Entry(string name, JsonElement element) => this with { Element = element, Path = $"{Path}[\"{Shortened(name)}\"]" };

    public void RequireKind(JsonValueKind kind, string expected)
    {
        if (Element.ValueKind != kind) throw Expected(expected);
    }

    /// <summary>False for what is no text, and for a text with half a surrogate pair.</summary>
    public static bool TryGetText(JsonElement element, out string text)
    {
        text = "";
        if (element.ValueKind != JsonValueKind.String) return false;
        try
        {
            text = element.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // The only way to learn of "\ud800" alone.
            return false;
        }
    }

    /// <summary>To be thrown: the value is something else than is needed.</summary>
    public InvalidDataException Expected(string expected) => Error($"is {Shortened(Element.GetRawText())}; needed is {expected}.");

    /// <summary>To be thrown: a problem with this value.</summary>
    /// <param name="problem">Goes on after the path, and ends with a full stop.</param>
    public InvalidDataException Error(string problem) => new($"{File}: {(Path.Length > 0 ? Path : "the file")} {problem}");

    private string PathOf(string name) => Path.Length > 0 ? $"{Path}.{name}" : name;

    /// <summary>Enough of a stranger's text to find it again.</summary>
    private static string Shortened(string text) => text.Length <= 60 ? text : $"{text.AsSpan(0, 60)}…";
}
