using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace AudioReprompt.TestSupport;

/// <summary>An array of the reference data in C order.</summary>
/// <param name="Shape">Its sizes, the outermost first; empty for a scalar.</param>
/// <param name="Values">All values, the last axis fastest.</param>
public sealed record NpyArray<T>(IReadOnlyList<int> Shape, T[] Values) where T : unmanaged;

/// <summary>Reads the .npy files of the reference data: version 1.0, little endian, C order.</summary>
public static partial class Npy
{
    private const int PreambleBytes = 10;

    /// <summary>The values of a <c>&lt;f4</c> file.</summary>
    public static float[] ReadFloats(string path) => Read<float>(path).Values;

    /// <summary>The array in a file of float (f4), double (f8) or long (i8).</summary>
    /// <exception cref="InvalidDataException">The file holds values of another type, or is none of this kind.</exception>
    public static NpyArray<T> Read<T>(string path) where T : unmanaged
    {
        var file = File.ReadAllBytes(path);
        var headerBytes = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        var header = Encoding.ASCII.GetString(file, PreambleBytes, headerBytes);
        var type = default(T) switch
        {
            float => "<f4",
            double => "<f8",
            long => "<i8",
            _ => throw new ArgumentException($"{typeof(T).Name} is not read.", nameof(T)),
        };
        if (!header.Contains($"'{type}'", StringComparison.Ordinal) || !header.Contains("'fortran_order': False", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path} holds {header.Trim()}, not {type} in C order.");
        }

        var shape = ShapePattern().Match(header).Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(int.Parse).ToArray();
        var values = MemoryMarshal.Cast<byte, T>(file.AsSpan(PreambleBytes + headerBytes)).ToArray();
        return new NpyArray<T>(shape, values);
    }

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
