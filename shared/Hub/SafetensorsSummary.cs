using System.Buffers.Binary;
using System.Text.Json;

namespace AudioReprompt.Hub;

/// <summary>
/// What the header of a safetensors file says of its tensors: 8 bytes of length, JSON of that length with dtype, shape and data_offsets of each,
/// then the data (huggingface.co/docs/safetensors).
/// </summary>
/// <param name="Parameters">Numbers in all tensors, by their type such as F32.</param>
/// <param name="Bytes">That the file has to have.</param>
internal sealed record SafetensorsSummary(IReadOnlyDictionary<string, long> Parameters, long Bytes)
{
    private const int LengthBytes = 8;

    /// <summary>The format's own limit.</summary>
    private const long LongestHeader = 100_000_000;

    /// <exception cref="InvalidDataException">It is no such file; the message does not name it.</exception>
    public static SafetensorsSummary Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        Span<byte> prefix = stackalloc byte[LengthBytes];
        if (file.ReadAtLeast(prefix, LengthBytes, throwOnEndOfStream: false) < LengthBytes) throw new InvalidDataException("is shorter than a safetensors header");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader || length > (ulong)(file.Length - LengthBytes))
            throw new InvalidDataException($"gives its header {length} bytes, and has {file.Length}");
        var header = new byte[length];
        file.ReadExactly(header);
        try
        {
            using var json = JsonDocument.Parse(header);
            return Sum(json.RootElement, LengthBytes + (long)length);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"has a header that is none of safetensors: {exception.Message}", exception);
        }
    }

    private static SafetensorsSummary Sum(JsonElement header, long start)
    {
        var parameters = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var end = 0L;
        foreach (var tensor in header.EnumerateObject())
        {
            if (tensor.Name == "__metadata__") continue;
            var type = tensor.Value.GetProperty("dtype").GetString() ?? "";
            var count = tensor.Value.GetProperty("shape").EnumerateArray().Aggregate(1L, (product, size) => checked(product * size.GetInt64()));
            var tensorEnd = tensor.Value.GetProperty("data_offsets")[1].GetInt64();
            if (count < 0 || tensorEnd < 0) throw new InvalidDataException($"gives {tensor.Name} a negative size");
            parameters[type] = checked(parameters.GetValueOrDefault(type) + count);
            end = Math.Max(end, tensorEnd);
        }

        return new SafetensorsSummary(parameters, checked(start + end));
    }
}
