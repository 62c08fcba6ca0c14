using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>Reads what <see cref="JsonLines{T}"/> writes.</summary>
public static class JsonLines
{
    /// <summary>The whole lines of a file that may be missing.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<T> Read<T>(string path, JsonTypeInfo<T> type)
    {
        if (!File.Exists(path)) return [];
        var bytes = File.ReadAllBytes(path);
        return Parse(bytes.AsSpan(0, bytes.AsSpan().LastIndexOf((byte)'\n') + 1), type);
    }

    internal static List<T> Parse<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type)
    {
        var lines = new List<T>();
        foreach (var range in bytes.Split((byte)'\n'))
        {
            if (range.Start.Value == range.End.Value) continue;
            try
            {
                if (JsonSerializer.Deserialize(bytes[range], type) is { } value) lines.Add(value);
            }
            catch (JsonException)
            {
                // Blocks of zeros that a power cut left, or a hand that slipped: made again, as said below.
            }
        }

        return lines;
    }
}

/// <summary>
/// A file of one JSON object a line that is only added to. A line is there whole or not at all: what a killed process left half written is cut
/// off at the next opening, and a line that cannot be read counts as missing, for everything in it can be made again. Safe for concurrent calls.
/// </summary>
public sealed class JsonLines<T> : IDisposable
{
    private readonly FileStream _file;
    private readonly JsonTypeInfo<T> _type;
    private readonly Lock _writing = new();

    /// <param name="path">Made where it is missing.</param>
    /// <exception cref="IOException">The file cannot be opened, or another process has it.</exception>
    public JsonLines(string path, JsonTypeInfo<T> type)
    {
        _type = type;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        var whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (whole < bytes.Length) _file.SetLength(whole);
        _file.Position = whole;
        Read = JsonLines.Parse(bytes.AsSpan(0, whole), type);
    }

    /// <summary>What was there at the opening, in its order.</summary>
    public IReadOnlyList<T> Read { get; }

    /// <summary>With the system when this returns: a killed process loses nothing, a power cut may.</summary>
    /// <exception cref="IOException">The disk is full, or fails.</exception>
    public void Append(T value)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(value, _type), (byte)'\n'];
        lock (_writing)
        {
            _file.Write(line);
            _file.Flush();
        }
    }

    public void Dispose() => _file.Dispose();
}
