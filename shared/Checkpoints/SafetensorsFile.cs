using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace AudioReprompt.Checkpoints;

/// <summary>
/// One file of weights, mapped into memory: eight bytes with the header's length, a JSON header, then the values
/// (github.com/huggingface/safetensors, format description). Nothing the header says is believed: an offset, a shape or a length that the
/// file does not bear out is refused before a value is read.
/// </summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>The reference's limit.</summary>
    private const long MaxHeaderBytes = 100_000_000;
    private const int LengthBytes = 8;

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;

    private SafetensorsFile(string path, MemoryMappedFile map, MemoryMappedViewAccessor view, Dictionary<string, CheckpointTensor> tensors) =>
        (Path, _map, _view, Tensors) = (path, map, view, tensors);

    public string Path { get; }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="CheckpointException">It is missing, cut short, or none of this format; the message says where it is broken.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path)) throw new CheckpointException($"{path} does not exist.");
        // The hub's cache holds links to its files, and a link's own length is that of its text.
        var info = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
        if (info.Length < LengthBytes) throw new CheckpointException($"{path}: {info.Length} bytes are no safetensors file; its header's length alone takes 8.");
        MemoryMappedFile map;
        try
        {
            map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be read: {exception.Message}", exception);
        }

        var view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            return new SafetensorsFile(path, map, view, ReadHeader(path, start, info.Length));
        }
        catch
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            map.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }

    private static Dictionary<string, CheckpointTensor> ReadHeader(string path, byte* start, long fileBytes)
    {
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(start, LengthBytes));
        if (headerBytes > (ulong)(fileBytes - LengthBytes) || headerBytes > MaxHeaderBytes)
        {
            throw new CheckpointException($"{path}: the header is said to take {headerBytes} bytes, but the file has {fileBytes - LengthBytes} after its length.");
        }

        var dataStart = LengthBytes + (long)headerBytes;
        var dataBytes = fileBytes - dataStart;
        var tensors = new Dictionary<string, CheckpointTensor>(StringComparer.Ordinal);
        try
        {
            using var header = JsonDocument.Parse(new ReadOnlySpan<byte>(start + LengthBytes, (int)headerBytes).ToArray());
            foreach (var entry in header.RootElement.EnumerateObject())
            {
                if (entry.NameEquals("__metadata__")) continue;
                var (tensor, from, to) = ReadEntry(path, entry, dataBytes);
                tensor.Data = start + dataStart + from;
                if (!tensors.TryAdd(entry.Name, tensor)) throw Broken(path, entry.Name, "is there twice");
                tensor.Offset = from;
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new CheckpointException($"{path}: the header is no JSON of tensors: {exception.Message}", exception);
        }

        RefuseOverlaps(path, tensors.Values, dataBytes);
        return tensors;
    }

    private static (CheckpointTensor Tensor, long From, long To) ReadEntry(string path, JsonProperty entry, long dataBytes)
    {
        var text = entry.Value.GetProperty("dtype").GetString();
        if (!CheckpointTensor.TryParse(text, out var type)) throw Broken(path, entry.Name, $"has the dtype {text}; F32, F16, BF16, F64, I64, I32, I16, I8, U8 and BOOL are read");
        var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToArray();
        var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (offsets is not [var from, var to] || from < 0 || to < from || to > dataBytes)
        {
            throw Broken(path, entry.Name, $"lies at [{string.Join(", ", offsets)}], outside of the {dataBytes} bytes of values; the file may be cut short");
        }

        long bytes = CheckpointTensor.SizeOf(type);
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && bytes > long.MaxValue / size)) throw Broken(path, entry.Name, $"has the impossible shape [{string.Join(", ", shape)}]");
            bytes *= size;
        }

        if (bytes != to - from) throw Broken(path, entry.Name, $"of shape [{string.Join(", ", shape)}] and {text} takes {bytes} bytes, but {to - from} are given to it");
        return (new CheckpointTensor(path, entry.Name, type, shape), from, to);
    }

    private static void RefuseOverlaps(string path, IEnumerable<CheckpointTensor> tensors, long dataBytes)
    {
        var end = 0L;
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteCount))
        {
            if (tensor.Offset < end) throw Broken(path, tensor.Name, "overlaps with another tensor");
            if (tensor.Offset > end) throw Broken(path, tensor.Name, $"leaves {tensor.Offset - end} bytes before it that belong to no tensor");
            end = tensor.Offset + tensor.ByteCount;
        }

        if (end != dataBytes) throw new CheckpointException($"{path}: {dataBytes - end} bytes at its end belong to no tensor.");
    }

    private static CheckpointException Broken(string path, string tensor, string what) => new($"{path}: {tensor} {what}.");
}
