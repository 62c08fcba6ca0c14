using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace AudioReprompt.Checkpoints;

/// <summary>A tensor of a file that is about to be written.</summary>
public sealed record SafetensorsEntry(string Name, TensorType Type, IReadOnlyList<long> Shape)
{
    public long ByteCount => Shape.Aggregate((long)CheckpointTensor.SizeOf(Type), (product, size) => checked(product * size));
}

/// <summary>Writes a file of weights through memory, every tensor on a multiple of some bytes. A reader sees the whole file or none.</summary>
public static unsafe class SafetensorsWriter
{
    private const int CacheLine = 64;
    private const int LengthBytes = 8;

    /// <param name="path">The file; its folder exists.</param>
    /// <param name="entries">In the order of the file.</param>
    /// <param name="fill">Gets each tensor's address by its name, and writes the values there.</param>
    /// <param name="alignment">Of each tensor, which therefore takes a multiple of so many bytes, since the format has no gaps.</param>
    /// <exception cref="IOException">The disk is full, or the folder is not writable.</exception>
    public static void Write(string path, IReadOnlyList<SafetensorsEntry> entries, Action<IReadOnlyDictionary<string, nint>> fill, int alignment = CacheLine)
    {
        var (header, offsets, dataBytes) = Header(entries, alignment);
        var part = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Environment.ProcessId}");
        try
        {
            using (var file = new FileStream(part, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                // Given out at once: a full disk is an error here, and not a signal while the pages are written.
                file.SetLength(header.Length + dataBytes);
                using var map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
                using var view = map.CreateViewAccessor();
                byte* start = null;
                view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
                try
                {
                    header.CopyTo(new Span<byte>(start, header.Length));
                    var data = (nint)start + header.Length;
                    fill(entries.ToDictionary(entry => entry.Name, entry => data + (nint)offsets[entry.Name], StringComparer.Ordinal));
                }
                finally
                {
                    view.SafeMemoryMappedViewHandle.ReleasePointer();
                }
            }

            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }

    private static (byte[] Header, Dictionary<string, long> Offsets, long DataBytes) Header(IReadOnlyList<SafetensorsEntry> entries, int alignment)
    {
        var offsets = new Dictionary<string, long>(StringComparer.Ordinal);
        using var stream = new MemoryStream();
        stream.SetLength(LengthBytes);
        stream.Position = LengthBytes;
        var offset = 0L;
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            foreach (var entry in entries)
            {
                if (entry.ByteCount % alignment != 0) throw new ArgumentException($"{entry.Name} takes {entry.ByteCount} bytes, not a multiple of {alignment}.", nameof(entries));
                offsets.Add(entry.Name, offset);
                json.WriteStartObject(entry.Name);
                json.WriteString("dtype", CheckpointTensor.NameOf(entry.Type));
                json.WriteStartArray("shape");
                foreach (var size in entry.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += entry.ByteCount;
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The format allows blanks behind the header, so that the values start where they should.
        while (stream.Length % CacheLine != 0) stream.WriteByte((byte)' ');
        var header = stream.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - LengthBytes);
        return (header, offsets, offset);
    }
}
